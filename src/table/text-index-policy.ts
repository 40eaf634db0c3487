/**
 * When the native full-text index is built anew. Rows it does not cover are tokenised by every native query; building it writes
 * the whole index again, and a push sends it. In between lies a share of rows that costs little either way.
 */

/** Rebuild when the rows outside the index are more than this share of those within. */
const MAX_UNINDEXED_SHARE = 0.1;
/** Fewer rows outside than this cost a query nothing worth a rebuild. */
export const MIN_UNINDEXED_ROWS = 256;

/** @param of rows in the table, and how many of them the index covers; `indexed` null: none, or there is no index */
export function needsTextIndex(of: { readonly rows: number; readonly indexed: number | null }): boolean {
  if (of.rows === 0) return false;
  if (of.indexed === null) return true;
  const unindexed = of.rows - of.indexed;
  return unindexed >= MIN_UNINDEXED_ROWS && unindexed > of.indexed * MAX_UNINDEXED_SHARE;
}
