/**
 * Repeats what failed for a passing reason (`transient`, `busy`, `rate_limited`), with jittered, growing pauses and a
 * bounded time in all. Every repeat is safe: reads and deletes always are, an unconditional put writes the same bytes again,
 * and a conditional put whose answer was lost is resolved by looking at what lies there.
 */
import { throwIfAborted } from "../protocol/abort.ts";
import { isRepobaseError, RepobaseError } from "../protocol/errors.ts";
import { sha256Hex } from "../protocol/hash.ts";
import type { CallOptions, GetOptions, ObjectInfo, ObjectStore, PutOptions, StoredObject } from "./object-store.ts";

export interface RetryOptions {
  /** First pause in ms; doubles each time. The pause taken is a random part of it, from half to all. */
  readonly baseMs?: number;
  readonly capMs?: number;
  /** Nothing is started again later than this after the first try. */
  readonly totalMs?: number;
  /** Tries of a server that cannot be reached at all (refused, unknown name): a wrong address must not cost a minute. */
  readonly unreachableTries?: number;
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

export function withRetry(store: ObjectStore, options: RetryOptions = {}): ObjectStore {
  return new RetryStore(store, options);
}

class RetryStore implements ObjectStore {
  readonly #store: ObjectStore;
  readonly #options: RetryOptions;

  constructor(store: ObjectStore, options: RetryOptions) {
    this.#store = store;
    this.#options = options;
  }

  get(key: string, options?: GetOptions): Promise<StoredObject | undefined> {
    return this.#repeat(() => this.#store.get(key, options), options?.signal);
  }

  head(key: string, options?: CallOptions): Promise<ObjectInfo | undefined> {
    return this.#repeat(() => this.#store.head(key, options), options?.signal);
  }

  delete(key: string): Promise<void> {
    return this.#repeat(() => this.#store.delete(key));
  }

  put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<ObjectInfo | undefined> {
    return this.#repeat(async (failedBefore) => {
      const info = await this.#store.put(key, bytes, options);
      if (info !== undefined || !failedBefore) return info;
      // the condition does not hold now: because an earlier try did arrive, or because somebody else was first?
      const there = await this.#store.get(key);
      if (there === undefined || there.size !== bytes.length) return undefined;
      const { bytes: found, ...itsInfo } = there;
      return (await sha256Hex(found)) === (await sha256Hex(bytes)) ? itsInfo : undefined;
    });
  }

  async *list(prefix: string, options?: CallOptions): AsyncIterable<ObjectInfo> {
    // keys come in order, so a list begun again goes on behind the last one given
    let last: string | undefined;
    let pages: AsyncIterator<ObjectInfo> | undefined;
    for (;;) {
      const next = await this.#repeat(async (failedBefore) => {
        if (failedBefore || pages === undefined) pages = this.#store.list(prefix, options)[Symbol.asyncIterator]();
        return nextAfter(pages, last);
      }, options?.signal);
      if (next.done === true) return;
      last = next.value.key;
      yield next.value;
    }
  }

  /** @param ofCall the call's own signal, beside the one that ends all */
  async #repeat<T>(attempt: (failedBefore: boolean) => Promise<T>, ofCall?: AbortSignal): Promise<T> {
    const { now = Date.now, sleep = sleepFor, totalMs = 60_000, unreachableTries = 3, onRetry } = this.#options;
    const signal = anyOf(ofCall, this.#options.signal);
    const started = now();
    for (let tries = 1; ; tries++) {
      try {
        return await attempt(tries > 1);
      } catch (error) {
        if (!isRepobaseError(error, "transient", "busy", "rate_limited")) throw error;
        throwIfAborted(signal);
        const waitMs = this.#pause(error, tries);
        const tooLate = now() - started + waitMs > totalMs;
        if (tooLate || (error.fields.unreachable === true && tries >= unreachableTries)) throw error;
        onRetry?.({ error, waitMs, attempt: tries });
        await sleep(waitMs, signal);
      }
    }
  }

  /** What the server asks for, and then some, so that all who were turned away do not come back at once. */
  #pause(error: RepobaseError, tries: number): number {
    const { baseMs = 250, capMs = 8000, random = Math.random } = this.#options;
    const grown = Math.min(capMs, baseMs * 2 ** (tries - 1)) * (0.5 + 0.5 * random());
    const asked = error.fields.retryAfterMs;
    return typeof asked === "number" ? asked + Math.min(grown, 1000) : grown;
  }
}

function anyOf(a: AbortSignal | undefined, b: AbortSignal | undefined): AbortSignal | undefined {
  return a === undefined || b === undefined ? (a ?? b) : AbortSignal.any([a, b]);
}

async function nextAfter(
  pages: AsyncIterator<ObjectInfo>,
  last: string | undefined,
): Promise<IteratorResult<ObjectInfo>> {
  for (;;) {
    const item = await pages.next();
    if (item.done === true || last === undefined || item.value.key > last) return item;
  }
}
