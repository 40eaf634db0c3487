/** Forgets a repository. The registration goes first: what a crash leaves behind is unreachable and taken away by the next remove. */
import { rm } from "node:fs/promises";
import type { Home } from "../../home/home.ts";
import { forgetRepoSettings } from "../../home/settings-file.ts";
import { findRepo } from "../../protocol/find-repo.ts";
import { isRepobaseError, RepobaseError } from "../../protocol/errors.ts";
import { clockKey, planKey, purgeMarkerKey, pushMarkerKey, refKey, worktreeKey } from "../../protocol/keys.ts";
import { requireCloud } from "../../home/require-cloud.ts";
import { callApi, listRemoteRepos } from "../../remote/remote-client.ts";
import { REPO_REMOVED } from "../../protocol/cloud-api.ts";

export interface RemoveResult {
  readonly repoId: string;
  readonly removed: true;
  /** Its index in the cloud was there and is gone. */
  readonly remote: boolean;
}

export async function removeRepository(of: {
  home: Home;
  name: string;
  remote: boolean;
  signal?: AbortSignal | undefined;
}): Promise<RemoveResult> {
  const { home } = of;
  const repo = findRepo(home.config().repos, of.name);
  const lock = await home.lock(`repo-${repo.id}`);
  try {
    // the cloud first: when it cannot be reached, nothing has happened yet
    const remote = of.remote && (await removeRemote(home, repo.id, of.signal));
    // before the registration: its id comes back with the repository, and must bring nothing along
    await forgetRepoSettings(home, repo.id);
    await home.updateConfig((config) => ({ ...config, repos: config.repos.filter((r) => r.id !== repo.id) }));
    for (const folder of ["index", "manifests", "snapshots", "repos", "cache", "worktrees"])
      await rm(home.path(folder, repo.id), { recursive: true, force: true });
    const { id } = repo;
    for (const key of [refKey(id), worktreeKey(id), pushMarkerKey(id), purgeMarkerKey(id), planKey(id), clockKey(id)])
      await rm(home.path(key), { force: true });
    return { repoId: repo.id, removed: true, remote };
  } finally {
    lock.release();
  }
}

/**
 * Takes a repository's index off the server and leaves the one here as it is.
 * @param of.name as any name of a repository, of those here and of those there
 * @throws RepobaseError `repo_not_found` when nobody knows it, or the server has none; `not_configured`
 */
export async function removeFromCloud(of: {
  home: Home;
  name: string;
  signal?: AbortSignal | undefined;
}): Promise<void> {
  const { home, signal } = of;
  const cloud = requireCloud(home, { enabled: false });
  const here = home.config().repos;
  const there = await listRemoteRepos(cloud, signal);
  const { id } = findRepo([...here, ...there.filter((repo) => !here.some((known) => known.id === repo.id))], of.name);
  const lock = await home.lock(`repo-${id}`);
  try {
    if (!(await removeRemote(home, id, signal)))
      throw new RepobaseError("repo_not_found", `the server has no index of "${id}"`, { fields: { repoId: id } });
    await home.updateRepo(id, (repo) => ({ ...repo, lastPushedAt: null, lastPushedCommit: null }));
  } finally {
    lock.release();
  }
}

async function removeRemote(home: Home, id: string, signal: AbortSignal | undefined): Promise<boolean> {
  const cloud = requireCloud(home, { enabled: false });
  try {
    await callApi({ cloud, path: `/v1/repos/${id}`, method: "DELETE", answer: REPO_REMOVED, signal });
    return true;
  } catch (error) {
    if (isRepobaseError(error, "repo_not_found")) return false;
    throw error;
  }
}
