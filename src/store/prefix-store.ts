/** The part of a store below a prefix, seen as a store of its own: one user's objects in a bucket of many (promise S6). */
import type { ByteRange } from "../bytes/byte-source.ts";
import type { ObjectInfo, ObjectStore, PutOptions, StoredObject } from "./object-store.ts";
import { checkStoreKey, checkStorePrefix } from "./store-key.ts";

export class PrefixStore implements ObjectStore {
  readonly #store: ObjectStore;
  readonly #prefix: string;

  /** @param prefix without a slash at the end */
  constructor(store: ObjectStore, prefix: string) {
    this.#store = store;
    this.#prefix = `${checkStoreKey(prefix)}/`;
  }

  async get(key: string, range?: ByteRange): Promise<StoredObject | undefined> {
    return this.#strip(await this.#store.get(this.#full(key), range));
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    return this.#strip(await this.#store.head(this.#full(key)));
  }

  async put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<ObjectInfo | undefined> {
    return this.#strip(await this.#store.put(this.#full(key), bytes, options));
  }

  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    for await (const info of this.#store.list(this.#prefix + checkStorePrefix(prefix))) {
      yield { ...info, key: info.key.slice(this.#prefix.length) };
    }
  }

  async delete(key: string): Promise<void> {
    await this.#store.delete(this.#full(key));
  }

  /** Checked before it is joined: `..` must not be able to reach a neighbour. */
  #full(key: string): string {
    return this.#prefix + checkStoreKey(key);
  }

  #strip<T extends ObjectInfo>(info: T | undefined): T | undefined {
    return info && { ...info, key: info.key.slice(this.#prefix.length) };
  }
}
