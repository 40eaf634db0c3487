/**
 * R2 through its binding, as an ObjectStore. R2 checks the sha256 of a put itself (no hashing in JavaScript: CPU is the Worker's
 * tightest limit) and keeps it in the object's checksums. Its errors carry their number only in the message text, so
 * they are read here, once; all but the known ones mean "the bucket did not answer" and may be tried again.
 */
import type { ByteRange } from "../src/bytes/byte-source.ts";
import { throwIfAborted, untilAborted } from "../src/protocol/abort.ts";
import { RepobaseError } from "../src/protocol/errors.ts";
import type {
  CallOptions,
  GetOptions,
  ObjectInfo,
  ObjectStore,
  OpenedObject,
  PutOptions,
  StoreCapabilities,
  StoredObject,
} from "../src/store/object-store.ts";
import { checkStoreRange, rangePastEnd } from "../src/store/store-key.ts";

/** Most keys R2 takes in one delete. */
const DELETE_BATCH = 1000;

export class R2Store implements ObjectStore {
  readonly #bucket: R2Bucket;
  readonly capabilities: StoreCapabilities;

  constructor(bucket: R2Bucket) {
    this.#bucket = bucket;
    this.capabilities = {
      streaming: {
        open: (key, options) => this.#open(key, options),
        put: (key, body, options) => this.#put(key, body.stream, options),
      },
      deleteMany: (keys) => this.#deleteMany(keys),
    };
  }

  async get(key: string, options: GetOptions = {}): Promise<StoredObject | undefined> {
    const found = await this.#find(key, options);
    return found && { ...info(found), bytes: await reach(key, () => found.bytes(), options.signal) };
  }

  async head(key: string, { signal }: CallOptions = {}): Promise<ObjectInfo | undefined> {
    const found = await reach(key, () => this.#bucket.head(key), signal);
    return found ? info(found) : undefined;
  }

  put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<ObjectInfo | undefined> {
    return this.#put(key, bytes, options);
  }

  async *list(prefix: string, { signal }: CallOptions = {}): AsyncIterable<ObjectInfo> {
    let cursor: string | undefined;
    do {
      const next = { prefix, ...(cursor === undefined ? {} : { cursor }) };
      const page = await reach(prefix, () => this.#bucket.list(next), signal);
      yield* page.objects.map(info);
      cursor = page.truncated ? page.cursor : undefined;
    } while (cursor !== undefined);
  }

  delete(key: string): Promise<void> {
    return reach(key, () => this.#bucket.delete(key));
  }

  async #open(key: string, options: GetOptions = {}): Promise<OpenedObject | undefined> {
    const found = await this.#find(key, options);
    if (!found) return undefined;
    const offset = options.range?.offset ?? 0;
    const length = Math.min(options.range?.length ?? found.size, found.size - offset);
    return { ...info(found), range: { offset, length }, body: found.body };
  }

  async #put(
    key: string,
    body: Uint8Array | ReadableStream,
    options: PutOptions = {},
  ): Promise<ObjectInfo | undefined> {
    const stored = await reach(key, () =>
      this.#bucket.put(key, body, {
        ...(options.onlyIf === undefined ? {} : { onlyIf: condition(options.onlyIf) }),
        ...(options.sha256 === undefined ? {} : { sha256: options.sha256 }),
      }),
    );
    return stored ? info(stored) : undefined;
  }

  async #deleteMany(keys: readonly string[]): Promise<void> {
    for (let at = 0; at < keys.length; at += DELETE_BATCH) {
      const batch = keys.slice(at, at + DELETE_BATCH);
      await reach(batch[0] ?? "", () => this.#bucket.delete(batch));
    }
  }

  async #find(key: string, { range, signal }: GetOptions): Promise<R2ObjectBody | undefined> {
    if (!range) return (await reach(key, () => this.#bucket.get(key), signal)) ?? undefined;
    checkStoreRange(range, key);
    try {
      return (await reach(key, () => this.#bucket.get(key, { range: clip(range) }), signal)) ?? undefined;
    } catch (error) {
      // R2 has a number for a range that starts past the end, its simulator none when it starts right at the end
      const size = (await reach(key, () => this.#bucket.head(key), signal))?.size;
      if (size === undefined || range.offset < size) throw error;
      throw rangePastEnd(key, size, error);
    }
  }
}

function condition(onlyIf: NonNullable<PutOptions["onlyIf"]>): R2Conditional {
  return "absent" in onlyIf ? { etagDoesNotMatch: "*" } : { etagMatches: onlyIf.etag };
}

/** R2 clamps a range that ends past the object, but its lengths are 53-bit numbers that must not overflow when added. */
function clip({ offset, length }: ByteRange): R2Range {
  return { offset, length: Math.min(length, Number.MAX_SAFE_INTEGER - offset) };
}

function info(object: R2Object): ObjectInfo {
  const sha256 = object.checksums.sha256;
  return {
    key: object.key,
    size: object.size,
    etag: object.etag,
    uploaded: object.uploaded.getTime(),
    ...(sha256 ? { sha256: new Uint8Array(sha256).toHex() } : {}),
  };
}

/** R2 takes no signal: a call whose caller is gone is left to itself. */
async function reach<T>(key: string, call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await untilAborted(signal, call);
  } catch (cause) {
    throwIfAborted(signal);
    const number = /\((\d{5})\)/.exec(cause instanceof Error ? cause.message : "")?.[1];
    if (number === "10037")
      throw new RepobaseError("hash_mismatch", `the bytes of "${key}" do not have the sha256 given`, { cause });
    throw new RepobaseError("transient", "the bucket did not answer", {
      cause,
      fields: number ? { r2: Number(number) } : {},
    });
  }
}
