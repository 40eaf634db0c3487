/** Makes one ranking of several. Which way is a choice of the caller of `search`; this is the default one. */
import type { Candidate } from "./index-view.ts";

/** Lists best first, of unlike score scales, to one list best first. A row may be in several lists. */
export type Fuse = (lists: readonly (readonly Candidate[])[]) => Candidate[];

/** The constant of the method's paper (Cormack 2009); ours was measured with it too. */
export const RRF_K = 60;

/**
 * Reciprocal rank fusion: the sum of 1 / (60 + rank). Rows of equal score share the rank of the first, so that the order
 * in which rows happen to lie in the table does not count.
 */
export const reciprocalRankFusion: Fuse = (lists) => {
  const fused = new Map<string, { view: number; address: number; score: number }>();
  for (const list of lists) {
    let rank = 0;
    list.forEach(({ view, address, score }, at) => {
      if (score !== list[at - 1]?.score) rank = at + 1;
      const key = `${view}:${address}`;
      const entry = fused.get(key) ?? { view, address, score: 0 };
      entry.score += 1 / (RRF_K + rank);
      fused.set(key, entry);
    });
  }
  return Array.from(fused.values()).sort((a, b) => b.score - a.score || a.view - b.view || a.address - b.address);
};
