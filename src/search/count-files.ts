/** How many files a repository has: those that the commit of its default branch sees, by one snapshot. */
import { RepobaseError } from "../protocol/errors.ts";
import { snapshotKey } from "../protocol/keys.ts";
import type { Manifest } from "../protocol/manifest.ts";
import type { Ref } from "../protocol/ref.ts";
import { decodeSnapshot } from "../protocol/snapshot.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { findCommit } from "./find-commit.ts";

export interface FileCount {
  readonly commit: string;
  readonly fileCount: number;
}

/** @throws RepobaseError `corrupt_index`, `unsupported_format`, `ref_not_found` */
export async function countFiles(
  home: ObjectStore,
  of: { readonly repo: string; readonly ref: Ref; readonly manifest: Manifest },
): Promise<FileCount> {
  const { repo, ref, manifest } = of;
  const { commit, snapshot: sha256 } = await findCommit({ store: home, repo, ref, manifest }, null);
  const key = snapshotKey(repo, manifest.tableId, sha256);
  const stored = await home.get(key);
  if (!stored) throw lacking(repo, "snapshot", sha256);
  return { fileCount: decodeSnapshot(stored.bytes, key).files, commit };
}

export const lacking = (repo: string, what: string, sha256: string) =>
  new RepobaseError("corrupt_index", `the ${what} of ${repo} is missing`, { fields: { repo, sha256 } });
