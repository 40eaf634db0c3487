/** Opens the local indexes for searching: the same keys and the same steps as the server takes in the bucket. */
import type { RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { canonicalJson } from "../../protocol/canonical-json.ts";
import { isRepobaseError, RepobaseError } from "../../protocol/errors.ts";
import type { Ref } from "../../protocol/ref.ts";
import { readCurrentRef, readManifest } from "../../search/current-ref.ts";
import { findCommit } from "../../search/find-commit.ts";
import { WORKTREE } from "../../protocol/ids.ts";
import type { IndexView } from "../../search/index-view.ts";
import { openNamedView, openView } from "../../search/open-view.ts";
import type { SearchTrace } from "../../search/search-trace.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { ViewCache } from "../../search/view-cache.ts";
import { readWorktreeRef, type WorktreeRef } from "../folder/worktree-ref.ts";

/** A process that answers one query needs little of this; `--stdin` answers many. */
const CACHE = { maxRangeBytes: 256 * 1024 * 1024, maxHeldBytes: 256 * 1024 * 1024 };

export const makeViewCache = (): ViewCache => new ViewCache(CACHE);

/**
 * The views that together are one repository at `ref`: one table, or two where uncommitted work is searched. Without a
 * ref, what was last indexed on this machine: the uncommitted work if there is any, else the commit; of an index that was
 * pulled the default branch.
 * @throws RepobaseError `repo_not_found`, `ref_not_found`, `corrupt_index`, `unsupported_format`
 */
export async function openLocalViews(of: {
  home: Home;
  repo: RepoConfig;
  ref: string | null;
  cache: ViewCache;
  signal?: AbortSignal | undefined;
  trace?: SearchTrace | undefined;
}): Promise<readonly IndexView[]> {
  const { home, repo, ref, cache, signal, trace } = of;
  const store = trace?.store ?? home.store;
  const worktree = ref === null || ref === WORKTREE ? await readWorktreeRef(store, repo, signal) : undefined;
  if (worktree) {
    try {
      return await openWorktree({ store, repo: repo.id, worktree, cache, signal, trace });
    } catch (error) {
      // an index run may have passed between the two reads, and taken its old state away
      if (!isRepobaseError(error, "corrupt_index")) throw error;
      const again = await readWorktreeRef(store, repo, signal);
      if (canonicalJson(again ?? null) === canonicalJson(worktree)) throw error;
      return openLocalViews(of);
    }
  }
  const open = (name: string | null) => openView({ store, repo: repo.id, ref: name, cache, signal, trace });
  const known = await knownCommit(home, repo, ref);
  if (known === undefined) return [await open(ref)];
  try {
    return [await open(known.commit)];
  } catch (error) {
    if (!isRepobaseError(error, "ref_not_found")) throw error;
    if (ref === null) return [await open(null)]; // the table was made anew since
    throw notIndexed(repo, ref, known.commit);
  }
}

/** The commit that is meant, where the index itself does not know the word; undefined: the index is asked. */
async function knownCommit(home: Home, repo: RepoConfig, ref: string | null): Promise<{ commit: string } | undefined> {
  const { lastIndexedCommit: commit, source } = repo;
  if (ref === null) return source.kind !== "none" && commit !== null ? { commit } : undefined;
  const current = await readCurrentRef(home.store, repo.id);
  if (current === undefined || (ref !== "HEAD" && (await isIndexed(home, current.ref, { repo: repo.id, ref }))))
    return undefined;
  const { commitCalled } = await import("../folder/commit-called.ts");
  return commitCalled(home, repo, ref);
}

/** Errors other than an unknown name are left to whoever opens the index. */
async function isIndexed(home: Home, ref: Ref, of: { repo: string; ref: string }): Promise<boolean> {
  const manifest = await readManifest(home.store, { repo: of.repo, sha256: ref.manifest });
  if (manifest === undefined) return true;
  try {
    await findCommit({ store: home.store, repo: of.repo, ref, manifest }, of.ref);
    return true;
  } catch (error) {
    return !isRepobaseError(error, "ref_not_found") || error.fields.candidates !== undefined;
  }
}

const notIndexed = (repo: RepoConfig, ref: string, commit: string) =>
  new RepobaseError(
    "ref_not_found",
    `${JSON.stringify(ref)} of ${repo.id} is commit ${commit.slice(0, 12)}, which is not indexed`,
    {
      hint: ref === "HEAD" ? `repobase index ${repo.id}` : `repobase index ${repo.id} --ref ${ref}`,
      fields: { repo: repo.id, ref, commit },
    },
  );

async function openWorktree(of: {
  store: ObjectStore;
  repo: string;
  worktree: WorktreeRef;
  cache: ViewCache;
  signal: AbortSignal | undefined;
  trace: SearchTrace | undefined;
}): Promise<IndexView[]> {
  const { worktree, ...open } = of;
  const parts = [worktree.base, worktree.overlay].filter((part) => part !== null);
  return Promise.all(
    parts.map(({ manifest, snapshot }) => openNamedView({ ...open, manifest, snapshot, commit: WORKTREE })),
  );
}
