/**
 * A posting list of Lance's full-text index, format 2: one binary per block of 128 documents. A block starts with its
 * f32 best score, which only serves pruning.
 *
 * Full block: `u32 first document, u8 w, 16 w bytes` of deltas (the first is 0), `u8 w, 16 w bytes` of frequencies.
 * Last block of n < 128: n varint deltas (the first absolute), n varint frequencies.
 * Packing is BitPacker4x's: value i is in lane i % 4, word k of lane j is u32 number 4 k + j, lowest bits first.
 */
import { corrupt } from "./corruption.ts";
import { cut, viewOf } from "./little-endian.ts";

const BLOCK_DOCUMENTS = 128;
const SCORE_BYTES = 4;

export interface PostingList {
  /** Document numbers, ascending. */
  readonly documents: Uint32Array;
  /** How often the term is in each. */
  readonly frequencies: Uint32Array;
}

/** @throws RepobaseError `corrupt_index` unless the blocks hold `length` ascending documents below `documentCount` */
export function decodePostings(
  blocks: readonly Uint8Array[],
  of: { length: number; documentCount: number },
): PostingList {
  const { length } = of;
  if (length > of.documentCount || blocks.length !== Math.ceil(length / BLOCK_DOCUMENTS))
    throw corrupt("a posting list has a wrong length");
  const documents = new Uint32Array(length);
  const frequencies = new Uint32Array(length);
  blocks.forEach((block, b) => {
    const from = b * BLOCK_DOCUMENTS;
    const to = Math.min(from + BLOCK_DOCUMENTS, length);
    const slots = { documents: documents.subarray(from, to), frequencies: frequencies.subarray(from, to) };
    if (to - from === BLOCK_DOCUMENTS) decodeFullBlock(block, slots);
    else decodeLastBlock(block, slots);
  });
  let previous = -1;
  for (const document of documents) {
    if (document <= previous || document >= of.documentCount)
      throw corrupt("a posting list is out of order or out of range");
    previous = document;
  }
  return { documents, frequencies };
}

function decodeFullBlock(block: Uint8Array, { documents, frequencies }: PostingList): void {
  const view = viewOf(block);
  const deltaBytes = unpackLanes(block, { at: SCORE_BYTES + 4, out: documents });
  unpackLanes(block, { at: SCORE_BYTES + 4 + deltaBytes, out: frequencies });
  let document = view.getUint32(SCORE_BYTES, true);
  for (let i = 0; i < BLOCK_DOCUMENTS; i++) {
    document += documents[i] as number;
    documents[i] = document;
  }
}

/** Reads `u8 width` and 128 values of it at `at`. @returns bytes read */
function unpackLanes(block: Uint8Array, { at, out }: { at: number; out: Uint32Array }): number {
  const width = cut(block, at, 1)[0] as number;
  if (width > 32) throw corrupt("a posting block has a bad width");
  const view = viewOf(cut(block, at + 1, 16 * width));
  const mask = width === 32 ? -1 : (1 << width) - 1;
  if (width === 0) out.fill(0);
  else
    for (let row = 0; row < 32; row++) {
      const bit = row * width;
      const word = 16 * (bit >> 5);
      const shift = bit & 31;
      for (let lane = 0; lane < 4; lane++) {
        let value = view.getUint32(word + 4 * lane, true) >>> shift;
        if (shift + width > 32) value |= view.getUint32(word + 16 + 4 * lane, true) << (32 - shift);
        out[4 * row + lane] = value & mask;
      }
    }
  return 1 + 16 * width;
}

function decodeLastBlock(block: Uint8Array, { documents, frequencies }: PostingList): void {
  let at = SCORE_BYTES;
  const readVarint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = block[at++];
      if (byte === undefined) throw corrupt("a posting block ends too early");
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
    throw corrupt("a posting block has a number that does not end");
  };
  let document = 0;
  for (let i = 0; i < documents.length; i++) {
    document += readVarint();
    documents[i] = document;
  }
  for (let i = 0; i < frequencies.length; i++) frequencies[i] = readVarint();
}
