/**
 * The one policy of repeating what failed for a passing reason: growing pauses with full jitter, what the server itself
 * asks for (Retry-After) on top, and a bounded time in all. Whether a repeat is safe is the caller's business.
 */
import { throwIfAborted } from "../protocol/abort.ts";
import { type ErrorCode, isRepobaseError, RepobaseError } from "../protocol/errors.ts";

export interface RetryOptions {
  /** First pause in ms; doubles each time. The pause taken is a random part of it, from nothing to all. */
  readonly baseMs?: number;
  readonly capMs?: number;
  /** Nothing is started again later than this after the first try. A server that asks for a longer pause is not waited for. */
  readonly totalMs?: number;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly signal?: AbortSignal | undefined;
  /** Told before each pause. */
  readonly onRetry?: (retry: {
    readonly error: RepobaseError;
    readonly waitMs: number;
    readonly attempt: number;
  }) => void;
}

/**
 * Tries of what is most likely no passing trouble but a wrong address or a meddling proxy: a server that cannot be reached
 * at all, an answer that is none of ours. Those must not cost a minute.
 */
const DOUBTFUL_TRIES = 3;

/**
 * @param attempt told whether an earlier try failed, and so may have been carried out without our knowing
 * @throws the last error; `interrupted` when a signal ends a pause
 */
export async function repeat<T>(
  attempt: (failedBefore: boolean) => Promise<T>,
  options: RetryOptions = {},
  ofCall?: AbortSignal,
): Promise<T> {
  const { now = Date.now, sleep = sleepFor, totalMs = 60_000, onRetry } = options;
  const signal = anySignal(ofCall, options.signal);
  const started = now();
  for (let tries = 1; ; tries++) {
    try {
      return await attempt(tries > 1);
    } catch (error) {
      if (!isRepobaseError(error) || !mayPass(error)) throw error;
      throwIfAborted(signal);
      const waitMs = pauseMs(error, tries, options);
      const tooLate = now() - started + waitMs > totalMs;
      if (tooLate || (isDoubtful(error) && tries >= DOUBTFUL_TRIES)) throw error;
      onRetry?.({ error, waitMs, attempt: tries });
      await sleep(waitMs, signal);
    }
  }
}

const PASSING: ReadonlySet<ErrorCode> = new Set(["transient", "busy", "rate_limited"]);

const mayPass = ({ code, fields }: RepobaseError): boolean => PASSING.has(code) || fields["malformed"] === true;

const isDoubtful = ({ fields }: RepobaseError): boolean =>
  fields["unreachable"] === true || fields["malformed"] === true;

/** What the server asks for, and then some, so that all who were turned away do not come back at once. */
function pauseMs(error: RepobaseError, tries: number, options: RetryOptions): number {
  const { baseMs = 250, capMs = 8000, random = Math.random } = options;
  const grown = Math.min(capMs, baseMs * 2 ** (tries - 1)) * random();
  const asked = error.fields["retryAfterMs"];
  return typeof asked === "number" ? asked + Math.min(grown, 1000) : grown;
}

/** Sleeps, or ends early with `interrupted`. */
export function sleepFor(ms: number, signal?: AbortSignal): Promise<void> {
  const interrupted = () => new RepobaseError("interrupted", "interrupted while waiting to try again");
  if (signal?.aborted) return Promise.reject(interrupted());
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(interrupted());
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

export function anySignal(a: AbortSignal | undefined, b: AbortSignal | undefined): AbortSignal | undefined {
  return a === undefined || b === undefined ? (a ?? b) : AbortSignal.any([a, b]);
}
