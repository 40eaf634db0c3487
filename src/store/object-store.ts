/**
 * The contract of a bucket: small, strict, the same for memory, a directory, R2 and the HTTP API.
 * Keys are relative paths of `/`-joined segments. Every implementation passes tests/store/contract.ts.
 */
import type { ByteRange } from "../bytes/byte-source.ts";

export interface ObjectInfo {
  readonly key: string;
  /** Size in bytes. */
  readonly size: number;
  /** Changes whenever the bytes do; only good for conditions, never a checksum. */
  readonly etag: string;
  /** Hex sha256 of the bytes, where the store keeps it. */
  readonly sha256?: string | undefined;
  /** When the store wrote it, by the store's clock, ms since the epoch. */
  readonly uploaded: number;
}

export interface StoredObject extends ObjectInfo {
  /** The bytes asked for (the range, where one was given). */
  readonly bytes: Uint8Array;
}

/** What every read takes. */
export interface CallOptions {
  /** Once it fires the call ends at once with `interrupted`, and no request begins after that. */
  readonly signal?: AbortSignal | undefined;
}

export interface GetOptions extends CallOptions {
  readonly range?: ByteRange | undefined;
}

export interface PutOptions {
  /** `{ absent: true }`: only when there is no such object. `{ etag }`: only when its etag is this one. */
  readonly onlyIf?: { readonly absent: true } | { readonly etag: string };
  /** Hex sha256 the bytes must have; the store refuses others and keeps what it had. */
  readonly sha256?: string | undefined;
  /**
   * Of an index object, over HTTP: bytes that lie there and are not the ones the current manifest names may be replaced by those
   * it does name. Other stores replace anyway, where `onlyIf` does not forbid it.
   */
  readonly repair?: boolean;
}

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

/** What a store can do beyond the contract. It declares that here; whoever finds nothing does without. */
export interface StoreCapabilities {
  /** Bodies pass through, without being held in memory. */
  readonly streaming?: {
    /** As `get`, but the body may still be on its way. */
    open(key: string, options?: GetOptions): Promise<OpenedObject | undefined>;
    /** As `put`, of bytes that may still be on their way. */
    put(key: string, body: SizedBody, options?: PutOptions): Promise<ObjectInfo | undefined>;
  };
  /** As `delete` of each, in few requests. */
  readonly deleteMany?: (keys: readonly string[]) => Promise<void>;
}

export interface ObjectStore {
  /** Absent: none. A decorator that does not pass them on has none. */
  readonly capabilities?: StoreCapabilities;
  /**
   * undefined: no such object. A range that ends past the end is clamped.
   * @throws RepobaseError `range_not_satisfiable` for a range that starts past the end, `usage` for one that is none
   */
  get(key: string, options?: GetOptions): Promise<StoredObject | undefined>;
  head(key: string, options?: CallOptions): Promise<ObjectInfo | undefined>;
  /**
   * Writes the whole object, atomically: a reader sees the old bytes or the new ones.
   * @returns undefined when `onlyIf` did not hold (nothing was written).
   * @throws RepobaseError `hash_mismatch` when the bytes do not have `sha256` (nothing was written)
   */
  put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<ObjectInfo | undefined>;
  /** Everything whose key starts with `prefix`, in key order. */
  list(prefix: string, options?: CallOptions): AsyncIterable<ObjectInfo>;
  /** Deleting what is not there is no error. */
  delete(key: string): Promise<void>;
}
