/**
 * The smallest contract for random access to immutable bytes: a local file, an R2 object, an HTTP range.
 * Everything that reads an index reads through it, so that local search, `serve` and the Worker run the same code.
 * Sharing, caching, coalescing and counting are decorators in this folder, never part of a source.
 */

/** A span of bytes: `length` bytes from `offset`, both counted in bytes from the start of the object. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

export interface ByteSource {
  /** Names the object in errors and caches. Two sources with the same key hold the same bytes. */
  readonly key: string;
  /** Total size in bytes. May cost a request the first time when the maker did not know it. */
  size(signal?: AbortSignal): Promise<number>;
  /**
   * Exactly the bytes of each range, in the order asked.
   * @throws RepobaseError `not_found` when the object does not exist, `corrupt_index` when a range ends past the object
   *   (a shorter object than its manifest says). Errors of the medium pass through. May be called again after any error. `interrupted` at once when the signal fires: no request
   *   begins after that, and reads of other callers go on.
   */
  read(ranges: readonly ByteRange[], signal?: AbortSignal): Promise<Uint8Array[]>;
}

/** Opens the files of one directory (a table) by path relative to it. `size`, when known, saves a request. */
export interface ByteDirectory {
  open(path: string, size?: number): ByteSource;
}
