/** What push, pull, status and purge are given: this home, one repository, and the cloud. */
import type { CloudConfig, RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { REPO_SWEPT } from "../../protocol/cloud-api.ts";
import { isRepobaseError, RepobaseError } from "../../protocol/errors.ts";
import { callApi, openRemoteStore, whoAmI } from "../../remote/remote-client.ts";
import type { SweepCloud } from "./sweep-home.ts";
import type { SyncInput, SyncProgress } from "./sync-common.ts";

/** What a command hands over around one repository. */
export interface Around {
  readonly home: Home;
  readonly onProgress?: (step: SyncProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/** The opt-in, for everything that sends. @throws RepobaseError `not_enabled` */
export function refuseUnlessEnabled(repo: RepoConfig | undefined, id: string): void {
  if (repo?.cloudEnabled) return;
  throw new RepobaseError("not_enabled", `"${id}" is not enabled for the cloud and stays on this machine`, {
    hint: `allow it with: repobase cloud enable ${id}`,
    fields: { repoId: id },
  });
}

/** Asks the server for its identity of bucket and user, once, when it is first needed. */
export function spaceIdAsker(cloud: CloudConfig, signal?: AbortSignal): SyncInput["spaceId"] {
  let asked: Promise<string | undefined> | undefined;
  return () => (asked ??= whoAmI(cloud, signal).then(({ spaceId }) => spaceId));
}

type SyncedRepo = Pick<RepoConfig, "id"> & Partial<RepoConfig>;

export const syncInput = (of: Around, repo: SyncedRepo, cloud: CloudConfig): SyncInput => ({
  ...homeInput(of, repo),
  ...cloudInput(cloud, repo.id, of.signal),
});

/** The cloud's side. */
export const cloudInput = (
  cloud: CloudConfig,
  repo: string,
  signal: AbortSignal | undefined,
): Pick<SyncInput, "remote" | "spaceId"> & { readonly sweepCloud: SweepCloud } => ({
  remote: openRemoteStore(cloud, signal),
  spaceId: spaceIdAsker(cloud, signal),
  async sweepCloud() {
    try {
      return await callApi({ cloud, path: `/v1/repos/${repo}/sweep`, method: "POST", answer: REPO_SWEPT, signal });
    } catch (error) {
      if (!isRepobaseError(error, "not_found")) throw error;
      throw new RepobaseError("unsupported_format", "this server is too old to remove what was purged", {
        hint: "update the server, then run it again",
        cause: error,
      });
    }
  },
});

/** This home's side. */
export function homeInput(of: Around, repo: SyncedRepo): Omit<SyncInput, "remote" | "spaceId" | "sweepCloud"> {
  const { home, onProgress, signal } = of;
  return {
    local: home.store,
    localDir: home.dir,
    repo: repo.id,
    device: home.config().device,
    now: Date.now,
    async compareCommits(here, there) {
      const { compareCommits } = await import("../indexing/compare-commits.ts");
      return compareCommits({ home, repo, here, there });
    },
    ...(onProgress ? { onProgress } : {}),
    ...(home.trace ? { trace: home.trace } : {}),
    ...(signal ? { signal } : {}),
  };
}
