/**
 * A term as a pack knows it: 48 bits of a hash, in a low half of 32 and a high one of 16. A million terms share one with a
 * probability of .2 %, and a query's term meets a foreign one with 4 in 10^9. The seed differs by table, so nobody can write
 * words beforehand that collide.
 */

export interface TermHash {
  readonly low: number;
  readonly high: number;
}

/** @param term as UTF-8 */
export function hashTerm(term: Uint8Array, seed: number): TermHash {
  const hash = { low: 0, high: 0 };
  hashRange(term, { from: 0, to: term.length, seed }, hash);
  return hash;
}

/** The hash of `bytes[from, to)` into `hash`, which is made once: the terms of a large repository are tens of millions. */
export function hashRange(
  bytes: Uint8Array,
  { from, to, seed }: { from: number; to: number; seed: number },
  hash: { low: number; high: number },
): void {
  let a = (0x811c9dc5 ^ seed) | 0;
  let b = (0x9e3779b9 + Math.imul(seed, 0x85ebca6b)) | 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x5bd1e995);
    b ^= b >>> 15;
  }
  hash.low = mix(a ^ Math.imul(b, 0x27d4eb2f));
  hash.high = mix(b ^ (to - from)) >>> 16;
}

/** MurmurHash3's finalizer: every bit of the result depends on every bit given. */
function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Ascending: by the low half, then by the high one. */
export const compareHashes = (a: TermHash, b: TermHash): number => a.low - b.low || a.high - b.high;
