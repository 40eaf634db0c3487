/** Replaces a small file so that a reader, or a crash at any moment, sees the old text or the new one. */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { RepobaseError } from "../protocol/errors.ts";

export function writeFileAtomic(path: string, text: string, mode = 0o644): void {
  const temp = `${path}.tmp-${process.pid}-${crypto.randomUUID().slice(0, 8)}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const fd = openSync(temp, "wx", mode);
    try {
      writeSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temp, path);
  } catch (cause) {
    rmSync(temp, { force: true });
    const full = (cause as NodeJS.ErrnoException).code === "ENOSPC";
    throw new RepobaseError(full ? "no_space" : "home_unwritable", `cannot write "${path}"`, { cause });
  }
}
