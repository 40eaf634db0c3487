/**
 * Works through a list with a few pieces under way at once, bounded in number and in bytes (bodies lie in memory). After the
 * first error nothing new is started, what is under way is waited for, and the error is thrown: no write goes on behind the
 * caller's back.
 */
import { RepobaseError } from "../protocol/errors.ts";

/** Six is what browsers and R2 bindings allow at once; more gained nothing on loopback. */
const AT_ONCE = 6;
const BYTES_AT_ONCE = 128 * 1024 * 1024;

export async function forEachParallel<T>(of: {
  readonly items: readonly T[];
  readonly bytesOf: (item: T) => number;
  readonly work: (item: T) => Promise<void>;
  readonly atOnce?: number;
  readonly signal?: AbortSignal | undefined;
}): Promise<void> {
  const { items, bytesOf, work, signal, atOnce = AT_ONCE } = of;
  const running = new Set<Promise<void>>();
  const errors: unknown[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = bytesOf(item);
    // a single piece above the limit still goes, alone
    const full = () => running.size >= atOnce || (running.size > 0 && bytes + size > BYTES_AT_ONCE);
    while (full()) await Promise.race(running);
    if (errors.length > 0 || signal?.aborted === true) break;
    bytes += size;
    const piece: Promise<void> = work(item)
      .catch((error: unknown) => void errors.push(error))
      .finally(() => {
        bytes -= size;
        running.delete(piece);
      });
    running.add(piece);
  }
  await Promise.all(running);
  if (errors.length > 0) throw errors[0];
  if (signal?.aborted === true) throw new RepobaseError("interrupted", "interrupted between two transfers");
}
