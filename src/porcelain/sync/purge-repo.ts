/** `repobase purge` around what purge.ts does: the lock, and which cloud there is. */
import type { CloudConfig, RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { requireCloud } from "../../home/require-cloud.ts";
import { REPO_SWEPT } from "../../protocol/cloud-api.ts";
import { isRepobaseError, RepobaseError } from "../../protocol/errors.ts";
import { callApi } from "../../remote/remote-client.ts";
import { purge, type PurgeResult } from "./purge.ts";
import type { SyncProgress } from "./sync-common.ts";
import { cloudInput, homeInput } from "./sync-input.ts";

/** @throws RepobaseError `not_configured` for an enabled repository when nobody is signed in; `busy`; and what `purge` throws */
export async function purgeRepository(of: {
  readonly home: Home;
  readonly repo: RepoConfig;
  readonly patterns: readonly string[];
  readonly undo: boolean;
  readonly dryRun: boolean;
  /** Also in the cloud, where the repository is not enabled for it any more. */
  readonly remote: boolean;
  readonly onProgress?: (step: SyncProgress) => void;
  readonly signal?: AbortSignal | undefined;
}): Promise<PurgeResult> {
  const { home, repo, patterns, undo, dryRun, signal } = of;
  const cloud = repo.cloudEnabled || of.remote ? requireCloud(home) : undefined;
  const sweepOf = (server: CloudConfig) => async () => {
    const path = `/v1/repos/${repo.id}/sweep`;
    try {
      return await callApi({ cloud: server, path, method: "POST", answer: REPO_SWEPT, signal });
    } catch (error) {
      if (!isRepobaseError(error, "not_found")) throw error;
      throw new RepobaseError("unsupported_format", "this server is too old to remove what was purged", {
        hint: "update the server, then run it again",
        cause: error,
      });
    }
  };
  const lock = await home.lock(`repo-${repo.id}`);
  try {
    const there = cloud && { ...cloudInput(cloud, signal), sweep: sweepOf(cloud) };
    return await purge({ ...homeInput(of, repo), cloud: there, patterns, undo, dryRun });
  } finally {
    lock.release();
  }
}
