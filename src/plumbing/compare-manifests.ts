/** How two manifests of one repository stand to each other. Pure. */
import { type Manifest, packsOf } from "../protocol/manifest.ts";
import { knowsPurges } from "../protocol/purges.ts";

/**
 * - `same`: equal rows and snapshots
 * - `ahead`: ours holds all that theirs does, and more, or holds it merged, or with packs where theirs has none; `behind`: the other way
 *   round
 * - `diverged`: one table, but each side has something the other lacks
 * - `unrelated`: different tables, or rows made by different rules: nothing of one means anything in the other
 */
export type Relation = "same" | "ahead" | "behind" | "diverged" | "unrelated";

/**
 * A snapshot that both have sees the same rows on both sides, wherever they lie: merging moves rows to other files and leaves out
 * those that no snapshot sees. So snapshots tell what a side has, and data files only which table is made from which.
 * @param of.fromTheirs ours is known to be made from theirs, as when theirs is what both sides last agreed on
 */
export function compareManifests(
  ours: Manifest,
  theirs: Manifest,
  of: { readonly fromTheirs?: boolean } = {},
): Relation {
  if (ours.tableId !== theirs.tableId || !madeAlike(ours, theirs)) return "unrelated";
  const oursHasAll = hasAll(ours, theirs);
  const theirsHasAll = hasAll(theirs, ours);
  const goesOn = of.fromTheirs === true || hasFiles(ours, theirs);
  if (oursHasAll && theirsHasAll) {
    if (!goesOn) return "behind";
    if (!hasFiles(theirs, ours) || !hasFiles(ours, theirs)) return "ahead";
    // equal rows, but only one side has all search packs: an index of an older program, and what was made of it
    const [packed, theirsPacked] = [packsOf(ours) !== undefined, packsOf(theirs) !== undefined];
    return packed === theirsPacked ? "same" : packed ? "ahead" : "behind";
  }
  // onto a table that another device merged meanwhile, ours is put row by row
  if (oursHasAll) return goesOn ? "ahead" : "diverged";
  return theirsHasAll ? "behind" : "diverged";
}

/** May `ours` take the place of `theirs` without a commit or a purge being lost? Which files hold the rows makes no difference. */
export const losesNothing = (ours: Manifest, theirs: Manifest): boolean =>
  compareManifests(ours, theirs) !== "unrelated" && hasAll(ours, theirs);

/** By the same model and chunker: then the rows of one can be put into the other's table, whichever tables they are. */
export const madeAlike = (a: Manifest, b: Manifest): boolean =>
  a.chunker === b.chunker && a.model.id === b.model.id && a.model.dim === b.model.dim;

/** Does `a` have a snapshot of every commit that `b` has one of? */
export const hasCommitsOf = (a: Manifest, b: Manifest): boolean =>
  Object.keys(b.snapshots).every((commit) => Object.hasOwn(a.snapshots, commit));

/** A manifest that lacks a purge is older news. */
const hasAll = (a: Manifest, b: Manifest): boolean =>
  knowsPurges(a.purges, b.purges) &&
  Object.entries(b.snapshots).every(([commit, sha256]) => a.snapshots[commit] === sha256);

/** Data files, which nobody ever changes. What lies beside them is made of them. */
function hasFiles(a: Manifest, b: Manifest): boolean {
  const has = new Set(dataOf(a));
  return dataOf(b).every((name) => has.has(name));
}

const dataOf = (manifest: Manifest): string[] =>
  manifest.objects.filter((o) => o.path.startsWith(`${manifest.table.name}/data/`)).map((o) => `${o.path} ${o.sha256}`);
