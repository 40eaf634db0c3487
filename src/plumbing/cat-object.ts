/** The bytes of one object, with size and sha256 checked: nothing unchecked goes from one store to another. */
import { RepobaseError } from "../protocol/errors.ts";
import { sha256Hex } from "../protocol/hash.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { IndexObject } from "./index-object.ts";

/** @throws RepobaseError `missing_objects` when it is not there, `hash_mismatch` when its bytes are others */
export async function catObject(of: { readonly from: ObjectStore; readonly object: IndexObject }): Promise<Uint8Array> {
  const { key, sha256, size } = of.object;
  const stored = await of.from.get(key);
  if (stored === undefined) throw new RepobaseError("missing_objects", `"${key}" is missing`, { fields: { key } });
  const actual = await sha256Hex(stored.bytes);
  const wrongSize = size !== undefined && stored.bytes.length !== size;
  if (wrongSize || actual !== sha256)
    throw new RepobaseError(
      "hash_mismatch",
      `"${key}" is damaged: ${stored.bytes.length} bytes with sha256 ${actual}`,
      {
        fields: { key, expected: { size, sha256 }, actual: { size: stored.bytes.length, sha256: actual } },
      },
    );
  return stored.bytes;
}
