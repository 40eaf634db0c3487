/** The ref of a repository and the manifest it names, read from a user's part of the bucket. */
import { RepobaseError } from "../protocol/errors.ts";
import { manifestKey, refKey } from "../protocol/keys.ts";
import { decodeManifest } from "../protocol/manifest.ts";
import type { Manifest } from "../protocol/manifest.ts";
import { decodeRef } from "../protocol/ref.ts";
import type { Ref } from "../protocol/ref.ts";
import type { ObjectStore, StoredObject } from "../store/object-store.ts";

export interface CurrentRef {
  readonly ref: Ref;
  readonly stored: StoredObject;
}

export interface CurrentIndex extends CurrentRef {
  readonly manifest: Manifest;
}

/** undefined: this user has no such repository. */
export async function readRef(home: ObjectStore, repo: string): Promise<CurrentRef | undefined> {
  const stored = await home.get(refKey(repo));
  return stored && { ref: decodeRef(stored.bytes), stored };
}

/** undefined: there is no such manifest. */
export async function readManifest(home: ObjectStore, repo: string, sha256: string): Promise<Manifest | undefined> {
  const stored = await home.get(manifestKey(repo, sha256));
  return stored && decodeManifest(stored.bytes);
}

/** @throws RepobaseError `corrupt_index` when the ref names a manifest that is not there (S1 was broken from outside) */
export async function readCurrent(home: ObjectStore, repo: string): Promise<CurrentIndex | undefined> {
  const current = await readRef(home, repo);
  if (!current) return undefined;
  const manifest = await readManifest(home, repo, current.ref.manifest);
  if (!manifest)
    throw new RepobaseError("corrupt_index", `the manifest of ${repo} is missing`, {
      fields: { sha256: current.ref.manifest },
    });
  return { ...current, manifest };
}

export const repoNotFound = (repo: string) =>
  new RepobaseError("repo_not_found", `there is no repository "${repo}"`, {
    fields: { repo },
    hint: "push it first: repobase push",
  });
