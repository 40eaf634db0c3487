/** `repobase repair` around what repair-local.ts and repair-remote.ts do: the lock, the opt-in, and which cloud there is. */
import type { RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { requireCloud } from "../../home/require-cloud.ts";
import { openRemoteStore } from "../../remote/remote-client.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { withRetry } from "../../store/with-retry.ts";
import type { RepairResult } from "./repair.ts";
import { repairLocal } from "./repair-local.ts";
import { repairRemote } from "./repair-remote.ts";
import type { SyncProgress } from "./sync-common.ts";
import { refuseUnlessEnabled } from "./sync-input.ts";

/** @throws RepobaseError `not_enabled`, `not_configured` with `remote`; `busy`; what the stores and indexing throw */
export async function repairRepository(of: {
  home: Home;
  repo: RepoConfig;
  remote: boolean;
  onProgress?: (step: SyncProgress) => void;
  signal?: AbortSignal | undefined;
}): Promise<RepairResult> {
  const { home, repo, signal } = of;
  if (of.remote) refuseUnlessEnabled(repo, repo.id);
  const cloud = of.remote ? requireCloud(home) : home.cloud();
  const isUsed = cloud?.enabled === true && repo.cloudEnabled;
  const remote: ObjectStore | undefined = isUsed ? withRetry(openRemoteStore(cloud, signal), { signal }) : undefined;
  const lock = await home.lock(`repo-${repo.id}`);
  try {
    if (of.remote && remote) return await repairRemote({ ...of, remote });
    return await repairLocal({ ...of, remote });
  } finally {
    lock.release();
  }
}
