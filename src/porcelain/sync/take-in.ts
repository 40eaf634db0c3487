/**
 * Puts what only this machine has on top of the remote's index: the remote's objects are fetched, our rows appended to its table,
 * our snapshots rewritten to it. The remote's table is the lineage, whether ours grew from it or was made apart. No ref is moved.
 */
import type { Manifest } from "../../protocol/manifest.ts";
import { fetchIndex, type FetchedIndex } from "./fetch-index.ts";
import type { Rebased } from "./rebase-table.ts";
import type { SyncInput } from "./sync-common.ts";

/** @param of.theirs made by the same model and chunker as `ours` */
export async function takeIn(
  of: Pick<SyncInput, "local" | "localDir" | "remote" | "repo" | "onProgress" | "signal"> & {
    readonly ours: Manifest;
    readonly theirs: Manifest;
  },
): Promise<FetchedIndex & Rebased> {
  const fetched = await fetchIndex({ ...of, manifest: of.theirs });
  // brings the Lance reader and writer in, which most pushes and pulls do without
  const { rebaseTable } = await import("./rebase-table.ts");
  return { ...fetched, ...(await rebaseTable(of)) };
}
