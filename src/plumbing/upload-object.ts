/** Sends one object: create-only, its bytes checked here before and by the store after. */
import { RepobaseError } from "../protocol/errors.ts";
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
    if (there !== undefined) return alreadyThere(there, object);
  }
  const bytes = await catObject(of);
  const { key, sha256 } = object;
  if ((await to.put(key, bytes, { onlyIf: { absent: true }, sha256 })) !== undefined)
    return { sent: true, bytes: bytes.length };
  const there = await to.head(key);
  if (there === undefined)
    throw new RepobaseError("transient", `"${key}" was there and is gone again`, { fields: { key } });
  return alreadyThere(there, { ...object, size: bytes.length });
}

function alreadyThere(there: ObjectInfo, { key, sha256, size }: IndexObject): Uploaded {
  const same = (size === undefined || there.size === size) && (there.sha256 === undefined || there.sha256 === sha256);
  if (same) return { sent: false, bytes: 0 };
  throw new RepobaseError("hash_mismatch", `other bytes lie at "${key}" already`, {
    hint: "repobase verify-manifest --remote tells what is damaged",
    fields: { key, expected: { size, sha256 }, actual: { size: there.size, sha256: there.sha256 } },
  });
}
