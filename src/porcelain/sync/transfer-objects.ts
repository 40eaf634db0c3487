/** upload-fragment and download-fragment over a list: a few at a time, in the order they finish. */
import { downloadObject } from "../../plumbing/download-object.ts";
import { forEachParallel } from "../../plumbing/for-each-parallel.ts";
import { type IndexObject, indexObjectsOf } from "../../plumbing/index-object.ts";
import { uploadObject } from "../../plumbing/upload-object.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { findRefManifest } from "./find-ref-manifest.ts";

export interface Transferred {
  readonly state: "sent" | "there" | "fetched" | "here";
  readonly bytes: number;
  readonly key: string;
}

export async function transferObjects(of: {
  readonly direction: "up" | "down";
  readonly from: ObjectStore;
  readonly to: ObjectStore;
  readonly objects: readonly IndexObject[];
  readonly probe: boolean;
  readonly onDone: (done: Transferred) => void;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { direction, from, to, objects, probe, onDone, signal } = of;
  await forEachParallel({
    items: objects,
    signal,
    bytesOf: (object) => object.size ?? 0,
    work: async (object) => {
      const { key } = object;
      if (direction === "up") {
        const { sent, bytes } = await uploadObject({ from, to, object, probe });
        onDone({ state: sent ? "sent" : "there", bytes, key });
      } else {
        const { fetched, bytes } = await downloadObject({ from, to, object });
        onDone({ state: fetched ? "fetched" : "here", bytes, key });
      }
    },
  });
}

/** Keys given as words, with hash and size from the manifest of the side they come from. */
export async function objectsByKey(of: {
  from: ObjectStore;
  local: ObjectStore;
  repo: string;
  keys: readonly string[];
}): Promise<readonly IndexObject[]> {
  const manifest = await findRefManifest(of);
  const known = new Map(manifest ? indexObjectsOf(manifest, of.repo).map((f) => [f.key, f]) : []);
  return of.keys.map((key) => {
    const object = known.get(key);
    if (!object) throw new RepobaseError("not_found", `the manifest of "${of.repo}" does not name "${key}"`);
    return object;
  });
}
