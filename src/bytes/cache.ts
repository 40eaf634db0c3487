/**
 * Keeps ranges that were read before, up to a number of bytes, dropping the least recently used. Objects of an index
 * are immutable, so an entry is never wrong. Only resolved bytes are kept, never promises: a Worker must not await in
 * one request what another request started; two requests that miss at once both read, which is harmless.
 *
 * Put it outside of `coalesced`: what is asked again is the range a reader wanted, not the merge it happened to be in.
 */
import { throwIfAborted } from "../protocol/abort.ts";
import type { ByteDirectory, ByteRange, ByteSource } from "./byte-source.ts";

export class ByteCache {
  /** A Map keeps insertion order, so the first entry is the least recently used. */
  #entries = new Map<string, Uint8Array>();
  #bytes = 0;

  /** @param maxBytes of all entries together; an entry above an eighth of it is not kept, lest one scan empties the cache */
  constructor(readonly maxBytes: number) {}

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): Uint8Array | undefined {
    const bytes = this.#entries.get(key);
    if (bytes === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, bytes);
    return bytes;
  }

  set(key: string, bytes: Uint8Array): void {
    if (bytes.length > this.maxBytes / 8) return;
    this.#bytes += bytes.length - (this.#entries.get(key)?.length ?? 0);
    this.#entries.delete(key);
    // A view would keep the whole merged buffer behind it alive, uncounted.
    this.#entries.set(key, bytes.length < bytes.buffer.byteLength ? bytes.slice() : bytes);
    for (const [oldest, { length }] of this.#entries) {
      if (this.#bytes <= this.maxBytes) break;
      this.#entries.delete(oldest);
      this.#bytes -= length;
    }
  }
}

/** @param onHit told of the ranges that were kept */
export function cached(source: ByteSource, cache: ByteCache, onHit?: (ranges: number) => void): ByteSource {
  const keyOf = ({ offset, length }: ByteRange) => `${source.key}\0${offset}+${length}`;
  return {
    key: source.key,
    size: (signal) => source.size(signal),
    async read(ranges, signal) {
      throwIfAborted(signal);
      const out: (Uint8Array | undefined)[] = ranges.map((range) => cache.get(keyOf(range)));
      const missing = ranges.flatMap((range, i) => (out[i] === undefined ? [{ range, i }] : []));
      if (missing.length < ranges.length) onHit?.(ranges.length - missing.length);
      if (missing.length > 0) {
        const read = await source.read(
          missing.map(({ range }) => range),
          signal,
        );
        missing.forEach(({ range, i }, m) => {
          const bytes = read[m] as Uint8Array;
          out[i] = bytes;
          cache.set(keyOf(range), bytes);
        });
      }
      return out as Uint8Array[];
    },
  };
}

export function cachedDirectory(directory: ByteDirectory, cache: ByteCache): ByteDirectory {
  return { open: (path, size) => cached(directory.open(path, size), cache) };
}
