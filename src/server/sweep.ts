/**
 * Removes what the ref of a repository does not name: what older manifests were made of, and what broken pushes left. Only what
 * lay there before the ref last moved, so a push that is under way keeps what it sends. And a ref never comes to name what is
 * being removed (S1): a mark keeps refs from moving, and the ref is moved once, to a new generation of itself, after the mark
 * is there, so that a move which saw no mark fails its compare-and-swap.
 */
import { RepobaseError } from "../protocol/errors.ts";
import {
  indexPrefix,
  LANCE_VERSIONS,
  manifestPrefix,
  refKey,
  snapshotPrefix,
  sweepMarkerKey,
  tablePrefix,
} from "../protocol/keys.ts";
import { encodeRef } from "../protocol/ref.ts";
import type { ObjectInfo } from "../store/object-store.ts";
import { keysNamedBy } from "../gc/mark.ts";
import { isMetered } from "./account.ts";
import type { Bucket } from "./bucket.ts";
import { type CurrentIndex, readCurrent, repoNotFound } from "./read-index.ts";

/** Nobody sweeps for so long: a mark of this age is of a server that died. */
const MARK_MS = 3 * 60 * 1000;
/** A sweep ends itself well before its mark stops counting. */
const SWEEP_MS = 60 * 1000;
/** As many as R2 deletes in one call. */
const BATCH = 1000;

export interface Swept {
  readonly objects: number;
  /** As a user's account counts them. */
  readonly bytes: number;
  /** Keys that are still to be removed: call again. */
  readonly left: readonly string[];
}

/** @throws RepobaseError `transient` while a sweep is under way: come back */
export async function refuseWhileSwept(home: Bucket, repo: string, now: () => number): Promise<void> {
  await staleMark(home, repo, now);
}

/** The mark of a server that died; undefined: there is none. @throws as `refuseWhileSwept` */
async function staleMark(home: Bucket, repo: string, now: () => number): Promise<ObjectInfo | undefined> {
  const mark = await home.head(sweepMarkerKey(repo));
  if (mark !== undefined && now() - mark.uploaded < MARK_MS)
    throw new RepobaseError("transient", `the index of ${repo} is being cleaned up`, { hint: "try again in a moment" });
  return mark;
}

interface Place {
  readonly home: Bucket;
  readonly repo: string;
  /** ms since the epoch. */
  readonly now: () => number;
}

/**
 * Runs `work` while no ref comes to name what it did not name before.
 * @param work undefined: there is no ref. Then nobody relies on anything but by asking for it (gc/rely-on.ts)
 * @throws RepobaseError `transient` when another clean-up is under way or the ref keeps moving
 */
export async function whileNoRefMoves<T>(
  { home, repo, now }: Place,
  work: (current: Renewed | undefined) => Promise<T>,
): Promise<T> {
  const stale = await staleMark(home, repo, now);
  const key = sweepMarkerKey(repo);
  // of two that find none, or the same stale one, one is alone; random, so that its etag is its own
  const bytes = new TextEncoder().encode(JSON.stringify({ by: crypto.randomUUID() }));
  const mark = await home.put(key, bytes, { onlyIf: stale ? { etag: stale.etag } : { absent: true } });
  if (!mark) throw new RepobaseError("transient", `the index of ${repo} is being cleaned up by another request`);
  try {
    return await work(await renew(home, repo));
  } finally {
    // one that took so long that its mark was taken for stale leaves the other's
    if ((await home.head(key))?.etag === mark.etag) await home.delete(key);
  }
}

/** @throws RepobaseError `repo_not_found`, and what `whileNoRefMoves` throws */
export async function sweep(of: Place): Promise<Swept> {
  const { home, repo, now } = of;
  return whileNoRefMoves(of, async (current) => {
    if (!current) throw repoNotFound(repo);
    const found = await unnamed(home, repo, current);
    const until = now() + SWEEP_MS;
    let done = 0;
    for (; done < found.length && now() < until; done += BATCH)
      await home.deleteMany(found.slice(done, done + BATCH).map((info) => info.key));
    const removed = found.slice(0, done);
    const bytes = removed.reduce((sum, info) => sum + (isMetered(info.key) ? info.size : 0), 0);
    return { objects: removed.length, bytes, left: found.slice(done).map((info) => info.key) };
  });
}

export interface Renewed extends CurrentIndex {
  /** When the ref had moved last, by the store's clock. */
  readonly movedAt: number;
}

/** The same ref with the next generation: whoever meant to move the one before has lost. undefined: there is none. */
async function renew(home: Bucket, repo: string): Promise<Renewed | undefined> {
  const current = await readCurrent(home, repo);
  if (!current) return undefined;
  const { ref, stored } = current;
  const bytes = encodeRef({ ...ref, generation: ref.generation + 1 });
  if (!(await home.put(refKey(repo), bytes, { onlyIf: { etag: stored.etag } })))
    throw new RepobaseError("transient", `the ref of ${repo} was moved meanwhile`, { hint: "try again" });
  return { ...current, movedAt: stored.uploaded };
}

async function unnamed(home: Bucket, repo: string, { ref, manifest, movedAt }: Renewed): Promise<ObjectInfo[]> {
  const kept = await keysNamedBy({ store: home, repo, manifest, sha256: ref.manifest });
  const versions = `${tablePrefix(repo, manifest.table.name)}${LANCE_VERSIONS}/`;
  const found: ObjectInfo[] = [];
  for (const prefix of [indexPrefix(repo), snapshotPrefix(repo), manifestPrefix(repo)])
    for await (const info of home.list(prefix))
      if (!kept.has(info.key) && !info.key.startsWith(versions) && info.uploaded <= movedAt) found.push(info);
  return found;
}
