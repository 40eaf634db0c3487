/** One manifest, read by its name and checked against it, with the pages of its history: whole. */
import { RepobaseError } from "../protocol/errors.ts";
import { sha256Hex } from "../protocol/hash.ts";
import { decodeHistoryPage, type ReadPage, wholeManifest } from "../protocol/history.ts";
import { manifestKey, snapshotKey } from "../protocol/keys.ts";
import { decodeManifest, type Manifest } from "../protocol/manifest.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { catObject } from "./cat-object.ts";

/**
 * undefined: the store does not have it.
 * @param of.pages a store that is asked for pages first, for nothing
 * @throws RepobaseError `hash_mismatch` when its bytes, or those of a page, are not the ones it is named after; `missing_objects`
 *   without a page; `unsupported_format`, `corrupt_index`
 */
export async function catManifest(of: {
  readonly from: ObjectStore;
  readonly repo: string;
  readonly sha256: string;
  readonly pages?: ObjectStore | undefined;
}): Promise<Manifest | undefined> {
  const key = manifestKey(of.repo, of.sha256);
  const stored = await of.from.get(key);
  if (stored === undefined) return undefined;
  const sha256 = await sha256Hex(stored.bytes);
  if (sha256 !== of.sha256)
    throw new RepobaseError("hash_mismatch", `bytes of "${key}" have sha256 ${sha256}`, { fields: { key, sha256 } });
  const manifest = decodeManifest(stored.bytes, key);
  return wholeManifest(manifest, pageReader({ ...of, tableId: manifest.tableId }));
}

const pageReader =
  (of: {
    readonly from: ObjectStore;
    readonly pages?: ObjectStore | undefined;
    readonly repo: string;
    readonly tableId: string;
  }): ReadPage =>
  async (sha256) => {
    const key = snapshotKey(of.repo, of.tableId, sha256);
    const here = await of.pages?.get(key);
    const isWhole = here !== undefined && (await sha256Hex(here.bytes)) === sha256;
    return decodeHistoryPage(isWhole ? here.bytes : await catObject({ from: of.from, object: { key, sha256 } }), key);
  };
