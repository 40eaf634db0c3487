/**
 * Create-only writes of things named for good: the same bytes again are a success without a write, others are refused. Unless what
 * lies there is known to be damaged: then the right bytes take its place.
 */
import { RepobaseError } from "../protocol/errors.ts";
import { sha256Hex } from "../protocol/hash.ts";
import type { ObjectInfo, ObjectStore, SizedBody } from "../store/object-store.ts";
import { relyOn } from "../gc/rely-on.ts";
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
  /** Whether bytes with another sha256 than this body's are damage at this name, asked only where there are such. */
  readonly isDamage?: () => Promise<boolean>;
}): Promise<{ info: ObjectInfo; created: boolean }> {
  const { home, key, body, sha256 } = put;
  const before = await home.head(key);
  if (before) {
    if ((await isSame(before, put)) || !(await put.isDamage?.())) {
      const info = await sameOrRefuse(before, put);
      await requireToStay(home, key);
      return { info, created: false };
    }
    // the quota counts these bytes already: they are those that the ref names
    const mended = await home.putBody(key, body, { onlyIf: { etag: before.etag }, sha256 });
    if (mended) return { info: mended, created: true };
    throw new RepobaseError("transient", `"${key}" was written by somebody else meanwhile`);
  }
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
  await requireToStay(home, key);
  return { info: await sameOrRefuse(winner, put), created: false };
}

/** Who is told that it is there will name it. @throws RepobaseError `transient` when it is being cleaned up: it can be sent in a moment */
async function requireToStay(home: Bucket, key: string): Promise<void> {
  if ((await relyOn(home, key)) && (await home.head(key)) === undefined)
    throw new RepobaseError("transient", `"${key}" was cleaned up meanwhile`, { hint: "send it again" });
}

/** The hex sha256 of what is stored: the store's word when it keeps one, else computed. undefined: no such object. */
export async function storedSha256(home: ObjectStore, info: ObjectInfo): Promise<string | undefined> {
  if (info.sha256 !== undefined) return info.sha256;
  const stored = await home.get(info.key);
  return stored && sha256Hex(stored.bytes);
}

interface Put {
  readonly home: ObjectStore;
  readonly body: SizedBody | Uint8Array;
  readonly sha256: string;
}

async function isSame(info: ObjectInfo, put: Put): Promise<boolean> {
  const size = put.body instanceof Uint8Array ? put.body.length : put.body.size;
  return info.size === size && (await storedSha256(put.home, info)) === put.sha256;
}

async function sameOrRefuse(info: ObjectInfo, put: Put): Promise<ObjectInfo> {
  if (await isSame(info, put)) return info;
  throw new RepobaseError("exists", `"${info.key}" exists with other bytes`, {
    fields: { key: info.key, size: info.size },
  });
}
