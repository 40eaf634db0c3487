/**
 * Local files as ByteSources, by positioned reads. The one impure file of this folder: never import it from code that
 * the Worker runs. A file is opened for one batch of reads and closed after it, so no descriptor outlives a call and a
 * table of a thousand fragments needs no thousand descriptors; opening costs microseconds.
 */
import { open, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { untilAborted } from "../protocol/abort.ts";
import { RepobaseError } from "../protocol/errors.ts";
import type { ByteDirectory, ByteRange, ByteSource } from "./byte-source.ts";
import { checkRange } from "./memory-source.ts";

/** @param path of the file; also its key */
export function fileSource(path: string): ByteSource {
  return {
    key: path,
    size: (signal) => untilAborted(signal, () => named(path, async () => (await stat(path)).size)),
    read: (ranges, signal) => untilAborted(signal, () => named(path, () => readRanges(path, ranges))),
  };
}

async function readRanges(path: string, ranges: readonly ByteRange[]): Promise<Uint8Array[]> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    for (const range of ranges) checkRange(range, { key: path, size });
    return await Promise.all(ranges.map((range) => readRange(file, { key: path, range, size })));
  } finally {
    await file.close();
  }
}

/** @param root an absolute path */
export function fileDirectory(root: string): ByteDirectory {
  return { open: (path) => fileSource(join(root, path)) };
}

async function readRange(file: FileHandle, of: { key: string; range: ByteRange; size: number }): Promise<Uint8Array> {
  const { offset, length } = of.range;
  const bytes = new Uint8Array(length);
  let filled = 0;
  // A read may return less than asked; 0 means the file was cut short since its size was taken.
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) checkRange(of.range, { key: of.key, size: offset + filled });
    filled += bytesRead;
  }
  return bytes;
}

async function named<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR")
      throw new RepobaseError("not_found", `no such file: ${JSON.stringify(path)}`, { cause });
    throw cause;
  }
}
