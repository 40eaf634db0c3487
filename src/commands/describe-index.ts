/** The text form of what `add` and `index` did. */
import type { IndexResult } from "../porcelain/indexing/index-result.ts";
import { describeSecrets } from "./describe-secrets.ts";
import { formatBytes, plural, shortCommit } from "../report/format.ts";

export function describeIndexResult(result: IndexResult): string {
  const skipped = Object.entries(result.skippedByReason)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(", ");
  const lines = [
    result.changed
      ? `${result.repoId}: indexed ${plural(result.newFiles, "new file version")} in ${plural(result.newChunks, "chunk")}, ` +
        `${(result.durationMs / 1000).toFixed(1)} s`
      : `${result.repoId}: up to date`,
    `  ${plural(result.files, "file")} at ${shortCommit(result.commit)} (${result.branch ?? "no branch"}), index ${formatBytes(result.indexBytes)}`,
  ];
  if (result.worktree)
    lines.push(`  ${plural(result.worktree.files, "uncommitted file")} indexed locally as "worktree"`);
  if (skipped) lines.push(`  skipped ${plural(result.skipped.length, "file")}: ${skipped}`);
  lines.push(...describeSecrets(result));
  return lines.join("\n");
}
