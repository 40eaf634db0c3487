import { expect, test } from "bun:test";
import { countTerms } from "../../src/search/unindexed-terms.ts";

const rows = ["open file open", "", "  closed\tfile ", "openfile", "naïve 使用"].map((text) =>
  new TextEncoder().encode(text),
);

test("counts documents, tokens and each term's rows", () => {
  const counted = countTerms({ rows, isLive: () => true, terms: ["file", "open", "absent", "使用"] });
  expect(counted).toEqual({
    documents: 4,
    tokens: 8,
    documentFrequencies: Uint32Array.of(2, 1, 0, 1),
    matches: [
      { row: 0, length: 3, counts: Uint32Array.of(1, 2, 0, 0) },
      { row: 2, length: 2, counts: Uint32Array.of(1, 0, 0, 0) },
      { row: 4, length: 2, counts: Uint32Array.of(0, 0, 0, 1) },
    ],
  });
});

test("rows that are not live count nowhere", () => {
  const counted = countTerms({ rows, isLive: (row) => row !== 0, terms: ["open"] });
  expect([counted.documents, counted.tokens, counted.matches.length]).toEqual([3, 5, 0]);
});
