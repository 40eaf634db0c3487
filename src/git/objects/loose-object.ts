/** A git object in a file of its own: `<type> <size>\0<content>`, deflated. The size is read before anything of it is made. */
import { closeSync, readSync } from "node:fs";
import { openRegularFile } from "../../files/read-regular-file.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { inflate, inflatePrefix } from "./inflate.ts";
import { refuseAbove } from "./limits.ts";
import type { GitObject } from "./pack-file.ts";

/** Room for the longest head. */
const MAX_HEAD = 32;
/**
 * Deflated bytes that are sure to hold it: the tables of a block's own code, some 300 bytes at most, come before its first byte, and
 * each byte takes 15 bits at most.
 */
const HEAD_READ = 512;

/**
 * @param of.id for messages
 * @throws RepobaseError `too_large`, `damaged_repository`; and the system's error when the file cannot be opened
 */
export function readLooseObject(path: string, { id, maxBytes }: { id: string; maxBytes: number }): GitObject {
  const { fd, size: fileSize } = openRegularFile(path);
  try {
    const { type, size, length } = parseHead(inflateHead(readStart(fd, HEAD_READ)), id);
    refuseAbove(maxBytes, size, "a git object");
    // zlib adds some bytes to what it cannot shrink; a file that is far longer is not read whole to find that out
    if (fileSize > (length + size) * 2 + 4096) throw damaged(id);
    const bytes = inflate(readStart(fd, fileSize), { maxOutputLength: length + size });
    if (bytes.length !== length + size) throw damaged(id);
    return { type, bytes: bytes.subarray(length) };
  } catch (cause) {
    throw cause instanceof RepobaseError ? cause : damaged(id, cause);
  } finally {
    closeSync(fd);
  }
}

function readStart(fd: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  for (let read = 1; read > 0 && done < length; done += read) read = readSync(fd, bytes, done, length - done, done);
  return bytes.subarray(0, done);
}

/** As many deflated bytes as it takes: they may stand for kilobytes each. */
const inflateHead = (start: Buffer): Buffer => inflatePrefix(start).subarray(0, MAX_HEAD);

function parseHead(
  head: Buffer,
  id: string,
): Pick<GitObject, "type"> & { readonly size: number; readonly length: number } {
  const match = /^(commit|tree|blob|tag) (\d{1,15})\0/.exec(head.toString("latin1"));
  if (match === null) throw damaged(id);
  return { type: match[1] as GitObject["type"], size: Number(match[2]), length: match[0].length };
}

const damaged = (id: string, cause?: unknown): RepobaseError =>
  new RepobaseError("damaged_repository", `git object ${id} is damaged`, { hint: "run: git fsck", cause });
