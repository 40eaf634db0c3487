/**
 * What a process remembers of the indexes it has opened: ranges of files, and what was made of them (manifests, snapshots,
 * open tables). Both are bounded by the memory they take, so that no index, however it was made, fills a process for good.
 * Values only, never promises, because a Worker must not wait for another request's I/O.
 */
import { ByteCache } from "../bytes/cache.ts";

interface Held {
  readonly value: unknown;
  /** Bytes now: an open table grows with what is read of it. */
  readonly weigh: () => number;
  bytes: number;
}

export interface ViewCacheLimits {
  /** Of ranges of files as they were read. */
  readonly maxRangeBytes: number;
  /** Of all else together, about. What is larger alone is not kept. */
  readonly maxHeldBytes: number;
}

export class ViewCache {
  readonly bytes: ByteCache;
  readonly maxHeldBytes: number;
  /** A Map keeps insertion order, so the first entry is the least recently used. */
  readonly #held = new Map<string, Held>();
  #heldBytes = 0;
  /** owner -> how often their part was forgotten. */
  readonly #forgotten = new Map<string, number>();

  constructor(limits: ViewCacheLimits) {
    this.bytes = new ByteCache(limits.maxRangeBytes);
    this.maxHeldBytes = limits.maxHeldBytes;
  }

  /** About, as of each thing's last use. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Names of what is this owner's start with this. `owner` keeps apart what different users call by the same name. */
  prefixOf(owner: string): string {
    return `${owner}#${this.#forgotten.get(owner) ?? 0}\0`;
  }

  /** What was damaged when it was read may be whole by now: from here on this owner's things are read anew. */
  forget(owner: string): void {
    this.#forgotten.set(owner, (this.#forgotten.get(owner) ?? 0) + 1);
  }

  /**
   * The value kept under `key`, else what `make` gives, kept from now on. Failures are not kept.
   * @param weigh the bytes that the value takes, asked again at every use
   */
  async remember<T>(key: string, make: () => Promise<T>, weigh: (value: T) => number): Promise<T> {
    const known = this.#held.get(key);
    const value = known ? (known.value as T) : await make();
    this.#drop(key);
    this.#keep(key, { value, weigh: () => weigh(value) + ENTRY_BYTES + 2 * key.length, bytes: 0 });
    return value;
  }

  #keep(key: string, held: Held): void {
    this.#held.set(key, held);
    // what was used last grew last: the rest is weighed when it is used again
    held.bytes = held.weigh();
    this.#heldBytes += held.bytes;
    for (const oldest of this.#held.keys()) {
      if (this.#heldBytes <= this.maxHeldBytes) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#heldBytes -= this.#held.get(key)?.bytes ?? 0;
    this.#held.delete(key);
  }
}

/** What an entry costs beside its key and value. */
const ENTRY_BYTES = 200;
