/** Opens the local indexes for searching: the same keys and the same steps as the server takes in the bucket. */
import type { Home } from "../../home/home.ts";
import { WORKTREE } from "../../protocol/ids.ts";
import type { IndexView } from "../../search/index-view.ts";
import { openNamedView, openView } from "../../search/open-view.ts";
import { ViewCache } from "../../search/view-cache.ts";
import { readWorktreeRef, type WorktreeRef } from "../indexing/worktree-ref.ts";

/** A process that answers one query needs little of this; `--stdin` answers many. */
const CACHE = { maxRangeBytes: 256 * 1024 * 1024, maxHeldBytes: 256 * 1024 * 1024 };

export const makeViewCache = (): ViewCache => new ViewCache(CACHE);

/**
 * The views that together are one repository at `ref`: one table, or two where uncommitted work is searched. Without a
 * ref, what is on disk now: the uncommitted work if there is any, else the default branch.
 * @throws RepobaseError `repo_not_found`, `ref_not_found`, `corrupt_index`, `unsupported_format`
 */
export async function openLocalViews(of: {
  home: Home;
  repo: string;
  ref: string | null;
  cache: ViewCache;
  signal?: AbortSignal | undefined;
}): Promise<readonly IndexView[]> {
  const { home, repo, ref, cache, signal } = of;
  const worktree = ref === null || ref === WORKTREE ? await readWorktreeRef(home.store, repo, signal) : undefined;
  if (worktree) return openWorktree({ home, repo, worktree, cache, signal });
  return [await openView({ store: home.store, repo, ref, cache, signal })];
}

async function openWorktree(of: {
  home: Home;
  repo: string;
  worktree: WorktreeRef;
  cache: ViewCache;
  signal: AbortSignal | undefined;
}): Promise<IndexView[]> {
  const { home, repo, worktree, cache, signal } = of;
  const parts = [worktree.base, worktree.overlay].filter((part) => part !== null);
  return Promise.all(
    parts.map(({ manifest, snapshot }) =>
      openNamedView({ store: home.store, repo, manifest, snapshot, commit: WORKTREE, cache, signal }),
    ),
  );
}
