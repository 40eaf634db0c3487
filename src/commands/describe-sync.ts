/** The text forms of what push, pull and status found. */
import type { DroppedHead } from "../plumbing/merge-ref.ts";
import type { PullResult } from "../porcelain/sync/pull.ts";
import type { HeadMove, PushResult } from "../porcelain/sync/push-contract.ts";
import type { RepoStatus } from "../porcelain/sync/repo-status.ts";
import type { TableColumn } from "../report/table.ts";
import { describeStale } from "../report/search-text.ts";
import { ageText } from "../text/age.ts";
import { formatBytes, plural } from "../text/figures.ts";
import { shortCommit } from "../protocol/ids.ts";

export function describePush(result: PushResult): string {
  const lines = [result.upToDate ? upToDate(result) : sent(result)];
  if (result.filesRebased > 0)
    lines.push(`put ${plural(result.filesRebased, "file")} of this machine on top of what others had pushed`);
  for (const move of result.headsKept)
    lines.push(
      `${moved(move, "stays at")}, which has ${shortCommit(move.from)} already; push --force takes it back there`,
    );
  for (const move of result.headsForced) lines.push(`${moved(move, "was moved to")}, from ${shortCommit(move.from)}`);
  lines.push(...describePruned(result.headsPruned));
  if (result.replaced) lines.push(replaced(result.replaced));
  return lines.join("\n  ");
}

const upToDate = ({ repoId, requests }: PushResult): string =>
  `${repoId}: already in the cloud (${plural(requests, "request")})`;

const sent = (result: PushResult): string =>
  `${result.repoId}: pushed ${result.commit ? shortCommit(result.commit) : "its index"}: ` +
  `${plural(result.filesUploaded, "object")}, ${formatBytes(result.bytesUploaded)} in ${plural(result.requests, "request")}, ` +
  `${result.filesSkipped} already there, ${(result.durationMs / 1000).toFixed(1)} s`;

const moved = ({ branch, to }: HeadMove, how: string): string => `${branch} ${how} ${shortCommit(to)} in the cloud`;

function replaced({ device, pushedAt, branches }: NonNullable<PushResult["replaced"]>): string {
  const gone = branches.length > 0 ? `; gone with it: ${branches.join(", ")}` : "";
  return `replaced the index that device ${device} had pushed at ${pushedAt}${gone}`;
}

/** A line for each. */
export const describePruned = (heads: readonly DroppedHead[]): readonly string[] =>
  heads.map(({ branch, commit }) => `dropped branch ${branch} (was ${shortCommit(commit)}), which was deleted`);

export const describePull = (result: PullResult): string =>
  [pulled(result), ...describePruned(result.headsPruned)].join("\n  ");

function pulled(result: PullResult): string {
  if (result.upToDate) return `${result.repoId}: up to date (${plural(result.requests, "request")})`;
  return (
    `${result.repoId}: pulled ${result.commit ? shortCommit(result.commit) : "its index"}: ` +
    `${plural(result.filesDownloaded, "object")}, ${formatBytes(result.bytesDownloaded)}, ` +
    `${result.filesSkipped} already here, ${(result.durationMs / 1000).toFixed(1)} s`
  );
}

const STATES: Readonly<Record<RepoStatus["state"], string>> = {
  "in-sync": "in sync",
  ahead: "ahead (push sends it)",
  behind: "behind (pull fetches it)",
  diverged: "ahead and behind (push and pull join them)",
  unrelated: "made by another model than the cloud's (push --force or pull --force)",
  local: "not in the cloud yet",
  remote: "only in the cloud",
  none: "not indexed yet",
};

const commit = (c: string | null): string => (c ? shortCommit(c) : "-");

/** `in sync`, `ahead (push sends it), 2 commits ahead`. */
function stateOf(status: RepoStatus): string {
  const { cloudEnabled, state: found } = status;
  const isLocal = !cloudEnabled && found === "local";
  const state = isLocal ? "local only" : `${STATES[found]}${cloudEnabled ? "" : ", push is not enabled"}`;
  const { commitsAhead: ahead, commitsBehind: behind } = status;
  const side = (commits: number | null, files: number | null, where: string) => {
    const parts = [commits ? plural(commits, "commit") : "", files ? plural(files, "file") : ""];
    const text = parts.filter((part) => part !== "").join(" and ");
    return text === "" ? "" : `${text} ${where}`;
  };
  const apart = [side(ahead, status.filesAhead, "ahead"), side(behind, status.filesBehind, "behind")];
  return [state, ...apart.filter((part) => part !== "")].join(", ");
}

/** Titles on a terminal, in the order of `statusRow`. */
export const STATUS_COLUMNS: readonly TableColumn[] = [
  { title: "repository", cut: "end" },
  { title: "state", cut: "end" },
  { title: "local", drop: 2 },
  { title: "cloud", drop: 1 },
  { title: "pushed", drop: 3 },
  { title: "by", drop: 4, cut: "end" },
];

/** @param now ms since the epoch */
export const statusRow = (status: RepoStatus, now: number): readonly string[] => [
  status.repoId,
  stateOf(status),
  commit(status.localCommit),
  commit(status.cloudCommit),
  status.lastPushedAt ? ageText(status.lastPushedAt, now) : "never",
  pusherOf(status),
];

const pusherOf = ({ lastPushedBy }: RepoStatus): string =>
  lastPushedBy === null ? "" : lastPushedBy.isThis ? "this machine" : `device ${lastPushedBy.device}`;

function describeSize({ bytes, rows, rowsUnseen, bytesUnneeded }: NonNullable<RepoStatus["size"]>): string {
  const unseen = rowsUnseen > 0 ? `, ${rowsUnseen} of them in no commit` : "";
  const free = bytesUnneeded > 0 ? `; gc frees ${formatBytes(bytesUnneeded)}` : "";
  return `${formatBytes(bytes)}, ${plural(rows, "row")}${unseen}${free}`;
}

export function describeStatus(status: RepoStatus): string {
  const { repoId, localCommit, cloudCommit, lastPushedAt } = status;
  const pusher = pusherOf(status);
  const lines = [
    `${repoId}: ${stateOf(status)}  local ${commit(localCommit)}  cloud ${commit(cloudCommit)}  pushed ${lastPushedAt ?? "never"}${pusher === "" ? "" : ` by ${pusher}`}`,
  ];
  if (status.stale) lines.push(describeStale(status.stale));
  else if (status.folder !== null) lines.push(`${status.folder} is as it was indexed`);
  if (status.size) lines.push(describeSize(status.size));
  return lines.join("\n  ");
}
