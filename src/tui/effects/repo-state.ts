/** The repositories of this machine, and how each stands to the cloud, as the list shows them. */
import type { RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { asCheckedOut } from "../../porcelain/folder/checkout.ts";
import type { RepoStatus } from "../../porcelain/sync/repo-status.ts";
import { isRepobaseError } from "../../protocol/errors.ts";
import { describeProblem } from "./problem.ts";
import type { Cloud, RepoItem, RepoSync, SyncWord } from "../model/state.ts";

export const reposHere = (home: Home, cwd: string): readonly RepoConfig[] =>
  asCheckedOut(home.config().repos, cwd, home.env);

export const itemOf = (repo: RepoConfig): RepoItem => ({
  id: repo.id,
  name: repo.name,
  // paths are relative to the root, also where one folder of it is indexed
  folder: repo.source.kind === "folder" ? repo.source.path : null,
  url: repo.source.url ?? null,
  cloudEnabled: repo.cloudEnabled,
  commit: repo.lastIndexedCommit,
});

/** What this machine knows of the cloud without asking it. */
export function cloudHere(home: Home): Cloud {
  const cloud = home.cloud();
  return {
    signedIn: cloud !== undefined && cloud.apiKey !== "",
    endpoint: cloud?.endpoint ?? "",
    userId: cloud?.userId ?? "",
    enabled: cloud?.enabled ?? true,
  };
}

const WORDS: Readonly<Record<RepoStatus["state"], SyncWord>> = {
  "in-sync": "synced",
  ahead: "ahead",
  behind: "behind",
  diverged: "diverged",
  unrelated: "unrelated",
  local: "local",
  remote: "behind",
  none: "local",
};

/** An index that is enabled and not in the cloud yet is ahead of it. */
export function syncOf(status: RepoStatus): RepoSync {
  const word = status.state === "local" && status.cloudEnabled ? "ahead" : WORDS[status.state];
  return {
    word,
    ahead: status.commitsAhead || status.filesAhead,
    behind: status.commitsBehind || status.filesBehind,
    problem: null,
    stale: status.stale !== null,
  };
}

export const syncFailed = (error: unknown): RepoSync => ({
  word: isRepobaseError(error, "transient") ? "offline" : "error",
  ahead: null,
  behind: null,
  problem: describeProblem(error),
  stale: false,
});
