/**
 * The one lock: an exclusive SQLite transaction on an empty file of its own. The operating system drops it when the process
 * ends, however it ends, so a kill -9 leaves no stale lock behind. The file stays: removing it would let two holders in.
 */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { RepobaseError } from "../protocol/errors.ts";

export interface Lock {
  release(): void;
}

/**
 * A lock for as long as a command works on `what`.
 * @throws RepobaseError `busy` when another process holds it past `waitMs`
 */
export async function acquireLock(file: string, what: string, waitMs = 0): Promise<Lock> {
  mkdirSync(dirname(file), { recursive: true });
  const busy = (cause: Error) =>
    new RepobaseError("busy", `another process is working on "${what}"`, {
      hint: "try again when it has finished",
      cause,
    });
  return lockExclusively(file, { waitMs, busy });
}

/** What is done under `withFileLock` takes milliseconds: longer than this means something hangs. */
const PATIENCE_MS = 30_000;

const queues = new Map<string, Promise<unknown>>();

/**
 * A lock for the milliseconds between looking at a file and replacing it. Within the process `work` waits its turn in
 * memory; against others it tries again until they are done. The folder of `file` exists.
 * @throws RepobaseError `busy` when another process keeps it
 */
export async function withFileLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const busy = (cause: Error) => new RepobaseError("busy", `another process keeps "${file}" locked`, { cause });
  const locked = async () => {
    const lock = await lockExclusively(file, { waitMs: PATIENCE_MS, busy });
    try {
      return await work();
    } finally {
      lock.release();
    }
  };
  const mine = (queues.get(file) ?? Promise.resolve()).then(locked, locked);
  queues.set(file, mine);
  try {
    return await mine;
  } finally {
    if (queues.get(file) === mine) queues.delete(file);
  }
}

/** Waits without holding up the process, longer each time and never in step with others. */
async function lockExclusively(
  file: string,
  { waitMs, busy }: { readonly waitMs: number; readonly busy: (cause: Error) => RepobaseError },
): Promise<Lock> {
  const { Database, SQLiteError } = await import("bun:sqlite");
  const database = new Database(file);
  try {
    const deadline = performance.now() + waitMs;
    for (let pause = 1; ; pause = Math.min(50, pause * 2)) {
      try {
        database.run("BEGIN EXCLUSIVE");
        return { release: () => database.close() };
      } catch (cause) {
        if (!(cause instanceof SQLiteError) || !cause.code?.startsWith("SQLITE_BUSY")) throw cause;
        if (performance.now() >= deadline) throw busy(cause);
      }
      await Bun.sleep(pause * (0.5 + Math.random()));
    }
  } catch (error) {
    database.close();
    throw error;
  }
}
