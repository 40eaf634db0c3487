/** The refs that a completion offers: those that can be searched on this machine. Reads refs alone. */
import type { Home } from "../../home/home.ts";
import { WORKTREE } from "../../protocol/ids.ts";
import { findRepo } from "../../protocol/find-repo.ts";
import { readCurrentRef } from "../../search/current-ref.ts";

/**
 * Branches and tags, and `worktree`.
 * @param repo undefined: of all repositories
 * @throws RepobaseError `repo_not_found`, and what reading a ref throws
 */
export async function refNames(home: Home, repo: string | undefined): Promise<readonly string[]> {
  const { repos } = home.config();
  const chosen = repo === undefined ? repos : [findRepo(repos, repo)];
  const refs = await Promise.all(chosen.map(({ id }) => readCurrentRef(home.store, id)));
  const names = new Set<string>();
  for (const found of refs)
    for (const byName of [found?.ref.heads, found?.ref.tags])
      for (const name of Object.keys(byName ?? {})) names.add(name);
  return [...names.add(WORKTREE)];
}
