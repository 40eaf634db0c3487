/** Where a file of a tree lies on disk. Names may be bytes that no text stands for, so a path to it may be one of bytes. */
import { bytesOfPath, isEscaped } from "../text/path-bytes.ts";

export type DiskPath = string | Buffer;

/** @param path as `pathOfBytes` writes it, relative to `root`; `` for the root itself */
export function diskPath(root: string, path: string): DiskPath {
  const whole = path === "" ? root : `${root}/${path}`;
  return isEscaped(path) ? Buffer.concat([Buffer.from(`${root}/`), bytesOfPath(path)]) : whole;
}
