/** What push and pull share: what they are given, how the remote is wrapped, and how a manifest is found on either side. */
import { catManifest } from "../../plumbing/cat-manifest.ts";
import { isRepobaseError } from "../../protocol/errors.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import type { Ref } from "../../protocol/ref.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import type { RetryOptions } from "../../store/repeat.ts";
import { withRetry } from "../../store/with-retry.ts";
import { type StatsStore, withStats } from "../../store/with-stats.ts";

export interface SyncProgress {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly unit: string;
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
  /** The remote's ref as the last push or pull left it, as their results give it. */
  readonly lastSynced?: Ref | undefined;
  readonly retry?: Omit<RetryOptions, "signal">;
  readonly onProgress?: ((step: SyncProgress) => void) | undefined;
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
  return here ?? catManifest({ from: of.remote, repo: of.repo, sha256: of.sha256 });
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
    if (isRepobaseError(error, "hash_mismatch", "corrupt_index")) return undefined;
    throw error;
  }
}

export const mainCommit = (ref: Pick<Ref, "heads" | "default">): string | null => ref.heads[ref.default] ?? null;
