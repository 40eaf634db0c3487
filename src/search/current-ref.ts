/** The ref of a repository and the manifest it names, read from a home or from a user's part of the bucket. */
import { RepobaseError } from "../protocol/errors.ts";
import { sha256Hex } from "../protocol/hash.ts";
import { manifestKey, refKey } from "../protocol/keys.ts";
import { decodeManifest } from "../protocol/manifest.ts";
import type { Manifest } from "../protocol/manifest.ts";
import { decodeRef } from "../protocol/ref.ts";
import type { Ref } from "../protocol/ref.ts";
import type { CallOptions, ObjectStore, StoredObject } from "../store/object-store.ts";

export interface CurrentRef {
  readonly ref: Ref;
  readonly stored: StoredObject;
}

/** undefined: there is no such repository. @throws RepobaseError `corrupt_index`, `unsupported_format` */
export async function readCurrentRef(
  store: ObjectStore,
  repo: string,
  options?: CallOptions,
): Promise<CurrentRef | undefined> {
  const key = refKey(repo);
  const stored = await store.get(key, options);
  return stored && { ref: decodeRef(stored.bytes, key), stored };
}

/** undefined: there is no such manifest. @throws RepobaseError `corrupt_index` (damaged, too), `unsupported_format` */
export async function readManifest(
  store: ObjectStore,
  of: { readonly repo: string; readonly sha256: string } & CallOptions,
): Promise<Manifest | undefined> {
  const key = manifestKey(of.repo, of.sha256);
  const stored = await store.get(key, { signal: of.signal });
  if (!stored) return undefined;
  await requireHash(stored.bytes, { key, sha256: of.sha256 });
  return decodeManifest(stored.bytes, key);
}

/** @throws RepobaseError `corrupt_index` for bytes that are not the ones their name says */
export async function requireHash(
  bytes: Uint8Array,
  of: { readonly key: string; readonly sha256: string },
): Promise<void> {
  const actual = await sha256Hex(bytes);
  if (actual === of.sha256) return;
  throw new RepobaseError("corrupt_index", `"${of.key}" is damaged: it does not have the sha256 of its name`, {
    fields: { key: of.key, file: of.key, actual },
  });
}
