/**
 * Reads files that somebody else put where they lie. Opening a pipe, a socket or a device can wait for ever, and such a wait
 * hears no signal: nothing but a regular file is opened for reading, whatever took its place a moment ago.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import type { DiskPath } from "./disk-path.ts";

/** Without O_NONBLOCK, opening a pipe waits for its writer. Regular files do not know the flag; Windows has neither. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

export interface OpenedFile {
  readonly fd: number;
  /** Bytes when it was opened. */
  readonly size: number;
}

/**
 * The caller closes `fd`.
 * @param of.follow a link at the end of the path; false: ELOOP
 * @throws the system's error; with code EISDIR for a folder, EINVAL for a pipe, socket or device
 */
export function openRegularFile(path: DiskPath, { follow = true }: { readonly follow?: boolean } = {}): OpenedFile {
  const fd = openSync(path, follow ? FLAGS : FLAGS | (constants.O_NOFOLLOW ?? 0));
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw notRegular(path, stats.isDirectory() ? "EISDIR" : "EINVAL");
    return { fd, size: stats.size };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** The whole file. @throws as `openRegularFile` */
export function readRegularFile(path: DiskPath): Buffer<ArrayBuffer> {
  const { fd } = openRegularFile(path);
  try {
    return readFileSync(fd) as Buffer<ArrayBuffer>;
  } finally {
    closeSync(fd);
  }
}

const notRegular = (path: DiskPath, code: string): Error =>
  Object.assign(new Error(`"${String(path)}" is no regular file`), { code, path: String(path) });
