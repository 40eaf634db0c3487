/** One manifest, read by its name and checked against it. */
import { RepobaseError } from "../protocol/errors.ts";
import { sha256Hex } from "../protocol/hash.ts";
import { manifestKey } from "../protocol/keys.ts";
import { decodeManifest, type Manifest } from "../protocol/manifest.ts";
import type { ObjectStore } from "../store/object-store.ts";

/**
 * undefined: the store does not have it.
 * @throws RepobaseError `hash_mismatch` when its bytes are not the ones it is named after, `unsupported_format`, `corrupt_index`
 */
export async function catManifest(of: {
  readonly from: ObjectStore;
  readonly repo: string;
  readonly sha256: string;
}): Promise<Manifest | undefined> {
  const key = manifestKey(of.repo, of.sha256);
  const stored = await of.from.get(key);
  if (stored === undefined) return undefined;
  const sha256 = await sha256Hex(stored.bytes);
  if (sha256 !== of.sha256)
    throw new RepobaseError("hash_mismatch", `bytes of "${key}" have sha256 ${sha256}`, { fields: { key, sha256 } });
  return decodeManifest(stored.bytes, key);
}
