/**
 * A bucket as the routes see it: an ObjectStore that can also pass a body through without holding it, and delete many at once.
 * A store that cannot (a directory, memory) is adapted by buffering. `scopeTo` is the wall of promise S6: behind it there
 * is no key that leads out of the prefix.
 */
import type { ByteRange } from "../bytes/byte-source.ts";
import { RepobaseError } from "../protocol/errors.ts";
import type { GetOptions, ObjectInfo, ObjectStore, PutOptions } from "../store/object-store.ts";

export interface OpenedObject extends ObjectInfo {
  /** What the body holds: the range asked for, after clamping, or everything. */
  readonly range: ByteRange;
  readonly body: ReadableStream<Uint8Array> | Uint8Array;
}

export interface SizedBody {
  readonly stream: ReadableStream<Uint8Array>;
  /** Bytes; the stream has exactly so many. */
  readonly size: number;
}

export interface Bucket extends ObjectStore {
  /** As `get`, but the body may still be on its way. */
  open(key: string, options?: GetOptions): Promise<OpenedObject | undefined>;
  /** As `put`, of bytes that may still be on their way. */
  putBody(key: string, body: SizedBody | Uint8Array, options: PutOptions): Promise<ObjectInfo | undefined>;
  deleteMany(keys: readonly string[]): Promise<void>;
}

/** The store itself when it is a Bucket already, else one that buffers. */
export function asBucket(store: ObjectStore): Bucket {
  if ("open" in store && "putBody" in store && "deleteMany" in store) return store as Bucket;
  return {
    get: (key, options) => store.get(key, options),
    head: (key, options) => store.head(key, options),
    put: (key, bytes, options) => store.put(key, bytes, options),
    list: (prefix, options) => store.list(prefix, options),
    delete: (key) => store.delete(key),
    async open(key, options) {
      const found = await store.get(key, options);
      const offset = options?.range?.offset ?? 0;
      return found && { ...found, range: { offset, length: found.bytes.length }, body: found.bytes };
    },
    async putBody(key, body, options) {
      return store.put(key, body instanceof Uint8Array ? body : await collect(body), options);
    },
    async deleteMany(keys) {
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
