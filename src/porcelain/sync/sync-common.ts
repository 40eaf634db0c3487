/** What push and pull share: what they are given, how the remote is wrapped, and how a manifest is found on either side. */
import { catManifest } from "../../plumbing/cat-manifest.ts";
import { compareManifests, type Relation } from "../../plumbing/compare-manifests.ts";
import type { StoredRef } from "../../plumbing/read-ref.ts";
import { isRepobaseError } from "../../protocol/errors.ts";
import { hintingRemote } from "../../protocol/repair-hint.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import type { Ref } from "../../protocol/ref.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import type { RetryOptions } from "../../store/repeat.ts";
import { withRetry } from "../../store/with-retry.ts";
import { type StatsStore, withStats } from "../../store/with-stats.ts";
import type { CompareCommits } from "./decide-heads.ts";
import type { SweepCloud } from "./sweep-home.ts";

export interface SyncProgress {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  /** Sizes of the same objects. */
  readonly bytes?: { readonly done: number; readonly total: number };
}

export interface SyncInput {
  /** The home folder as a store, and where it lies. The caller holds the repository's lock. */
  readonly local: ObjectStore;
  readonly localDir: string;
  /** The user's part of the bucket; bare: push and pull count and repeat its requests themselves. */
  readonly remote: ObjectStore;
  readonly repo: string;
  /** Random id of this machine. */
  readonly device: string;
  /** ms since the epoch. */
  readonly now: () => number;
  /** The server's identity of the bucket and user; undefined: it has none to tell, and nothing is remembered of the sync. */
  readonly spaceId: () => Promise<string | undefined>;
  /** Absent: a push leaves to the next one with it what a purge that it brings to the cloud should have removed there. */
  readonly sweepCloud?: SweepCloud | undefined;
  /** By the repository's git history, where it is at hand. */
  readonly compareCommits?: CompareCommits | undefined;
  readonly retry?: Omit<RetryOptions, "signal">;
  readonly onProgress?: ((step: SyncProgress) => void) | undefined;
  /** Told what is decided and why. */
  readonly trace?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export function countedRemote({ remote, retry, signal }: Pick<SyncInput, "remote" | "retry" | "signal">): {
  readonly remote: ObjectStore;
  readonly counted: StatsStore;
} {
  const counted = withStats(remote);
  return { remote: withRetry(counted, { ...retry, signal }), counted };
}

/** The manifest `sha256` from the local copy if there is a good one, for nothing, else from the remote. */
export async function findManifest(of: {
  readonly local: ObjectStore;
  readonly remote: ObjectStore;
  readonly repo: string;
  readonly sha256: string;
}): Promise<Manifest | undefined> {
  const here = await localManifest(of);
  return here ?? hintingRemote(catManifest({ from: of.remote, repo: of.repo, sha256: of.sha256, pages: of.local }));
}

/** The same; undefined also when the remote's is damaged, or a page of it, and nobody can read that index. */
export async function readableManifest(of: Parameters<typeof findManifest>[0]): Promise<Manifest | undefined> {
  try {
    return await findManifest(of);
  } catch (error) {
    if (isRepobaseError(error, "hash_mismatch", "corrupt_index", "missing_objects")) return undefined;
    throw error;
  }
}

/** undefined: none, or a damaged one, which is as good as none. */
export async function localManifest(of: {
  readonly local: ObjectStore;
  readonly repo: string;
  readonly sha256: string;
}): Promise<Manifest | undefined> {
  try {
    return await catManifest({ from: of.local, repo: of.repo, sha256: of.sha256 });
  } catch (error) {
    if (isRepobaseError(error, "hash_mismatch", "corrupt_index", "missing_objects")) return undefined;
    throw error;
  }
}

export const mainCommit = (ref: Pick<Ref, "heads" | "default">): string | null => ref.heads[ref.default] ?? null;

/**
 * How ours stands to theirs, by what both sides last agreed on.
 * @param of.fromTheirs ours is known to be made from theirs, in whatever other way
 */
export const relationOf = (of: {
  readonly ours: Manifest;
  readonly theirs: Manifest;
  readonly there: StoredRef;
  readonly base: Pick<Ref, "manifest"> | undefined;
  readonly fromTheirs?: boolean;
}): Relation =>
  compareManifests(of.ours, of.theirs, {
    fromTheirs: of.fromTheirs === true || of.base?.manifest === of.there.ref.manifest,
  });

/** The remote is where we left it, and what ours lacks of it was dropped here on purpose: no head of the remote is among that. */
export const droppedHere = (of: {
  readonly there: StoredRef;
  readonly base: Ref | undefined;
  readonly ours: Manifest;
}): boolean =>
  of.base?.manifest === of.there.ref.manifest &&
  Object.values(of.there.ref.heads).every((commit) => Object.hasOwn(of.ours.snapshots, commit));

type Sized = { readonly size?: number | null | undefined };

/** Says of each of `objects` that it is done: how many, and how many bytes. */
export function stepper(
  label: string,
  objects: readonly Sized[],
  onProgress: SyncInput["onProgress"],
): (object: Sized) => void {
  const total = objects.reduce((sum, { size }) => sum + (size ?? 0), 0);
  let [done, bytes] = [0, 0];
  return ({ size }) => {
    bytes += size ?? 0;
    onProgress?.({ label, done: ++done, total: objects.length, unit: "objects", bytes: { done: bytes, total } });
  };
}
