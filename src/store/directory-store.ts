/**
 * A bucket that is a folder: `~/.repobase` itself, and the data of `repobase serve`. Key = path below the folder.
 * A put writes `.tmp-*` in the target's folder, fsyncs it and renames it, so a reader or a crash sees the old bytes or the
 * new ones; `absent` uses link(), which the file system makes exclusive; an etag is compared under a lock (`.tmp-lock`, an
 * empty file that stays). Temporaries left by a crash are hidden from list() and removed by a later put to the same
 * folder, once they are an hour old.
 */
import { type FileHandle, link, mkdir, open, readdir, rename, stat, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { BigIntStats } from "node:fs";
import { throwIfAborted, untilAborted } from "../protocol/abort.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { sha256Hex } from "../protocol/hash.ts";
import { errnoOf, fileError, isAbsent } from "../files/file-errors.ts";
import { withFileLock } from "../files/file-lock.ts";
import type { CallOptions, GetOptions, ObjectInfo, ObjectStore, PutOptions, StoredObject } from "./object-store.ts";
import { checkStoreKey, checkStorePrefix, clampRange, TEMPORARY_PREFIX } from "./store-key.ts";

/** A slow write of a large object may hold its temporary for minutes; an hour is what git-lfs waits too. */
const TEMPORARY_AGE = 60 * 60 * 1000;
const LOCK_NAME = `${TEMPORARY_PREFIX}lock`;

export class DirectoryStore implements ObjectStore {
  readonly dir: string;
  readonly #swept = new Set<string>();

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
      await mkdir(dirname(path), { recursive: true });
      await this.#sweep(dirname(path));
      const temporary = join(dirname(path), `${TEMPORARY_PREFIX}${crypto.randomUUID()}`);
      try {
        const info = await writeWhole(temporary, bytes, key);
        if (!(await this.#install(temporary, path, options.onlyIf))) return undefined;
        return options.sha256 === undefined ? info : { ...info, sha256: options.sha256 };
      } finally {
        await removeFile(temporary);
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
  async #install(temporary: string, path: string, condition: PutOptions["onlyIf"]): Promise<boolean> {
    if (condition !== undefined && "absent" in condition) {
      const linked = await linkExclusive(temporary, path);
      if (linked !== "unsupported") {
        if (linked === "done") await syncFolder(dirname(path));
        return linked === "done";
      }
    }
    return this.#locked(async () => {
      if (condition !== undefined) {
        const current = await etagOf(path);
        if ("etag" in condition ? current !== condition.etag : current !== undefined) return false;
      }
      await rename(temporary, path);
      await syncFolder(dirname(path));
      return true;
    });
  }

  #locked<T>(work: () => Promise<T>): Promise<T> {
    return withFileLock(join(this.dir, LOCK_NAME), work);
  }

  /** Once per folder and process: cheap, and nobody has to remember to do it. */
  async #sweep(folder: string): Promise<void> {
    if (this.#swept.has(folder)) return;
    this.#swept.add(folder);
    for (const name of await readdir(folder)) {
      if (!name.startsWith(TEMPORARY_PREFIX) || name === LOCK_NAME) continue;
      const path = join(folder, name);
      const age = Date.now() - ((await statOrUndefined(path))?.mtimeMs ?? Date.now());
      if (age > TEMPORARY_AGE) await removeFile(path);
    }
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

/** inode + size + time: see writeWhole. */
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
async function writeWhole(path: string, bytes: Uint8Array, key: string): Promise<ObjectInfo> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(bytes);
    const time = (Date.now() + Math.random()) / 1000;
    await file.utimes(time, time);
    await file.sync();
    return infoOf(key, await file.stat({ bigint: true }));
  } finally {
    await file.close();
  }
}

async function linkExclusive(from: string, to: string): Promise<"done" | "exists" | "unsupported"> {
  try {
    await link(from, to);
    return "done";
  } catch (error) {
    const code = errnoOf(error);
    if (code === "EEXIST") return "exists";
    // file systems without hard links (exFAT, some network mounts) say one of these: fall back to the lock
    if (["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(code ?? "")) return "unsupported";
    throw error;
  }
}

async function etagOf(path: string): Promise<string | undefined> {
  try {
    return etagFrom(await stat(path, { bigint: true }));
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

async function statOrUndefined(path: string) {
  try {
    return await stat(path);
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

/** Makes a rename survive a power cut. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } catch (error) {
    // some file systems cannot sync a folder; the file itself is safe, and more cannot be done there
    if (!["EINVAL", "EPERM", "EISDIR", "ENOTSUP"].includes(errnoOf(error) ?? "")) throw error;
  } finally {
    await handle.close();
  }
}
