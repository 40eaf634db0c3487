/**
 * One writer per repository. The lock is an exclusive SQLite transaction on a file of its own: the operating system
 * drops it when the process ends, however it ends, so a kill -9 never leaves a stale lock behind.
 */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { RepobaseError } from "../protocol/errors.ts";

export interface Lock {
  release(): void;
}

/** @throws RepobaseError `busy` when another process holds it past `waitMs` */
export async function acquireLock(file: string, what: string, waitMs = 0): Promise<Lock> {
  const { Database, SQLiteError } = await import("bun:sqlite");
  mkdirSync(dirname(file), { recursive: true });
  const db = new Database(file);
  try {
    db.run(`PRAGMA busy_timeout = ${Math.floor(waitMs)}`);
    db.run("BEGIN EXCLUSIVE");
  } catch (cause) {
    db.close();
    if (cause instanceof SQLiteError && cause.code?.startsWith("SQLITE_BUSY"))
      throw new RepobaseError("busy", `another process is working on "${what}"`, {
        hint: "try again when it has finished",
        cause,
      });
    throw cause;
  }
  return {
    release() {
      db.close();
    },
  };
}
