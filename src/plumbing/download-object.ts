/**
 * Fetches one fragment into the local store, checked before it is written; the store writes it to a temporary, fsyncs and
 * renames, so a fragment that is there under its name is whole.
 */
import type { ObjectStore } from "../store/object-store.ts";
import { catFragment } from "./cat-object.ts";
import type { Fragment } from "./index-object.ts";

export interface Fetched {
  /** False: it was here already. */
  readonly fetched: boolean;
  /** Bytes fetched. */
  readonly bytes: number;
}

/** @throws RepobaseError `missing_objects` or `hash_mismatch` (fields: `key`) when the remote's copy is gone or damaged */
export async function downloadFragment(of: {
  readonly from: ObjectStore;
  readonly to: ObjectStore;
  readonly fragment: Fragment;
}): Promise<Fetched> {
  const { to, fragment } = of;
  const here = await to.head(fragment.key);
  if (here !== undefined && (await isWhole(here.size, of))) return { fetched: false, bytes: 0 };
  const bytes = await catFragment(of);
  const isNew = here === undefined ? { onlyIf: { absent: true } as const } : {};
  await to.put(fragment.key, bytes, { ...isNew, sha256: fragment.sha256 });
  return { fetched: true, bytes: bytes.length };
}

/** By size where it is known; snapshots are small enough to be read. */
async function isWhole(size: number, { to, fragment }: { to: ObjectStore; fragment: Fragment }): Promise<boolean> {
  if (fragment.size !== undefined) return size === fragment.size;
  return catFragment({ from: to, fragment }).then(
    () => true,
    () => false,
  );
}
