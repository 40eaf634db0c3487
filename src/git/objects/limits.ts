/**
 * What a repository may cost us. Its objects come from strangers, and a few bytes of zlib or a short delta can stand for
 * gigabytes: sizes are known before anything is inflated, and what is over a limit is not. Each limit is far above what people
 * commit; all together keep a process below some 300 MB.
 */
import { RepobaseError } from "../../protocol/errors.ts";

/**
 * The largest object that is held in memory: a file that would be indexed (sqlite's 9 MB amalgamation is the largest
 * hand-written one we know), a commit, one folder of a tree (32 MiB are some 700,000 names), a delta, and its base. Up to four
 * of them are held at once.
 */
export const MAX_OBJECT_BYTES = 32 << 20;

/** Deltas on deltas: git itself makes chains of at most 4095. */
export const MAX_DELTA_DEPTH = 4095;

/** Bytes that all deltas of one chain may make, one after the other: a second or two of work. git's chains of 50 stay below it. */
export const MAX_CHAIN_BYTES = 50 * MAX_OBJECT_BYTES;

/** Folders in folders: git's own default (`core.maxTreeDepth`). */
export const MAX_TREE_DEPTH = 2048;

/** Files and folders of one commit: twice the largest public repositories. A tree that names itself many times has no end. */
export const MAX_TREE_ENTRIES = 1_000_000;

/** Folders of one commit, each of which costs a read: several times the largest public repositories. */
export const MAX_TREE_FOLDERS = 200_000;

/** All paths of one commit together, characters. A million usual ones are half of it. */
export const MAX_TREE_PATHS = 128 << 20;

/** Objects that a server sends for one commit: its files, its folders, and a little. */
export const MAX_PACK_OBJECTS = MAX_TREE_ENTRIES + MAX_TREE_FOLDERS;

/** @param size bytes. @throws RepobaseError `too_large` */
export function refuseAbove(limit: number, size: number, what: string): void {
  if (size > limit)
    throw new RepobaseError("too_large", `${what} of ${size} bytes is over the limit of ${limit}`, {
      fields: { size, limit },
    });
}
