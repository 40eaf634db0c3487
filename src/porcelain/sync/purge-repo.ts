/** `repobase purge` around what purge.ts does: the lock, and which cloud there is. */
import type { RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { requireCloud } from "../../home/require-cloud.ts";
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
  const lock = await home.lock(`repo-${repo.id}`);
  try {
    const there = cloud && cloudInput(cloud, repo.id, signal);
    return await purge({ ...homeInput(of, repo), cloud: there, patterns, undo, dryRun });
  } finally {
    lock.release();
  }
}
