/** Hunks of a diff, put on the old text, are the new text; and a diff is no longer than it has to be. */
import { expect, test } from "bun:test";
import { diffLines, type LineRun } from "../../../src/search/browse/line-diff.ts";
import { hunksOf } from "../../../src/search/browse/diff-file.ts";
import { Random } from "../../helpers/random.ts";

function apply(before: readonly string[], after: readonly string[], runs: readonly LineRun[]): string[] {
  const out: string[] = [];
  let [old, fresh] = [0, 0];
  for (const { kind, count } of runs) {
    if (kind === "same") out.push(...before.slice(old, old + count));
    if (kind === "added") out.push(...after.slice(fresh, fresh + count));
    if (kind !== "added") old += count;
    if (kind !== "removed") fresh += count;
  }
  expect([old, fresh]).toEqual([before.length, after.length]);
  return out;
}

/** Lines of the longest common subsequence, by the table that everybody knows. */
function longestCommon(a: readonly string[], b: readonly string[]): number {
  let row = Array.from({ length: b.length + 1 }, () => 0);
  for (const line of a) {
    const next = [0];
    b.forEach((other, j) => next.push(line === other ? (row[j] ?? 0) + 1 : Math.max(row[j + 1] ?? 0, next[j] ?? 0)));
    row = next;
  }
  return row[b.length] ?? 0;
}

test("of any two texts: what it says makes the new one of the old one, in as few lines as can be", () => {
  const random = new Random(7);
  for (let round = 0; round < 400; round++) {
    const letters = 1 + random.below(5);
    const text = () => Array.from({ length: random.below(14) }, () => String(random.below(letters)));
    const [before, after] = [text(), text()];
    const { runs, whole } = diffLines(before, after);
    expect(whole).toBe(true);
    expect(apply(before, after, runs)).toEqual(after);
    const same = runs.reduce((sum, { kind, count }) => sum + (kind === "same" ? count : 0), 0);
    expect(same).toBe(longestCommon(before, after));
    for (const [at, { kind }] of runs.entries()) {
      expect(kind).not.toBe(runs[at + 1]?.kind);
      if (kind === "added") expect(runs[at + 1]?.kind).not.toBe("removed");
    }
  }
});

test("what differs too much is replaced between its equal ends", () => {
  const ends = (middle: readonly string[]) => ["first", ...middle, "last"];
  const [before, after] = [ends(["a", "b", "c", "d"]), ends(["w", "x", "y"])];
  expect(diffLines(before, after, 6)).toEqual({
    runs: [
      { kind: "same", count: 1 },
      { kind: "removed", count: 4 },
      { kind: "added", count: 3 },
      { kind: "same", count: 1 },
    ],
    whole: false,
  });
  expect(diffLines(before, after, 7).whole).toBe(true);
});

test("the bound holds for large files that have nothing in common", () => {
  const lines = (word: string) => Array.from({ length: 100_000 }, (_, i) => `${word}${i}`);
  const { runs, whole } = diffLines(lines("a"), lines("b"));
  expect([whole, runs]).toEqual([
    false,
    [
      { kind: "removed", count: 100_000 },
      { kind: "added", count: 100_000 },
    ],
  ]);
});

test("hunks: three equal lines around, near changes together", () => {
  const runs: LineRun[] = [
    { kind: "same", count: 10 },
    { kind: "added", count: 1 },
    { kind: "same", count: 6 },
    { kind: "removed", count: 2 },
    { kind: "same", count: 7 },
    { kind: "added", count: 1 },
  ];
  expect(hunksOf(runs)).toEqual([
    {
      oldStart: 7,
      newStart: 7,
      runs: [{ kind: "same", count: 3 }, runs[1], runs[2], runs[3], { kind: "same", count: 3 }] as LineRun[],
    },
    { oldStart: 22, newStart: 21, runs: [{ kind: "same", count: 3 }, runs[5]] as LineRun[] },
  ]);
  expect(hunksOf([{ kind: "same", count: 5 }])).toEqual([]);
});
