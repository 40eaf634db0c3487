/** The text forms of what push, pull and status found. */
import type { PullReport, PushReport, RepoStatus } from "../porcelain/sync/sync-repo.ts";
import { formatBytes, plural, shortCommit } from "../report/format.ts";

export function describePush(result: PushReport): string {
  if (result.upToDate) return `${result.repoId}: already in the cloud (${plural(result.requests, "request")})`;
  const sent =
    `${result.repoId}: pushed ${result.commit ? shortCommit(result.commit) : "its index"}: ` +
    `${plural(result.filesUploaded, "object")}, ${formatBytes(result.bytesUploaded)} in ${plural(result.requests, "request")}, ` +
    `${result.filesSkipped} already there, ${(result.durationMs / 1000).toFixed(1)} s`;
  if (!result.replaced) return sent;
  const { device, pushedAt } = result.replaced;
  return `${sent}\n  replaced an unrelated index that device ${device} had pushed at ${pushedAt}`;
}

export function describePull(result: PullReport): string {
  if (result.upToDate) return `${result.repoId}: up to date (${plural(result.requests, "request")})`;
  return (
    `${result.repoId}: pulled ${result.commit ? shortCommit(result.commit) : "its index"}: ` +
    `${plural(result.filesDownloaded, "object")}, ${formatBytes(result.bytesDownloaded)}, ` +
    `${result.filesSkipped} already here, ${(result.durationMs / 1000).toFixed(1)} s`
  );
}

export function describeStatus(status: RepoStatus): string {
  const state = !status.cloudEnabled ? "local only" : status.inSync ? "in sync" : "not in sync";
  const commit = (c: string | null) => (c ? shortCommit(c) : "-");
  return `${status.repoId}: ${state}  local ${commit(status.localCommit)}  cloud ${commit(status.cloudCommit)}  pushed ${status.lastPushedAt ?? "never"}`;
}
