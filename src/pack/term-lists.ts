/**
 * Where a term's postings lie: a long list of its own, or a bucket it shares. Of each term in a bucket `varint low half of its hash
 * since the one before, u16 high half, varint postings, varint bytes, postings`, by ascending hash.
 */
import { ByteCursor } from "./byte-cursor.ts";
import type { ByteOutput } from "./byte-output.ts";
import { corruptPack } from "./corrupt-pack.ts";
import type { RootArrays } from "./format.ts";
import { type PackPostings, readPostings } from "./postings.ts";
import type { TermHash } from "./term-hash.ts";

export type TermPlace =
  | { readonly part: "long"; readonly index: number; readonly postings: number }
  | { readonly part: "buckets"; readonly index: number };

/** undefined: the pack has no terms at all that could be this one. */
export function placeOfTerm({ low, high }: TermHash, arrays: RootArrays): TermPlace | undefined {
  const { longLow, longHigh, longPostings, bucketFirst } = arrays;
  for (let at = firstNotBelow(longLow, low); longLow[at] === low; at++)
    if (longHigh[at] === high) return { part: "long", index: at, postings: longPostings[at] as number };
  const after = firstNotBelow(bucketFirst, low + 1);
  return after === 0 ? undefined : { part: "buckets", index: after - 1 };
}

function firstNotBelow(numbers: Uint32Array, wanted: number): number {
  let [from, to] = [0, numbers.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((numbers[middle] as number) < wanted) from = middle + 1;
    else to = middle;
  }
  return from;
}

export interface BucketTerm extends TermHash {
  readonly postings: number;
  /** Encoded postings. */
  readonly bytes: Uint8Array;
}

/** A bucket's terms, one after the other, by ascending hash. @throws RepobaseError `corrupt_index` */
export function* termsOfBucket(bucket: Uint8Array): Generator<BucketTerm> {
  const cursor = new ByteCursor(bucket);
  let low = 0;
  while (!cursor.done) {
    low += cursor.varint();
    if (low >= 2 ** 32) throw corruptPack("a bucket's terms are not in order");
    const high = cursor.u16();
    const postings = cursor.varint();
    yield { low, high, postings, bytes: cursor.take(cursor.varint()) };
  }
}

/** @param before low half of the hash of the term before in this bucket; 0 for the first */
export function putBucketTerm(out: ByteOutput, { low, high, postings, bytes }: BucketTerm, before: number): void {
  out.varint(low - before);
  out.u16(high);
  out.varint(postings);
  out.varint(bytes.length);
  out.push(bytes);
}

/** undefined: the bucket does not have the term. @param rows documents of the pack */
export function findInBucket(bucket: Uint8Array, { low, high }: TermHash, rows: number): PackPostings | undefined {
  for (const term of termsOfBucket(bucket)) {
    if (term.low < low || (term.low === low && term.high < high)) continue;
    if (term.low !== low || term.high !== high) return undefined;
    const cursor = new ByteCursor(term.bytes);
    const postings = readPostings(cursor, term.postings, rows);
    if (!cursor.done) throw corruptPack("postings go on after their end");
    return postings;
  }
  return undefined;
}
