/** Counts what passes through a store: requests and bytes each way, in all and by method. Nothing else. */
import type { CallOptions, GetOptions, ObjectInfo, ObjectStore, PutOptions, StoredObject } from "./object-store.ts";

export type StoreMethod = "get" | "head" | "put" | "list" | "delete";

export interface StoreCounts {
  readonly requests: number;
  /** Bodies only, headers are not counted. A put counts even when it failed or its condition did not hold. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** The longest chain of requests of which each began when the one before had its answer. */
  readonly waves: number;
  readonly byMethod: Readonly<Record<StoreMethod, number>>;
}

/** A list counts once, however many pages it takes. */
export class StatsStore implements ObjectStore {
  readonly #store: ObjectStore;
  #bytesSent = 0;
  #bytesReceived = 0;
  #waves = 0;
  readonly #byMethod: Record<StoreMethod, number> = { get: 0, head: 0, put: 0, list: 0, delete: 0 };

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** What was counted so far; a copy. */
  counts(): StoreCounts {
    const byMethod = { ...this.#byMethod };
    const requests = Object.values(byMethod).reduce((sum, n) => sum + n, 0);
    return { requests, bytesSent: this.#bytesSent, bytesReceived: this.#bytesReceived, waves: this.#waves, byMethod };
  }

  async get(key: string, options?: GetOptions): Promise<StoredObject | undefined> {
    this.#byMethod.get++;
    const object = await this.#inWave(() => this.#store.get(key, options));
    this.#bytesReceived += object?.bytes.length ?? 0;
    return object;
  }

  async head(key: string, options?: CallOptions): Promise<ObjectInfo | undefined> {
    this.#byMethod.head++;
    return this.#inWave(() => this.#store.head(key, options));
  }

  async put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<ObjectInfo | undefined> {
    this.#byMethod.put++;
    this.#bytesSent += bytes.length;
    return this.#inWave(() => this.#store.put(key, bytes, options));
  }

  list(prefix: string, options?: CallOptions): AsyncIterable<ObjectInfo> {
    this.#byMethod.list++;
    return this.#listed(prefix, options);
  }

  async *#listed(prefix: string, options: CallOptions | undefined): AsyncIterable<ObjectInfo> {
    const wave = this.#waves + 1;
    for await (const info of this.#store.list(prefix, options)) {
      this.#waves = Math.max(this.#waves, wave);
      yield info;
    }
    this.#waves = Math.max(this.#waves, wave);
  }

  async #inWave<T>(call: () => Promise<T>): Promise<T> {
    const wave = this.#waves + 1;
    try {
      return await call();
    } finally {
      this.#waves = Math.max(this.#waves, wave);
    }
  }

  async delete(key: string): Promise<void> {
    this.#byMethod.delete++;
    await this.#inWave(() => this.#store.delete(key));
  }
}

export const withStats = (store: ObjectStore): StatsStore => new StatsStore(store);
