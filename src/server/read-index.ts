/** What a user's part of the bucket holds of a repository now. */
import { RepobaseError } from "../protocol/errors.ts";
import type { Manifest } from "../protocol/manifest.ts";
import { readManifest, readCurrentRef } from "../search/current-ref.ts";
import type { CurrentRef } from "../search/current-ref.ts";
import { lacking } from "../search/count-files.ts";
import type { ObjectStore } from "../store/object-store.ts";

export interface CurrentIndex extends CurrentRef {
  readonly manifest: Manifest;
}

/** @throws RepobaseError `corrupt_index` when the ref names a manifest that is not there (S1 was broken from outside) */
export async function readCurrent(home: ObjectStore, repo: string): Promise<CurrentIndex | undefined> {
  const current = await readCurrentRef(home, repo);
  if (!current) return undefined;
  const sha256 = current.ref.manifest;
  const manifest = await readManifest(home, { repo, sha256 });
  if (!manifest) throw lacking(repo, "manifest", sha256);
  return { ...current, manifest };
}

export const repoNotFound = (repo: string) =>
  new RepobaseError("repo_not_found", `there is no repository "${repo}"`, {
    fields: { repo },
    hint: "push it first: repobase push",
  });
