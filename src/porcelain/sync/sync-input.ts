/** What push, pull, status and purge are given: this home, one repository, and the cloud. */
import type { CloudConfig, RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { openRemoteStore, whoAmI } from "../../remote/remote-client.ts";
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
  ...cloudInput(cloud, of.signal),
});

/** The cloud's side. */
export const cloudInput = (
  cloud: CloudConfig,
  signal: AbortSignal | undefined,
): Pick<SyncInput, "remote" | "spaceId"> => ({
  remote: openRemoteStore(cloud, signal),
  spaceId: spaceIdAsker(cloud, signal),
});

/** This home's side. */
export function homeInput(of: Around, repo: SyncedRepo): Omit<SyncInput, "remote" | "spaceId"> {
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
    ...(signal ? { signal } : {}),
  };
}
