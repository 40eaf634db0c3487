/**
 * The commits of an index, the one that was pushed last first. An index knows no parents: it knows when each snapshot was stored, and of those
 * stored at about the same time (one push, one pull) which saw file versions that were given their ids later.
 */
import { tableSnapshotPrefix } from "../../protocol/keys.ts";
import type { BitmapSet } from "../../protocol/bitmap-set.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import type { Ref } from "../../protocol/ref.ts";
import { isCommit } from "../../protocol/ids.ts";
import { mapBounded } from "../../store/map-bounded.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { readWhole } from "../find-commit.ts";
import { rememberSnapshot } from "../open-view.ts";
import type { ViewCache } from "../view-cache.ts";

/** Snapshots of one push follow each other closer than this; ms. */
const ONE_PUSH = 10_000;
/** Of a larger push the order within is not looked for: each costs a read. */
const MAX_ORDERED = 200;

export interface CommitReader {
  readonly store: ObjectStore;
  readonly repo: string;
  readonly cache: ViewCache;
  readonly owner?: string | undefined;
  readonly ref: Ref;
  readonly manifest: Manifest;
  readonly signal?: AbortSignal | undefined;
}

export interface OrderedCommit {
  readonly commit: string;
  /** ms since the epoch, by the store's clock; null: not known. */
  readonly stored: number | null;
}

/** A manifest as it is stored says the newest commits alone. */
export const withAllCommits = async (reader: CommitReader): Promise<CommitReader> => ({
  ...reader,
  manifest: await readWhole(reader),
});

/** What a commit sees. @param reader of all commits */
export function snapshotOf(reader: CommitReader, commit: string): Promise<BitmapSet> {
  const { manifest } = reader;
  return rememberSnapshot({ ...reader, tableId: manifest.tableId, sha256: manifest.snapshots[commit] ?? "" });
}

/** Of a reader of all commits: one listing, a page of which tells of a thousand snapshots; and reads of snapshots that were stored together. */
export async function commitsInOrder(reader: CommitReader): Promise<readonly OrderedCommit[]> {
  const { store, repo, manifest, ref, signal } = reader;
  const times = new Map<string, number>();
  const prefix = tableSnapshotPrefix(repo, manifest.tableId);
  for await (const { key, uploaded } of store.list(prefix, { signal }))
    times.set(key.slice(prefix.length, -".json".length), uploaded);
  const heads = new Set(Object.values(ref.heads));
  const rank = (commit: string) => (commit === ref.heads[ref.default] ? 2 : heads.has(commit) ? 1 : 0);
  const commits = Object.entries(manifest.snapshots)
    .filter(([commit]) => isCommit(commit))
    .map(([commit, sha256]) => ({ commit, stored: times.get(sha256) ?? null }))
    .sort((a, b) => (b.stored ?? 0) - (a.stored ?? 0) || compareText(a.commit, b.commit));
  const ordered = pushesOf(commits).map(async (push) => {
    if (push.length === 1) return push;
    const few = push.length <= MAX_ORDERED;
    const last = few ? await mapBounded(push, async ({ commit }) => (await snapshotOf(reader, commit)).last) : [];
    return push
      .map((each, at) => ({ each, last: last[at] ?? 0, rank: rank(each.commit) }))
      .sort((a, b) => b.last - a.last || b.rank - a.rank || (b.each.stored ?? 0) - (a.each.stored ?? 0))
      .map(({ each }) => each);
  });
  return (await Promise.all(ordered)).flat();
}

/** @param commits by time, descending */
function pushesOf(commits: readonly OrderedCommit[]): OrderedCommit[][] {
  const pushes: OrderedCommit[][] = [];
  for (const commit of commits) {
    const last = pushes.at(-1);
    const before = last?.at(-1);
    if (last !== undefined && before !== undefined && (before.stored ?? 0) - (commit.stored ?? 0) < ONE_PUSH)
      last.push(commit);
    else pushes.push([commit]);
  }
  return pushes;
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
