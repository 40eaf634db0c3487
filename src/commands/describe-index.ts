/** The text form of what `add` and `index` did. */
import type { IndexResult } from "../porcelain/indexing/index-result.ts";
import { describePruned } from "./describe-sync.ts";
import { describeSecrets } from "./describe-secrets.ts";
import { formatBytes, plural } from "../text/figures.ts";
import { shortCommit } from "../protocol/ids.ts";

/** Files whose size is no surprise. */
const DATA = /\.(?:jsonl?|ndjson|geojson|csv|tsv|xml|svg|txt|log|html?|diff|patch)$/i;
const MAX_NAMED = 5;

/** What --verbose adds: the files that were left out, and where the time went. */
export function detailsOfIndex(result: IndexResult): readonly string[] {
  const stages = Object.entries(result.stages).map(([name, seconds]) => `${name} ${seconds.toFixed(3)} s`);
  return [
    ...result.skipped.map(({ path, reason }) => `skipped ${path}: ${reason}`),
    ...result.redacted.map(
      ({ path, secrets }) =>
        `covered in ${path}: ${secrets.map(({ rule, line }) => `${rule} at line ${line}`).join(", ")}`,
    ),
    `stages: ${stages.join(", ")}`,
  ];
}

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
  lines.push(...describePruned(result.headsPruned).map((line) => `  ${line}`));
  if (skipped) lines.push(`  skipped ${plural(result.skipped.length, "file")}: ${skipped} (named by --json)`);
  const large = result.skipped.flatMap(({ path, reason }) =>
    reason === "too-large" && !DATA.test(path) ? [path] : [],
  );
  if (large.length > 0) {
    const more = large.length > MAX_NAMED ? `, and ${large.length - MAX_NAMED} more` : "";
    lines.push(
      `  too large, so not searchable: ${large.slice(0, MAX_NAMED).join(", ")}${more}`,
      `    to index it anyway: repobase index ${result.repoId} --include ${JSON.stringify(large[0])}, or raise --max-file-bytes`,
    );
  }
  const { stillIndexed: still } = result;
  if (still.length > 0)
    lines.push(
      `  ${plural(still.length, "path")} that ${still.length === 1 ? "is" : "are"} ignored or skipped now, still in the index at other commits: ${still.slice(0, MAX_NAMED).join(", ")}${still.length > MAX_NAMED ? ", ..." : ""}`,
      `    to take them out for good: repobase purge ${result.repoId} <path>`,
    );
  lines.push(...describeSecrets(result));
  return lines.join("\n");
}
