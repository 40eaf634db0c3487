/** Sends one object: create-only, its bytes checked here before and by the store after. */
import { RepobaseError } from "../protocol/errors.ts";
import { sha256Hex } from "../protocol/hash.ts";
import type { ObjectInfo, ObjectStore } from "../store/object-store.ts";
import { catObject } from "./cat-object.ts";
import type { IndexObject } from "./index-object.ts";

export interface Uploaded {
  /** False: it was there already. */
  readonly sent: boolean;
  /** Bytes sent. */
  readonly bytes: number;
}

/**
 * @param of.probe ask first whether it is there: one small request, to save the body after an interrupted push
 * @throws RepobaseError `missing_objects` or `hash_mismatch` (fields: `key`) when the local copy is gone or damaged, or
 *   when other bytes lie at the key
 */
export async function uploadObject(of: {
  readonly from: ObjectStore;
  readonly to: ObjectStore;
  readonly object: IndexObject;
  readonly probe?: boolean;
}): Promise<Uploaded> {
  const { to, object } = of;
  if (of.probe === true) {
    const there = await to.head(object.key);
    if (there !== undefined) return alreadyThere(to, { there, object });
  }
  const bytes = await catObject(of);
  const { key, sha256 } = object;
  if ((await to.put(key, bytes, { onlyIf: { absent: true }, sha256 })) !== undefined)
    return { sent: true, bytes: bytes.length };
  const there = await to.head(key);
  if (there === undefined)
    throw new RepobaseError("transient", `"${key}" was there and is gone again`, { fields: { key } });
  return alreadyThere(to, { there, object: { ...object, size: bytes.length } });
}

/** By its hash, never by its size alone: a store that keeps none is asked for the bytes. */
async function alreadyThere(to: ObjectStore, of: { there: ObjectInfo; object: IndexObject }): Promise<Uploaded> {
  const { key, sha256, size } = of.object;
  const sameSize = size === undefined || of.there.size === size;
  const actual = sameSize ? (of.there.sha256 ?? (await hashOf(to, key))) : of.there.sha256;
  if (sameSize && actual === sha256) return { sent: false, bytes: 0 };
  throw new RepobaseError("hash_mismatch", `other bytes lie at "${key}" already`, {
    fields: { key, remote: true, expected: { size, sha256 }, actual: { size: of.there.size, sha256: actual } },
  });
}

async function hashOf(store: ObjectStore, key: string): Promise<string | undefined> {
  const stored = await store.get(key);
  return stored && sha256Hex(stored.bytes);
}
