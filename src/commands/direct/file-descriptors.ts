/** The process's outputs as the system knows them, without a stream. */
import { fstatSync, writeSync } from "node:fs";
import { RepobaseError } from "../../protocol/errors.ts";

/** undefined: it is closed, or the system has other ways to say it. */
export function isTerminalAt(fd: 0 | 1 | 2): boolean | undefined {
  if (process.platform === "win32") return undefined;
  try {
    // loaded where it may be one: it brings sockets and streams with it
    return fstatSync(fd).isCharacterDevice() && process.getBuiltinModule("node:tty").isatty(fd);
  } catch {
    return undefined;
  }
}

/** @throws what the system says, EPIPE among it */
export function writeAll(fd: 1 | 2, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(fd, bytes, done);
    } catch (error) {
      // a full pipe that another process has made non-blocking: wait for its reader
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Bun.sleepSync(2);
    }
  }
}

export const outputError = (cause: NodeJS.ErrnoException): RepobaseError =>
  new RepobaseError(
    cause.code === "ENOSPC" ? "no_space" : "failure",
    `the answer could not be written: ${cause.code}`,
    { cause },
  );
