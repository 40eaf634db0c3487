/** The terms of a pack, in order, into buckets and long lists. */
import { ByteOutput } from "../../pack/byte-output.ts";
import { checksumOf } from "../../pack/checksum.ts";
import { BUCKET_BYTES, INLINE_POSTINGS, type RootArrays } from "../../pack/format.ts";
import { putLongPostings, putPostings } from "../../pack/postings.ts";
import { putBucketTerm } from "../../pack/term-lists.ts";
import type { TermPostings } from "./term-runs.ts";

export type TermArrays = Pick<
  RootArrays,
  "bucketFirst" | "bucketOffsets" | "longLow" | "longHigh" | "longPostings" | "longOffsets"
>;

/**
 * @param terms by ascending hash
 * @param writeLong takes the long lists as they are made
 * @returns the buckets, which are few bytes, and what the root says of both
 */
export function writeTerms(
  terms: Iterable<TermPostings>,
  writeLong: (bytes: Uint8Array) => void,
): { buckets: Uint8Array; arrays: TermArrays } {
  const buckets = new BucketWriter();
  const long = { low: [] as number[], high: [] as number[], postings: [] as number[], offsets: [0] };
  const list = new ByteOutput();
  const scratch = { heads: new ByteOutput(), blocks: new ByteOutput() };
  let written = 0;
  for (const term of terms) {
    const { low, high, postings, from, to } = term;
    if (to - from <= INLINE_POSTINGS) {
      buckets.add(term);
      continue;
    }
    list.clear();
    putLongPostings(list, postings, { from, to, ...scratch });
    list.u32(checksumOf(list.view(), "long", long.low.length));
    writeLong(list.view());
    written += list.length;
    long.low.push(low);
    long.high.push(high);
    long.postings.push(to - from);
    long.offsets.push(written);
  }
  const done = buckets.finish();
  return {
    buckets: done.bytes,
    arrays: {
      bucketFirst: Uint32Array.from(done.first),
      bucketOffsets: Uint32Array.from(done.offsets),
      longLow: Uint32Array.from(long.low),
      longHigh: Uint16Array.from(long.high),
      longPostings: Uint32Array.from(long.postings),
      longOffsets: Uint32Array.from(long.offsets),
    },
  };
}

class BucketWriter {
  readonly #out = new ByteOutput();
  readonly #bucket = new ByteOutput(2 * BUCKET_BYTES);
  readonly #encoded = new ByteOutput();
  readonly #first: number[] = [];
  readonly #offsets = [0];
  /** Low half of the hash of the last term of the bucket at hand. */
  #before = 0;

  add({ low, high, postings, from, to }: TermPostings): void {
    // terms with one low half stay together
    if (this.#bucket.length >= BUCKET_BYTES && low !== this.#before) this.#close();
    if (this.#bucket.length === 0) {
      this.#first.push(low);
      this.#before = 0;
    }
    this.#encoded.clear();
    putPostings(this.#encoded, postings, { from, to, after: 0 });
    putBucketTerm(this.#bucket, { low, high, postings: to - from, bytes: this.#encoded.view() }, this.#before);
    this.#before = low;
  }

  #close(): void {
    this.#bucket.u32(checksumOf(this.#bucket.view(), "buckets", this.#first.length - 1));
    this.#out.push(this.#bucket.view());
    this.#offsets.push(this.#out.length);
    this.#bucket.clear();
  }

  finish(): { bytes: Uint8Array; first: readonly number[]; offsets: readonly number[] } {
    if (this.#bucket.length > 0) this.#close();
    return { bytes: this.#out.take(), first: this.#first, offsets: this.#offsets };
  }
}
