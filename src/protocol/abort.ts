/**
 * Stopping early, the same in every room: work that takes an AbortSignal ends with `interrupted` as soon as the signal
 * fires, and starts nothing new after that.
 */
import { RepobaseError } from "./errors.ts";

/** @throws RepobaseError `interrupted` once the signal has fired */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw interrupted();
}

/**
 * What `work` gives, or `interrupted` the moment the signal fires: for work that cannot be stopped itself, such as a read
 * of a stalled disk. What it gives later is dropped.
 * @throws RepobaseError `interrupted`; then `work` was not started or its end is not waited for
 */
export async function untilAborted<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  if (signal === undefined) return work();
  throwIfAborted(signal);
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(interrupted());
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    if (stop !== undefined) signal.removeEventListener("abort", stop);
  }
}

export const interrupted = () => new RepobaseError("interrupted", "interrupted before it was done");
