/**
 * A lock for the milliseconds between looking at a file and replacing it, against this process and others: a queue in
 * memory, then an exclusive SQLite transaction on an empty file. The operating system drops that one when a process ends,
 * however it ends, so there are no stale locks; the file stays, because removing it would let two holders in.
 */
import { RepobaseError } from "../protocol/errors.ts";

/** What is done under the lock takes milliseconds: longer than this means something hangs. */
const PATIENCE = 30_000;

const queues = new Map<string, Promise<unknown>>();

/** Runs `work` alone among all that lock `file`. @throws RepobaseError `busy` when another process keeps it */
export async function withFileLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const before = queues.get(file) ?? Promise.resolve();
  const mine = before.then(
    () => lockedAcrossProcesses(file, work),
    () => lockedAcrossProcesses(file, work),
  );
  queues.set(file, mine);
  try {
    return await mine;
  } finally {
    if (queues.get(file) === mine) queues.delete(file);
  }
}

async function lockedAcrossProcesses<T>(file: string, work: () => Promise<T>): Promise<T> {
  const { Database, SQLiteError } = await import("bun:sqlite");
  const database = new Database(file);
  try {
    const deadline = Date.now() + PATIENCE;
    for (let wait = 1; ; wait = Math.min(50, wait * 2)) {
      try {
        database.run("BEGIN EXCLUSIVE");
        break;
      } catch (cause) {
        if (!(cause instanceof SQLiteError) || !cause.code?.startsWith("SQLITE_BUSY")) throw cause;
        if (Date.now() > deadline) throw new RepobaseError("busy", `another process keeps "${file}" locked`, { cause });
        await Bun.sleep(wait * (0.5 + Math.random()));
      }
    }
    return await work();
  } finally {
    database.close();
  }
}
