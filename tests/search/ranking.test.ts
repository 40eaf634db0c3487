import { describe, expect, test } from "bun:test";
import { groupByFile, MAX_OTHER_CHUNKS } from "../../src/search/file-groups.ts";
import { reciprocalRankFusion, RRF_K } from "../../src/search/fusion.ts";
import { rowAddress } from "../../src/lance/table.ts";
import type { Candidate } from "../../src/search/index-view.ts";
import { TopCandidates } from "../../src/search/top-candidates.ts";

const at = (address: number, score: number, view = 0): Candidate => ({ view, address, score });

describe("top candidates", () => {
  test("equal the head of a stable sort", () => {
    const scores = Array.from({ length: 500 }, (_, i) => (i * 7919) % 37);
    const top = new TopCandidates(50);
    scores.forEach((score, address) => top.push(0, address, score));
    const sorted = scores.map((score, address) => at(address, score)).sort((a, b) => b.score - a.score || a.address - b.address);
    expect(top.sorted()).toEqual(sorted.slice(0, 50));
  });

  test("fewer than the capacity: all of them; not-a-number: never", () => {
    const top = new TopCandidates(5);
    top.push(0, 1, 1);
    top.push(0, 2, Number.NaN);
    top.push(1, 3, 2);
    expect(top.sorted()).toEqual([at(3, 2, 1), at(1, 1)]);
  });
});

describe("reciprocal rank fusion", () => {
  test("adds 1 / (k + rank) over the lists", () => {
    const fused = reciprocalRankFusion([
      [at(1, 9), at(2, 8)],
      [at(2, 0.9), at(3, 0.8)],
    ]);
    expect(fused).toEqual([
      at(2, 1 / (RRF_K + 2) + 1 / (RRF_K + 1)),
      at(1, 1 / (RRF_K + 1)),
      at(3, 1 / (RRF_K + 2)),
    ]);
  });

  test("equal scores share a rank; the next rank counts them all", () => {
    const fused = reciprocalRankFusion([[at(5, 7), at(6, 7), at(7, 3)]]);
    expect(fused.map(({ score }) => score)).toEqual([1 / (RRF_K + 1), 1 / (RRF_K + 1), 1 / (RRF_K + 3)]);
  });

  test("the same address in two views is two rows", () => {
    expect(reciprocalRankFusion([[at(1, 2, 0), at(1, 1, 1)]])).toHaveLength(2);
  });
});

describe("groups", () => {
  // rows 0-2 are of file 7, row 3 of file 8, row 4 of file 9
  const rows = { fragment: 2, fileIds: Uint32Array.of(7, 7, 7, 8, 9), allowed: new Uint8Array(5).fill(1) };
  const selections = [new Map([[2, rows]])];
  const row = (index: number, score: number) => at(rowAddress(2, index), score);

  test("a file stands where its best chunk stands", () => {
    const groups = groupByFile({ candidates: [row(3, 5), row(1, 4), row(0, 3), row(4, 2)], selections, limit: 2 });
    expect(groups).toEqual([
      { best: row(3, 5), others: [] },
      { best: row(1, 4), others: [row(0, 3)] },
    ]);
  });

  test("files that tie with the last stay, for their paths to decide", () => {
    const groups = groupByFile({ candidates: [row(3, 5), row(1, 4), row(4, 4)], selections, limit: 2 });
    expect(groups).toHaveLength(3);
  });

  test("other chunks are bounded", () => {
    const long = { fragment: 0, fileIds: new Uint32Array(40), allowed: new Uint8Array(40) };
    const candidates = Array.from({ length: 40 }, (_, i) => at(rowAddress(0, i), 40 - i));
    const [group] = groupByFile({ candidates, selections: [new Map([[0, long]])], limit: 10 });
    expect(group?.others).toHaveLength(MAX_OTHER_CHUNKS);
  });
});
