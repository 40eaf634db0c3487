/**
 * Fetches one object into the local store, checked before it is written; the store writes it to a temporary, fsyncs and
 * renames, so an object that is there under its name is whole.
 */
import type { ObjectStore } from "../store/object-store.ts";
import { catObject } from "./cat-object.ts";
import type { IndexObject } from "./index-object.ts";

export interface Fetched {
  /** False: it was here already. */
  readonly fetched: boolean;
  /** Bytes fetched. */
  readonly bytes: number;
}

/** @throws RepobaseError `missing_objects` or `hash_mismatch` (fields: `key`) when the remote's copy is gone or damaged */
export async function downloadObject(of: {
  readonly from: ObjectStore;
  readonly to: ObjectStore;
  readonly object: IndexObject;
}): Promise<Fetched> {
  const { to, object } = of;
  const here = await to.head(object.key);
  if (here !== undefined && (await isWhole(here.size, of))) return { fetched: false, bytes: 0 };
  const bytes = await catObject(of);
  const isNew = here === undefined ? { onlyIf: { absent: true } as const } : {};
  await to.put(object.key, bytes, { ...isNew, sha256: object.sha256 });
  return { fetched: true, bytes: bytes.length };
}

/** By size where it is known; snapshots are small enough to be read. */
async function isWhole(size: number, { to, object }: { to: ObjectStore; object: IndexObject }): Promise<boolean> {
  if (object.size !== undefined) return size === object.size;
  return catObject({ from: to, object }).then(
    () => true,
    () => false,
  );
}
