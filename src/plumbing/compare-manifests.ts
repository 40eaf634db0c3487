/** How two manifests of one repository stand to each other. Pure. */
import type { Manifest } from "../protocol/manifest.ts";
import { knowsPurges } from "../protocol/purges.ts";

/**
 * - `same`: equal rows and snapshots
 * - `ahead`: ours holds all that theirs does, and more; `behind`: the other way round
 * - `diverged`: one table, but each side has something the other lacks
 * - `unrelated`: different tables, or rows made by different rules: nothing of one means anything in the other
 */
export type Relation = "same" | "ahead" | "behind" | "diverged" | "unrelated";

export function compareManifests(ours: Manifest, theirs: Manifest): Relation {
  if (ours.tableId !== theirs.tableId || !madeAlike(ours, theirs)) return "unrelated";
  const oursHasAll = covers(ours, theirs);
  const theirsHasAll = covers(theirs, ours);
  if (oursHasAll) return theirsHasAll ? "same" : "ahead";
  return theirsHasAll ? "behind" : "diverged";
}

/** By the same model and chunker: then the rows of one can be put into the other's table, whichever tables they are. */
export const madeAlike = (a: Manifest, b: Manifest): boolean =>
  a.chunker === b.chunker && a.model.id === b.model.id && a.model.dim === b.model.dim;

/** Does `a` have a snapshot of every commit that `b` has one of? */
export const hasCommitsOf = (a: Manifest, b: Manifest): boolean =>
  Object.keys(b.snapshots).every((commit) => Object.hasOwn(a.snapshots, commit));

/** A manifest that lacks a purge is older news. Rows lie in the data files, which nobody ever changes; the full-text index beside them can be made again. */
function covers(a: Manifest, b: Manifest): boolean {
  const has = new Set(dataOf(a));
  return (
    knowsPurges(a.purges, b.purges) &&
    dataOf(b).every((name) => has.has(name)) &&
    Object.entries(b.snapshots).every(([commit, sha256]) => a.snapshots[commit] === sha256)
  );
}

const dataOf = (manifest: Manifest): string[] =>
  manifest.objects.filter((o) => o.path.startsWith(`${manifest.table.name}/data/`)).map((o) => `${o.path} ${o.sha256}`);
