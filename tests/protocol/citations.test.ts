import { describe, expect, test } from "bun:test";
import { type AnswerPart, citedNumbers, CitationReader, splitCitations } from "../../src/protocol/citations.ts";

const ANSWER = [
  "Tokens are refreshed in `jwt.ts` [1], on each call [2, 12]; see [3][4].",
  "Not `list[5]`, nor ``a`[6]``, nor [x] or [a link](http://x) or [ ] or [0]",
  "```ts",
  "const first = list[7]; // ``` [8]",
  "  ```",
  "but [9] is again, and an unpaired ` backtick",
  "hides nothing of the next line [10].",
].join("\n");
const CITED = [1, 2, 12, 3, 4, 9, 10];

const joined = (parts: readonly AnswerPart[]) => parts.map(({ text }) => text).join("");
const numbersOf = (parts: readonly AnswerPart[]) => parts.flatMap((part) => (part.kind === "text" ? [] : part.numbers));

describe("citations", () => {
  test("are those outside of code", () => {
    expect(citedNumbers(ANSWER)).toEqual(CITED);
    expect(joined(splitCitations(ANSWER))).toBe(ANSWER);
  });

  test("come whole, however the stream is cut", () => {
    for (let size = 1; size < ANSWER.length; size++) {
      const reader = new CitationReader();
      const parts: AnswerPart[] = [];
      for (let at = 0; at < ANSWER.length; at += size) parts.push(...reader.push(ANSWER.slice(at, at + size)));
      parts.push(...reader.end());
      expect([numbersOf(parts), joined(parts)]).toEqual([CITED, ANSWER]);
    }
  });

  test("what may become one is held back, but not for long", () => {
    const reader = new CitationReader();
    expect(reader.push("so [1")).toEqual([{ kind: "text", text: "so " }]);
    expect(reader.push("2] yes")).toEqual([
      { kind: "citation", text: "[12]", numbers: [12] },
      { kind: "text", text: " yes" },
    ]);
    expect(joined(reader.push(`[${"1,".repeat(40)}`)).length).toBeGreaterThan(40);
  });

  test("each once, in order", () => expect(citedNumbers("[2] [1] [2, 3]")).toEqual([2, 1, 3]));
});
