/** Fetches all a manifest is made of into the home, then the manifest. No reader sees it until the caller moves the ref. */
import { downloadObject } from "../../plumbing/download-object.ts";
import { forEachParallel } from "../../plumbing/for-each-parallel.ts";
import { indexObjectsOf } from "../../plumbing/index-object.ts";
import { writeManifest } from "../../plumbing/write-manifest.ts";
import { hintingRemote } from "../../protocol/repair-hint.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { stepper, type SyncInput } from "./sync-common.ts";

export interface FetchedIndex {
  readonly fetched: number;
  /** What was here already, whole. */
  readonly skipped: number;
}

/** @throws RepobaseError `missing_objects`, `hash_mismatch` when the remote's copy is not what its manifest says */
export async function fetchIndex(
  of: Pick<SyncInput, "local" | "repo" | "onProgress" | "signal"> & {
    readonly remote: ObjectStore;
    readonly manifest: Manifest;
  },
): Promise<FetchedIndex> {
  const items = indexObjectsOf(of.manifest, of.repo);
  let fetched = 0;
  const step = stepper("fetching", items, of.onProgress);
  await forEachParallel({
    items,
    signal: of.signal,
    bytesOf: (object) => object.size ?? 0,
    work: async (object) => {
      if ((await hintingRemote(downloadObject({ from: of.remote, to: of.local, object }))).fetched) fetched++;
      step(object);
    },
  });
  await writeManifest({ to: of.local, repo: of.repo, manifest: of.manifest });
  return { fetched, skipped: items.length - fetched };
}
