import { describe, expect, test } from "bun:test";
import { diffLines } from "../../../lab/training/extract/line-diff.ts";
import { seededRandom } from "../../../lab/training/random.ts";

const lines = (text: string) => text.split("");

describe("diffLines", () => {
  test.each([
    ["abc", "abc", []],
    ["", "abc", [[0, 3]]],
    ["abc", "", [[0, 0]]],
    ["abcdef", "abXdef", [[2, 3]]],
    [
      "abcdef",
      "aXbcdeYf",
      [
        [1, 2],
        [6, 7],
      ],
    ],
    ["abcdef", "bcdef", [[0, 0]]],
  ] as const)("%p to %p", (before, after, expected) =>
    expect(diffLines(lines(before), lines(after)).map(({ start, end }) => [start, end])).toEqual(
      expected.map((each) => [...each]),
    ),
  );

  test("what it does not call changed is in the old text, in order", () => {
    const random = seededRandom("diff");
    for (let round = 0; round < 200; round++) {
      const text = () =>
        Array.from({ length: Math.floor(random.next() * 30) }, () => "abcd"[Math.floor(random.next() * 4)] as string);
      const before = text();
      const after = text();
      const changed = new Set(
        diffLines(before, after).flatMap(({ start, end }) =>
          Array.from({ length: end - start }, (_, at) => start + at),
        ),
      );
      const kept = after.filter((_, at) => !changed.has(at));
      let at = 0;
      for (const line of before) if (line === kept[at]) at++;
      expect(at).toBe(kept.length);
    }
  });

  test("a rewrite is one change", () => {
    const many = (mark: string) => Array.from({ length: 1500 }, (_, at) => `${mark}${at}`);
    expect(diffLines(["same", ...many("a")], ["same", ...many("b")])).toEqual([{ start: 1, end: 1501 }]);
  });
});
