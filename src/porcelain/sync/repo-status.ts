/** `repobase status` of one repository: how its index stands to the cloud's, and to the folder it was made from. */
import { folderOf, type RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { syncedIn } from "../../plumbing/local-ref.ts";
import { readRef } from "../../plumbing/read-ref.ts";
import type { StaleFolder } from "../../protocol/search-api.ts";
import { findStale } from "../folder/staleness.ts";
import { type IndexSize, indexSize } from "./index-size.ts";
import { syncInput } from "./sync-input.ts";
import { type SyncState, syncStatus } from "./sync-status.ts";

/** The RFC's shape, and how the two sides stand to each other. */
export interface CloudStanding {
  readonly repoId: string;
  readonly inSync: boolean;
  readonly localCommit: string | null;
  readonly cloudCommit: string | null;
  readonly lastPushedAt: string | null;
  readonly cloudEnabled: boolean;
  /** `local` also when the repository is not enabled or nobody is signed in: then nobody was asked. */
  readonly state: SyncState;
  /** Indexed commits that only this machine, or only the cloud has; null: not known without fetching. */
  readonly commitsAhead: number | null;
  readonly commitsBehind: number | null;
  /** File versions that only branches of this machine, or only those of the cloud, show; null likewise. */
  readonly filesAhead: number | null;
  readonly filesBehind: number | null;
  /** The device that pushed last, and whether that is this one; null: nobody, or nobody was asked. */
  readonly lastPushedBy: { readonly device: string; readonly isThis: boolean } | null;
}

export interface RepoStatus extends CloudStanding {
  /** Where its files lie on this machine; null: they do not. */
  readonly folder: string | null;
  /** How that folder differs from its index; null: it does not. */
  readonly stale: StaleFolder | null;
  /** null: there is no index of a commit, or it is damaged. */
  readonly size: IndexSize | null;
}

interface OfRepo {
  home: Home;
  repo: RepoConfig;
  signal?: AbortSignal | undefined;
}

export async function repositoryStatus(of: OfRepo): Promise<RepoStatus> {
  const stale = (await findStale(of.home, of.repo)) ?? null;
  const { home, repo } = of;
  const size = await indexSize({ local: home.store, localDir: home.dir, repo: repo.id });
  return { ...(await cloudStanding(of)), folder: folderOf(repo) ?? null, stale, size };
}

export async function cloudStanding(of: OfRepo): Promise<CloudStanding> {
  const { home, repo } = of;
  const cloud = home.cloud();
  const { cloudEnabled } = repo;
  // one that was pulled is known to the cloud, so asking about it tells nobody anything
  const mayAsk = cloudEnabled || syncedIn((await readRef({ from: home.store, repo: repo.id }))?.ref) !== undefined;
  if (!mayAsk || !cloud?.enabled) {
    return {
      repoId: repo.id,
      inSync: false,
      localCommit: repo.lastIndexedCommit,
      cloudCommit: null,
      lastPushedAt: repo.lastPushedAt,
      cloudEnabled,
      state: "local",
      commitsAhead: null,
      commitsBehind: null,
      filesAhead: null,
      filesBehind: null,
      lastPushedBy: null,
    };
  }
  const { lastPushedBy: device, requests: _, ...status } = await syncStatus(syncInput(of, repo, cloud));
  const lastPushedBy = device === null ? null : { device, isThis: device === home.config().device };
  return { ...status, cloudEnabled, lastPushedBy };
}
