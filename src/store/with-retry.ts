/**
 * An ObjectStore that repeats what failed for a passing reason, by the policy of repeat.ts. Every repeat is safe: reads and
 * deletes always are, an unconditional put writes the same bytes again, and a conditional put whose answer was lost is
 * resolved by looking at what lies there.
 */
import { sha256Hex } from "../protocol/hash.ts";
import type { CallOptions, GetOptions, ObjectInfo, ObjectStore, PutOptions, StoredObject } from "./object-store.ts";
import { repeat, type RetryOptions } from "./repeat.ts";

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
    return repeat(() => this.#store.get(key, options), this.#options, options?.signal);
  }

  head(key: string, options?: CallOptions): Promise<ObjectInfo | undefined> {
    return repeat(() => this.#store.head(key, options), this.#options, options?.signal);
  }

  delete(key: string): Promise<void> {
    return repeat(() => this.#store.delete(key), this.#options);
  }

  put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<ObjectInfo | undefined> {
    return repeat(async (failedBefore) => {
      const info = await this.#store.put(key, bytes, options);
      if (info !== undefined || !failedBefore) return info;
      // the condition does not hold now: because an earlier try did arrive, or because somebody else was first?
      const there = await this.#store.get(key);
      if (there === undefined || there.size !== bytes.length) return undefined;
      const { bytes: found, ...itsInfo } = there;
      return (await sha256Hex(found)) === (await sha256Hex(bytes)) ? itsInfo : undefined;
    }, this.#options);
  }

  async *list(prefix: string, options?: CallOptions): AsyncIterable<ObjectInfo> {
    // keys come in order, so a list begun again goes on behind the last one given
    let last: string | undefined;
    let pages: AsyncIterator<ObjectInfo> | undefined;
    for (;;) {
      const next = await repeat(
        async (failedBefore) => {
          if (failedBefore || pages === undefined) pages = this.#store.list(prefix, options)[Symbol.asyncIterator]();
          return nextAfter(pages, last);
        },
        this.#options,
        options?.signal,
      );
      if (next.done === true) return;
      last = next.value.key;
      yield next.value;
    }
  }
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
