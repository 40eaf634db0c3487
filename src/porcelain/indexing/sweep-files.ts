/**
 * After an index run or a sync moved a ref: removes files of the shared table that no reader needs any more. Those that the ref
 * named before stay until the next one, because a search that began by it may still be reading; so do those that uncommitted work
 * lies on, whose ref names a manifest of its own, in every work tree. (The table of uncommitted work: sweep-worktrees.ts.)
 */
import { join } from "node:path";
import { isRepobaseError } from "../../protocol/errors.ts";
import { tablePrefix } from "../../protocol/keys.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import { catManifest } from "../../plumbing/cat-manifest.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { sweepTable } from "../../table/sweep-table.ts";
import { listWorktreeRefs } from "../folder/worktree-ref.ts";

/**
 * The caller holds the repository's lock.
 * @param of.localDir the folder that is `local`
 * @param of.current what the ref names now
 * @param of.before what it named before, or what was taken in meanwhile
 * @returns how many files were removed
 */
export async function sweepFiles(of: {
  readonly local: ObjectStore;
  readonly localDir: string;
  readonly repo: string;
  readonly current: Manifest;
  readonly before: readonly (Manifest | null | undefined)[];
}): Promise<number> {
  const { local, localDir, repo, current } = of;
  const bases = await worktreeBases(local, repo);
  // what cannot be read may name any file
  if (bases === undefined) return 0;
  const kept = [...of.before, ...bases].filter((manifest) => manifest !== null && manifest !== undefined);
  return sweepTable({ tableDir: join(localDir, tablePrefix(repo, current.table.name)), current, kept });
}

/** undefined: one of them is damaged. */
async function worktreeBases(local: ObjectStore, repo: string): Promise<Manifest[] | undefined> {
  const refs = await listWorktreeRefs(local, repo);
  if (refs === undefined) return undefined;
  try {
    const names = refs.flatMap(({ base }) => (base ? [base.manifest] : []));
    const found = await Promise.all(names.map((sha256) => catManifest({ from: local, repo, sha256 })));
    return found.filter((manifest) => manifest !== undefined);
  } catch (error) {
    if (isRepobaseError(error, "corrupt_index", "unsupported_format", "hash_mismatch")) return undefined;
    throw error;
  }
}
