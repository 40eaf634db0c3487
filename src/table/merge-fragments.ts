/**
 * Keeps the fragments of a table few, however often it is appended to: the newest become one, without the rows that nobody sees any
 * more. The older a fragment, the larger it is, so that a row is written again only a few times in its life.
 */
import type { Fragment } from "../lance/table.ts";
import type { Manifest } from "../protocol/manifest.ts";
import { openTableAt } from "./open-table.ts";
import { rewriteFragments } from "./rewrite-fragments.ts";
import { readFileRows } from "./table-rows.ts";
import { TEXT_INDEX } from "./table-writer.ts";

/** A run of the indexer and a query read a few ranges of each. */
export const MAX_FRAGMENTS = 16;

/**
 * Which fragments become one: all from the first on that holds less than twice the rows of all newer ones together. Pure.
 * @param fragments the oldest first
 */
export function fragmentsToMerge<F extends { readonly rows: number }>(fragments: readonly F[]): readonly F[] {
  if (fragments.length <= MAX_FRAGMENTS) return [];
  let newer = 0;
  let start = fragments.length;
  for (let i = fragments.length - 1; i >= 0; i--) {
    const { rows } = fragments[i] as F;
    if (rows < 2 * newer) start = i;
    newer += rows;
  }
  return fragments.slice(start);
}

/**
 * The caller holds the repository's lock.
 * @param of.localDir the folder that holds the manifest's objects
 * @param of.isSeen file versions that must stay
 * @returns the manifest of the table with the same snapshots; the same one where there is nothing to merge
 * @throws RepobaseError `corrupt_index` when the table is not what its manifest says; and what writing a table throws
 */
export async function mergeFragments(of: {
  readonly localDir: string;
  readonly manifest: Manifest;
  readonly isSeen: (fileId: number) => boolean;
}): Promise<Manifest> {
  const { localDir, manifest, isSeen } = of;
  const table = openTableAt(manifest, localDir);
  const merged = fragmentsToMerge(table.fragments);
  if (merged.length === 0) return manifest;
  const found = [...(await readFileRows(table, merged)).values()];
  // a number is never given twice, so the highest one stays known
  const last = found.reduce((highest, { fileId }) => Math.max(highest, fileId), 0);
  const moved = found.filter(({ fileId }) => isSeen(fileId) || fileId === last).sort((a, b) => a.fileId - b.fileId);
  const dropped = found.length - moved.length;
  const fragments = new Set(merged.map(({ id }) => id));
  const after = await rewriteFragments({
    localDir,
    manifest,
    fragments,
    moved,
    rows: table.liveRows() - liveRows(merged) + moved.reduce((sum, { rows }) => sum + rows.length, 0),
    files: manifest.stats.files - dropped,
    textIndex: isCovered(table.indices, fragments) ? "anew" : "kept",
  });
  return { ...after, snapshots: manifest.snapshots };
}

const liveRows = (fragments: readonly Fragment[]): number =>
  fragments.reduce((sum, { rows, deletion }) => sum + rows - (deletion?.rows ?? 0), 0);

function isCovered(
  indices: readonly { readonly name: string; readonly fragments: readonly number[] }[],
  merged: ReadonlySet<number>,
): boolean {
  return indices.some(({ name, fragments }) => name === TEXT_INDEX && fragments.some((id) => merged.has(id)));
}
