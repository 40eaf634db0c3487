/** Create-only writes of things named for good: the same bytes again are a success without a write, others are refused. */
import { RepobaseError } from "../protocol/errors.ts";
import { sha256Hex } from "../protocol/hash.ts";
import type { ObjectInfo, ObjectStore, SizedBody } from "../store/object-store.ts";
import type { Bucket } from "./bucket.ts";
import type { Settle } from "./usage-meter.ts";

/** @throws RepobaseError `quota_exceeded`, `exists` when other bytes have this name, `hash_mismatch` when the body does not have the sha256 */
export async function storeOnce(put: {
  readonly home: Bucket;
  readonly key: string;
  readonly body: SizedBody | Uint8Array;
  readonly sha256: string;
  /** Asked before a byte is taken that is not there yet. */
  readonly admit: (bytes: number) => Promise<Settle>;
}): Promise<{ info: ObjectInfo; created: boolean }> {
  const { home, key, body, sha256 } = put;
  const before = await home.head(key);
  if (before) return { info: await sameOrRefuse(before, put), created: false };
  const size = body instanceof Uint8Array ? body.length : body.size;
  const settle = await put.admit(size);
  let stored: ObjectInfo | undefined;
  try {
    stored = await home.putBody(key, body, { onlyIf: { absent: true }, sha256 });
  } finally {
    await settle(stored ? size : 0);
  }
  if (stored) return { info: stored, created: true };
  // somebody else was quicker by a moment
  const winner = await home.head(key);
  if (!winner) throw new RepobaseError("transient", `"${key}" was written and deleted meanwhile`);
  return { info: await sameOrRefuse(winner, put), created: false };
}

/** The hex sha256 of what is stored: the store's word when it keeps one, else computed. undefined: no such object. */
export async function storedSha256(home: ObjectStore, info: ObjectInfo): Promise<string | undefined> {
  if (info.sha256 !== undefined) return info.sha256;
  const stored = await home.get(info.key);
  return stored && sha256Hex(stored.bytes);
}

async function sameOrRefuse(
  info: ObjectInfo,
  put: { readonly home: ObjectStore; readonly body: SizedBody | Uint8Array; readonly sha256: string },
): Promise<ObjectInfo> {
  const size = put.body instanceof Uint8Array ? put.body.length : put.body.size;
  if (info.size === size && (await storedSha256(put.home, info)) === put.sha256) return info;
  throw new RepobaseError("exists", `"${info.key}" exists with other bytes`, {
    fields: { key: info.key, size: info.size },
  });
}
