/** Groups ranked rows by file: a file stands where its best chunk stands. */
import { fragmentOf, offsetOf } from "../lance/table.ts";
import type { Candidate } from "./index-view.ts";
import type { RowSelection } from "./row-selection.ts";

export interface FileGroup {
  /** The file's best chunk. */
  readonly best: Candidate;
  /** Its other chunks, best first. */
  readonly others: readonly Candidate[];
}

/** A result lists at most this many other chunks: enough to jump around a file, little enough to read. */
export const MAX_OTHER_CHUNKS = 9;

/**
 * The best `limit` files and those that tie with the last of them (who comes last among equals is decided by path, which
 * is not read yet).
 * @param candidates best first; @param selections of each view
 */
export function groupByFile(args: {
  candidates: readonly Candidate[];
  selections: readonly RowSelection[];
  limit: number;
}): FileGroup[] {
  const { candidates, selections, limit } = args;
  const groups = new Map<string, { best: Candidate; others: Candidate[] }>();
  for (const candidate of candidates) {
    const fileId = selections[candidate.view]?.get(fragmentOf(candidate.address))?.fileIds[offsetOf(candidate.address)];
    const key = `${candidate.view}:${fileId}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { best: candidate, others: [] });
    else if (group.others.length < MAX_OTHER_CHUNKS) group.others.push(candidate);
  }
  const ordered = Array.from(groups.values());
  const last = ordered[limit - 1]?.best.score;
  return last === undefined ? ordered : ordered.filter(({ best }) => best.score >= last);
}
