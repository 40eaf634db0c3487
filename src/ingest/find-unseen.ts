/** Which rows of a table nobody can see any more: a merge leaves them out. */
import type { Manifest } from "../protocol/manifest.ts";
import { visibleFiles } from "../protocol/snapshot.ts";
import type { IndexTreeOptions } from "./index-tree-contract.ts";
import { lineageOf, type Run } from "./index-run.ts";

/** The snapshots of a table that stay beside the tree's own: commit -> sha256. */
export function keptSnapshots(
  { previous, keepCommits }: IndexTreeOptions,
  table: { readonly tableId: string },
): Manifest["snapshots"] {
  const kept = Object.entries(lineageOf(previous, table)?.snapshots ?? {});
  return Object.fromEntries(kept.filter(([commit]) => keepCommits?.has(commit) ?? true));
}

/**
 * @param of.shown by the tree that is being indexed
 * @returns those of `fileIds` that neither the tree nor a kept snapshot sees; none where a snapshot cannot be read
 */
export async function findUnseen(
  { options, base }: Run,
  of: { readonly fileIds: ReadonlySet<number>; readonly shown: readonly number[] },
): Promise<ReadonlySet<number>> {
  const unseen = of.fileIds.difference(new Set(of.shown));
  if (options.readSnapshot === undefined) return new Set();
  if (base === null) return unseen;
  const { tableId } = base;
  for (const sha256 of new Set(Object.values(keptSnapshots(options, base)))) {
    if (unseen.size === 0) break;
    const snapshot = await options.readSnapshot({ tableId, sha256 });
    if (snapshot === undefined) return new Set();
    const visible = visibleFiles(snapshot);
    for (const fileId of unseen) if (visible.has(fileId)) unseen.delete(fileId);
  }
  return unseen;
}
