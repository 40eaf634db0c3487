/**
 * Texts of about the same length go through the graph together: a batch is a rectangle, and what a short text lacks is
 * padding that costs as much as text.
 */

/**
 * Tokens of one batch, padding included. The runtime holds its thread while a batch runs, so a batch must end soon for progress
 * and cancelling to get their turn; and larger ones are slower: of 12 heads x 384 dimensions, 1,024 tokens take 20 % less
 * processor time than 4,096 (texts of 512 tokens; 8 % less of 64) and 60 MB of memory instead of 440.
 */
const MAX_TOKENS = 1024;
const MAX_TEXTS = 64;

/** Positions in `lengths`, longest first: the memory the first batch takes does for all. Every text is in one batch. */
export function planBatches(lengths: readonly number[]): number[][] {
  const order = lengths.map((_, at) => at).sort((a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0));
  const batches: number[][] = [];
  for (let from = 0; from < order.length;) {
    const width = Math.max(1, lengths[order[from] ?? 0] ?? 0);
    const rows = Math.max(1, Math.min(MAX_TEXTS, Math.floor(MAX_TOKENS / width)));
    batches.push(order.slice(from, from + rows));
    from += rows;
  }
  return batches;
}
