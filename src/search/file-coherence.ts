/**
 * Several good chunks in one file add up: each further one adds what it has above the background, ever less. Without the
 * background, a file would win by its length.
 */
export interface CoherenceOptions {
  /** Share of the second best chunk that counts. */
  readonly weight: number;
  /** Each further chunk counts this much of the one before. */
  readonly decay: number;
}

/** @param scores of a file's chunks, best first; @param background score of a chunk that says nothing */
export function fileCoherence(
  scores: readonly number[],
  background: number,
  { weight, decay }: CoherenceOptions,
): number {
  let sum = 0;
  let share = weight;
  for (const score of scores.slice(1)) {
    sum += share * Math.max(0, score - background);
    share *= decay;
  }
  return sum;
}
