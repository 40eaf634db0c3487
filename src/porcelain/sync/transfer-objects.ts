/** upload-fragment and download-fragment over a list: a few at a time, in the order they finish. */
import { downloadFragment } from "../../plumbing/download-object.ts";
import { forEachParallel } from "../../plumbing/for-each-parallel.ts";
import { type Fragment, fragmentsOf } from "../../plumbing/index-object.ts";
import { uploadFragment } from "../../plumbing/upload-object.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { findRefManifest } from "./find-ref-manifest.ts";

export interface Transferred {
  readonly state: "sent" | "there" | "fetched" | "here";
  readonly bytes: number;
  readonly key: string;
}

export async function transferFragments(of: {
  readonly direction: "up" | "down";
  readonly from: ObjectStore;
  readonly to: ObjectStore;
  readonly fragments: readonly Fragment[];
  readonly probe: boolean;
  readonly onDone: (done: Transferred) => void;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { direction, from, to, fragments, probe, onDone, signal } = of;
  await forEachParallel({
    items: fragments,
    signal,
    bytesOf: (fragment) => fragment.size ?? 0,
    work: async (fragment) => {
      const { key } = fragment;
      if (direction === "up") {
        const { sent, bytes } = await uploadFragment({ from, to, fragment, probe });
        onDone({ state: sent ? "sent" : "there", bytes, key });
      } else {
        const { fetched, bytes } = await downloadFragment({ from, to, fragment });
        onDone({ state: fetched ? "fetched" : "here", bytes, key });
      }
    },
  });
}

/** Keys given as words, with hash and size from the manifest of the side they come from. */
export async function fragmentsByKey(of: {
  from: ObjectStore;
  local: ObjectStore;
  repo: string;
  keys: readonly string[];
}): Promise<readonly Fragment[]> {
  const manifest = await findRefManifest(of);
  const known = new Map(manifest ? fragmentsOf(manifest, of.repo).map((f) => [f.key, f]) : []);
  return of.keys.map((key) => {
    const fragment = known.get(key);
    if (!fragment) throw new RepobaseError("not_found", `the manifest of "${of.repo}" does not name "${key}"`);
    return fragment;
  });
}
