/** The refs of a store, one line a branch, as `git ls-remote` shows them. */
import { RepobaseError } from "../protocol/errors.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { readRef } from "./read-ref.ts";

export interface RemoteHead {
  readonly repo: string;
  readonly branch: string;
  readonly commit: string;
  /** sha256 of the manifest the ref names. */
  readonly manifest: string;
  readonly generation: number;
  readonly isDefault: boolean;
}

/** By repository as asked, then by branch. @throws RepobaseError `repo_not_found` for one the store does not have */
export async function lsRemote(of: {
  readonly from: ObjectStore;
  readonly repos: readonly string[];
}): Promise<RemoteHead[]> {
  const heads: RemoteHead[] = [];
  for (const repo of of.repos) {
    const stored = await readRef({ from: of.from, repo });
    if (stored === undefined)
      throw new RepobaseError("repo_not_found", `no repository "${repo}" there`, { fields: { repo } });
    const { ref } = stored;
    for (const [branch, commit] of Object.entries(ref.heads).sort(([a], [b]) => (a < b ? -1 : 1)))
      heads.push({
        repo,
        branch,
        commit,
        manifest: ref.manifest,
        generation: ref.generation,
        isDefault: branch === ref.default,
      });
  }
  return heads;
}
