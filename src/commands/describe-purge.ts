/** The text form of what `purge` did. */
import type { PurgeResult } from "../porcelain/sync/purge.ts";
import { plural } from "../text/figures.ts";

/** Of each list; all of it is in `--json`. */
const SHOWN = 20;

export function describePurge(result: PurgeResult, { undo }: { readonly undo: boolean }): string {
  const { repoId, dryRun, files, removed, left, purged } = result;
  const rules = purged.length > 0 ? `  never indexed: ${purged.join(", ")}` : "  no path is purged any more";
  if (undo) return [`${repoId}: the next index run takes them in again`, rules].join("\n");
  const paths = [...new Set(files.map(({ path }) => path))].sort();
  const versions = `${plural(files.length, "file version")} of ${plural(paths.length, "path")}`;
  if (dryRun) return [`${repoId}: would take out ${versions}`, ...shorten(paths)].join("\n");
  const where = removed.cloud === null ? "here" : "here and in the cloud";
  if (left.length > 0)
    return [
      `${repoId}: took out ${versions}, but not all of it is gone. Run it again.`,
      ...shorten(left.map(({ side, key }) => `${side}  ${key}`)),
    ].join("\n");
  const counts =
    removed.cloud === null ? `${removed.here} here` : `${removed.here} here, ${removed.cloud} in the cloud`;
  return [`${repoId}: ${versions} gone, ${where}`, ...shorten(paths), `  removed files: ${counts}`, rules].join("\n");
}

const shorten = (lines: readonly string[]): readonly string[] =>
  [...lines.slice(0, SHOWN), ...(lines.length > SHOWN ? [`and ${lines.length - SHOWN} more`] : [])].map(
    (line) => `  ${line}`,
  );
