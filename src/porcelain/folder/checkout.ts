/**
 * A repository has as many folders as it has linked git work trees, each with a commit and uncommitted work of its own. One of
 * them was added; a command that runs in another one means that one.
 */
import { realpathSync } from "node:fs";
import type { RepoConfig } from "../../home/config.ts";
import type { Environment } from "../../home/env.ts";
import { findRepository } from "../../git/objects/repository.ts";
import { isRepobaseError } from "../../protocol/errors.ts";

/**
 * Those of `repos` whose linked work tree holds `cwd`, as they are checked out there: one, or more where folders of a
 * repository have indexes of their own.
 */
export function checkedOutAt(repos: readonly RepoConfig[], cwd: string, env: Environment): readonly RepoConfig[] {
  const here = repositoryAt(cwd, env);
  // only a linked work tree keeps its refs elsewhere
  if (!here?.workTree || here.commonDir === here.gitdir) return [];
  const found: RepoConfig[] = [];
  const [folder, common] = [realpathSync(here.workTree), realpathSync(here.commonDir)];
  for (const repo of repos) {
    if (repo.source.kind !== "folder" || repo.source.path === folder) continue;
    const main = repositoryAt(repo.source.path, env);
    if (main === undefined || realpathSync(main.commonDir) !== common) continue;
    const { commit } = repo.linked?.find((each) => each.folder === folder) ?? { commit: null };
    found.push({
      ...repo,
      source: { ...repo.source, path: folder },
      lastIndexedCommit: commit,
      checkout: new Bun.CryptoHasher("sha256").update(folder).digest("hex").slice(0, 16),
    });
  }
  return found;
}

/** Each as `cwd` has it checked out. */
export function asCheckedOut(repos: readonly RepoConfig[], cwd: string, env: Environment): readonly RepoConfig[] {
  const linked = new Map(checkedOutAt(repos, cwd, env).map((repo) => [repo.id, repo]));
  return repos.map((repo) => linked.get(repo.id) ?? repo);
}

function repositoryAt(folder: string, env: Environment) {
  try {
    return findRepository(folder, env) ?? undefined;
  } catch (error) {
    if (isRepobaseError(error)) return undefined; // not one that can be read: whoever indexes it says so
    throw error;
  }
}

/** What is remembered of the last run, in the place that belongs to this folder. */
export function withIndexed(stored: RepoConfig, run: RepoConfig, commit: string | null): RepoConfig {
  if (run.checkout === undefined || run.source.kind !== "folder")
    return { ...stored, lastIndexedCommit: commit ?? stored.lastIndexedCommit };
  const { path: folder } = run.source;
  return { ...stored, linked: [...(stored.linked ?? []).filter((each) => each.folder !== folder), { folder, commit }] };
}
