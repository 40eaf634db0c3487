/**
 * A bucket that is a folder: `~/.repobase` itself, and the data of `repobase serve`. Key = path below the folder.
 * A put is atomic (src/files/write-file-atomic.ts); `absent` uses link(), which the file system makes exclusive; an etag is
 * compared under a lock (`.tmp-lock`, an empty file that stays). What a crash leaves is hidden from list() and removed by
 * a later put to the same folder.
 */
import { type FileHandle, open, readdir, stat, unlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { BigIntStats } from "node:fs";
import { throwIfAborted, untilAborted } from "../protocol/abort.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { sha256Hex } from "../protocol/hash.ts";
import { fileError, isAbsent } from "../files/file-errors.ts";
import { withFileLock } from "../files/lock.ts";
import { type StagedFile, stageFile } from "../files/write-file-atomic.ts";
import { TEMPORARY_PREFIX } from "../protocol/keys.ts";
import type { CallOptions, GetOptions, ObjectInfo, ObjectStore, PutOptions, StoredObject } from "./object-store.ts";
import { checkStoreKey, checkStorePrefix, clampRange } from "./store-key.ts";

const LOCK_NAME = `${TEMPORARY_PREFIX}lock`;

export class DirectoryStore implements ObjectStore {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = resolve(dir);
  }

  async get(key: string, { range, signal }: GetOptions = {}): Promise<StoredObject | undefined> {
    const read = async (file: FileHandle, info: ObjectInfo) => {
      const { start, end } = clampRange(range, info.size, key);
      const bytes = new Uint8Array(end - start);
      for (let done = 0; done < bytes.length;) {
        throwIfAborted(signal);
        const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done);
        if (bytesRead === 0) throw new RepobaseError("corrupt_index", `"${key}" became shorter while it was read`);
        done += bytesRead;
      }
      return { ...info, bytes };
    };
    return untilAborted(signal, () => this.#withFile(key, read));
  }

  async head(key: string, { signal }: CallOptions = {}): Promise<ObjectInfo | undefined> {
    return untilAborted(signal, () => this.#withFile(key, async (_, info) => info));
  }

  async put(key: string, bytes: Uint8Array, options: PutOptions = {}): Promise<ObjectInfo | undefined> {
    const path = this.#path(key);
    if (options.sha256 !== undefined) {
      const sha256 = await sha256Hex(bytes);
      if (sha256 !== options.sha256)
        throw new RepobaseError("hash_mismatch", `bytes of "${key}" have sha256 ${sha256}, not ${options.sha256}`);
    }
    try {
      let stats: BigIntStats | undefined;
      const staged = await stageFile(path, bytes, { finish: async (file) => void (stats = await giveEtag(file)) });
      try {
        if (!stats || !(await this.#install(staged, path, options.onlyIf))) return undefined;
        const info = infoOf(key, stats);
        return options.sha256 === undefined ? info : { ...info, sha256: options.sha256 };
      } finally {
        await staged.discard();
      }
    } catch (error) {
      throw fileError(error, { doing: "write", path });
    }
  }

  async *list(prefix: string, { signal }: CallOptions = {}): AsyncIterable<ObjectInfo> {
    checkStorePrefix(prefix);
    yield* this.#walk(prefix.slice(0, prefix.lastIndexOf("/") + 1), { prefix, signal });
  }

  async delete(key: string): Promise<void> {
    const path = this.#path(key);
    if ((await this.head(key)) === undefined) return;
    try {
      await this.#locked(() => removeFile(path));
    } catch (error) {
      throw fileError(error, { doing: "write", path });
    }
  }

  #path(key: string): string {
    return join(this.dir, checkStoreKey(key));
  }

  /** Size, etag and bytes come from one open file, so a put in between cannot mix them. */
  async #withFile<T>(key: string, use: (file: FileHandle, info: ObjectInfo) => Promise<T>): Promise<T | undefined> {
    const path = this.#path(key);
    let file: FileHandle;
    try {
      file = await open(path, "r");
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw fileError(error, { doing: "read", path });
    }
    try {
      const stats = await file.stat({ bigint: true });
      return stats.isFile() ? await use(file, infoOf(key, stats)) : undefined;
    } finally {
      await file.close();
    }
  }

  /** @returns false when the condition did not hold */
  async #install(staged: StagedFile, path: string, condition: PutOptions["onlyIf"]): Promise<boolean> {
    if (condition !== undefined && "absent" in condition) {
      const outcome = await staged.createNew();
      if (outcome !== "unsupported") return outcome === "done";
    }
    return this.#locked(async () => {
      if (condition !== undefined) {
        const current = await etagOf(path);
        if ("etag" in condition ? current !== condition.etag : current !== undefined) return false;
      }
      await staged.replace();
      return true;
    });
  }

  #locked<T>(work: () => Promise<T>): Promise<T> {
    return withFileLock(join(this.dir, LOCK_NAME), work);
  }

  async *#walk(
    folder: string,
    of: { readonly prefix: string; readonly signal: AbortSignal | undefined },
  ): AsyncIterable<ObjectInfo> {
    const { prefix, signal } = of;
    let entries;
    try {
      entries = await readdir(join(this.dir, folder), { withFileTypes: true });
    } catch (error) {
      if (isAbsent(error)) return;
      throw error;
    }
    // a folder sorts as its keys do, with its slash: "a-b" comes before "a/b"
    const names = entries.map((e) => (e.isDirectory() ? `${e.name}/` : e.name)).sort();
    for (const name of names) {
      const key = folder + name;
      if (name.startsWith(TEMPORARY_PREFIX)) continue;
      if (name.endsWith("/")) {
        if (key.startsWith(prefix) || prefix.startsWith(key)) yield* this.#walk(key, of);
      } else if (key.startsWith(prefix)) {
        const info = await this.head(key, { signal });
        if (info !== undefined) yield info;
      }
    }
  }
}

/** inode + size + time: see giveEtag. */
function etagFrom(stats: BigIntStats): string {
  return `${stats.ino.toString(36)}-${stats.size.toString(36)}-${stats.mtimeNs.toString(36)}`;
}

function infoOf(key: string, stats: BigIntStats): ObjectInfo {
  return { key, size: Number(stats.size), etag: etagFrom(stats), uploaded: Number(stats.mtimeNs / 1_000_000n) };
}

/**
 * The kernel's clock ticks in milliseconds and inodes are used again, so two versions could share inode, size and time:
 * the time is set with a random fraction, which makes the etag new for certain.
 */
async function giveEtag(file: FileHandle): Promise<BigIntStats> {
  const time = (Date.now() + Math.random()) / 1000;
  await file.utimes(time, time);
  return file.stat({ bigint: true });
}

async function etagOf(path: string): Promise<string | undefined> {
  try {
    return etagFrom(await stat(path, { bigint: true }));
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}
