/**
 * A bucket in memory, as strict as the real one: it copies what it is given, checks hashes and honours conditions.
 * For tests and for anything short-lived; pure, so the Worker's tests use it too.
 */
import { throwIfAborted } from "../protocol/abort.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { sha256Hex } from "../protocol/hash.ts";
import type { CallOptions, GetOptions, ObjectInfo, ObjectStore, PutOptions, StoredObject } from "./object-store.ts";
import { checkStoreKey, checkStorePrefix, clampRange } from "./store-key.ts";

export class MemoryStore implements ObjectStore {
  readonly #objects = new Map<string, StoredObject>();
  readonly #now: () => number;
  #writes = 0;

  constructor(options: { readonly now?: () => number } = {}) {
    this.#now = options.now ?? Date.now;
  }

  async get(key: string, { range, signal }: GetOptions = {}): Promise<StoredObject | undefined> {
    throwIfAborted(signal);
    const object = this.#objects.get(checkStoreKey(key));
    if (object === undefined) return undefined;
    const { start, end } = clampRange(range, object.size, key);
    return { ...object, bytes: object.bytes.slice(start, end) };
  }

  async head(key: string, { signal }: CallOptions = {}): Promise<ObjectInfo | undefined> {
    throwIfAborted(signal);
    const object = this.#objects.get(checkStoreKey(key));
    return object && infoOf(object);
  }

  async put(key: string, bytes: Uint8Array, options: PutOptions = {}): Promise<ObjectInfo | undefined> {
    checkStoreKey(key);
    const copy = bytes.slice();
    const sha256 = await sha256Hex(copy);
    if (options.sha256 !== undefined && options.sha256 !== sha256)
      throw new RepobaseError("hash_mismatch", `bytes of "${key}" have sha256 ${sha256}, not ${options.sha256}`);
    // from here to the end nothing waits, so the condition and the write are one step
    const old = this.#objects.get(key);
    const condition = options.onlyIf;
    if (condition !== undefined && ("etag" in condition ? old?.etag !== condition.etag : old !== undefined))
      return undefined;
    const etag = `m${++this.#writes}`;
    const object: StoredObject = { key, size: copy.length, etag, sha256, uploaded: this.#now(), bytes: copy };
    this.#objects.set(key, object);
    return infoOf(object);
  }

  async *list(prefix: string, { signal }: CallOptions = {}): AsyncIterable<ObjectInfo> {
    checkStorePrefix(prefix);
    const keys = [...this.#objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    for (const key of keys) {
      throwIfAborted(signal);
      const object = this.#objects.get(key);
      if (object !== undefined) yield infoOf(object);
    }
  }

  async delete(key: string): Promise<void> {
    this.#objects.delete(checkStoreKey(key));
  }
}

function infoOf({ bytes: _bytes, ...info }: StoredObject): ObjectInfo {
  return info;
}
