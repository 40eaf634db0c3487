/**
 * A bucket as the routes see it: an ObjectStore that can also pass a body through without holding it, and delete many at once.
 * What a store does not declare among its capabilities (a directory, memory) is done by buffering, or one by one. `scopeTo` is
 * the wall of promise S6: behind it there is no key that leads out of the prefix.
 */
import { RepobaseError } from "../protocol/errors.ts";
import type {
  GetOptions,
  ObjectInfo,
  ObjectStore,
  OpenedObject,
  PutOptions,
  SizedBody,
} from "../store/object-store.ts";

export interface Bucket extends ObjectStore {
  /** As `get`, but the body may still be on its way. */
  open(key: string, options?: GetOptions): Promise<OpenedObject | undefined>;
  /** As `put`, of bytes that may still be on their way. */
  putBody(key: string, body: SizedBody | Uint8Array, options: PutOptions): Promise<ObjectInfo | undefined>;
  deleteMany(keys: readonly string[]): Promise<void>;
}

export function asBucket(store: ObjectStore): Bucket {
  const { streaming, deleteMany } = store.capabilities ?? {};
  return {
    get: (key, options) => store.get(key, options),
    head: (key, options) => store.head(key, options),
    put: (key, bytes, options) => store.put(key, bytes, options),
    list: (prefix, options) => store.list(prefix, options),
    delete: (key) => store.delete(key),
    async open(key, options) {
      if (streaming) return streaming.open(key, options);
      const found = await store.get(key, options);
      const offset = options?.range?.offset ?? 0;
      return found && { ...found, range: { offset, length: found.bytes.length }, body: found.bytes };
    },
    async putBody(key, body, options) {
      if (body instanceof Uint8Array) return store.put(key, body, options);
      return streaming ? streaming.put(key, body, options) : store.put(key, await collect(body), options);
    },
    async deleteMany(keys) {
      if (deleteMany) return deleteMany(keys);
      for (const key of keys) await store.delete(key);
    },
  };
}

/** @throws RepobaseError `usage` when the stream ends early or goes on past its size */
export async function collect({ stream, size }: SizedBody): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let filled = 0;
  for await (const chunk of stream) {
    if (filled + chunk.length > size)
      throw new RepobaseError("usage", `the body is longer than its Content-Length of ${size}`);
    bytes.set(chunk, filled);
    filled += chunk.length;
  }
  if (filled !== size) throw new RepobaseError("usage", `the body ended after ${filled} of ${size} bytes`);
  return bytes;
}

/** Keys below `prefix` (which ends in `/`), named without it. @throws RepobaseError `forbidden` for a key that is no plain relative path */
export function scopeTo(bucket: Bucket, prefix: string): Bucket {
  const full = (key: string) => prefix + checkKey(key);
  const strip = <T extends ObjectInfo>(found: T): T => ({ ...found, key: found.key.slice(prefix.length) });
  return {
    get: async (key, options) => stripped(await bucket.get(full(key), options)),
    head: async (key, options) => stripped(await bucket.head(full(key), options)),
    open: async (key, options) => stripped(await bucket.open(full(key), options)),
    put: async (key, bytes, options) => stripped(await bucket.put(full(key), bytes, options)),
    putBody: async (key, body, options) => stripped(await bucket.putBody(full(key), body, options)),
    async *list(below, options) {
      for await (const found of bucket.list(prefix + checkPrefix(below), options)) yield strip(found);
    },
    delete: (key) => bucket.delete(full(key)),
    deleteMany: (keys) => bucket.deleteMany(keys.map(full)),
  };
  function stripped<T extends ObjectInfo>(found: T | undefined): T | undefined {
    return found && strip(found);
  }
}

/**
 * The same bucket for one request: its reads end with `interrupted` once the client is gone; a write that has begun goes on.
 * Not for views that are remembered: a later request would read with the signal of this one.
 */
export function untilGone(bucket: Bucket, signal: AbortSignal): Bucket {
  return {
    ...bucket,
    get: (key, options) => bucket.get(key, { ...options, signal }),
    head: (key) => bucket.head(key, { signal }),
    list: (prefix) => bucket.list(prefix, { signal }),
    open: (key, options) => bucket.open(key, { ...options, signal }),
  };
}

/** The second lock after src/protocol/keys.ts: whatever name got here, it cannot climb. */
function checkKey(key: string): string {
  const plain =
    /^[A-Za-z0-9_./-]+$/.test(key) && key.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  if (!plain) throw new RepobaseError("forbidden", `not a key of this user: ${JSON.stringify(key.slice(0, 100))}`);
  return key;
}

function checkPrefix(prefix: string): string {
  if (prefix !== "") checkKey(prefix.endsWith("/") ? prefix.slice(0, -1) : prefix);
  return prefix;
}
