/**
 * Texts of about the same length go through the graph together: a batch is a rectangle, and what a short text lacks is
 * padding that costs as much as text.
 */

/**
 * Tokens of one batch, padding included. The runtime holds its thread while a batch runs, so a batch must end soon
 * for progress and cancelling to get their turn; larger ones are hardly faster.
 */
const MAX_TOKENS = 4096;
const MAX_TEXTS = 64;

/** Positions in `lengths`, longest first: the memory the first batch takes does for all. Every text is in one batch. */
export function planBatches(lengths: readonly number[]): number[][] {
  const order = lengths.map((_, at) => at).sort((a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0));
  const batches: number[][] = [];
  for (let from = 0; from < order.length; ) {
    const width = Math.max(1, lengths[order[from] ?? 0] ?? 0);
    const rows = Math.max(1, Math.min(MAX_TEXTS, Math.floor(MAX_TOKENS / width)));
    batches.push(order.slice(from, from + rows));
    from += rows;
  }
  return batches;
}
