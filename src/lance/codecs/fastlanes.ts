/**
 * FastLanes bit-unpacking: 1024 values of T bits, packed to W bits each. There are 1024 / T lanes; word w of lane l is
 * word `lanes * w + l`, and row r of a lane holds bits r * W up to (r + 1) * W of the lane's words, put together.
 */
import { corrupt } from "../corruption.ts";
import { asU16, asU32 } from "../little-endian.ts";

export type WordBits = 8 | 16 | 32 | 64;
export const BLOCK_VALUES = 1024;

/** Where a lane's row goes: rows come in eight groups of eight, and the groups in this order. */
const GROUP_ORDER = [0, 4, 2, 6, 1, 5, 3, 7];
const firstIndex = (row: number) => (GROUP_ORDER[row >> 3] as number) * 16 + (row & 7) * 128;

/** Bytes that 1024 values of `width` bits take. */
export const packedBytes = (width: number) => (BLOCK_VALUES / 8) * width;

/** Narrow words, T bits each; for T = 64 twice as many 32-bit halves, low half first. */
export type Words = Uint8Array | Uint16Array | Uint32Array;

/** An array for one block of 1024 values. */
export function makeBlock(bits: WordBits): Words {
  return bits === 8
    ? new Uint8Array(BLOCK_VALUES)
    : bits === 16
      ? new Uint16Array(BLOCK_VALUES)
      : new Uint32Array((BLOCK_VALUES * bits) / 32);
}

/**
 * Decodes one block into `out`, an array from `makeBlock(bits)`.
 * @param packed at least `packedBytes(width)` bytes
 * @throws RepobaseError `corrupt_index`
 */
export function unpackBlock(block: { bits: WordBits; width: number; packed: Uint8Array; out: Words }): void {
  const { bits, width, packed, out } = block;
  if (width > bits || packed.length < packedBytes(width)) throw corrupt("a bit-packed block has a bad width or length");
  if (width === 0) out.fill(0);
  else if (bits === 64) unpack64({ width, words: asU32(packed), out });
  else unpackNarrow({ bits, width, words: bits === 8 ? packed : bits === 16 ? asU16(packed) : asU32(packed), out });
}

function unpackNarrow({ bits, width, words, out }: { bits: number; width: number; words: Words; out: Words }): void {
  const lanes = BLOCK_VALUES / bits;
  const mask = width === 32 ? -1 : (1 << width) - 1;
  for (let row = 0; row < bits; row++) {
    const shift = (row * width) % bits;
    const low = lanes * Math.floor((row * width) / bits);
    const first = firstIndex(row);
    if (shift + width <= bits)
      for (let lane = 0; lane < lanes; lane++) out[first + lane] = ((words[low + lane] as number) >>> shift) & mask;
    else
      for (let lane = 0; lane < lanes; lane++)
        out[first + lane] =
          (((words[low + lane] as number) >>> shift) | ((words[low + lanes + lane] as number) << (bits - shift))) &
          mask;
  }
}

function unpack64({ width, words, out }: { width: number; words: Uint32Array; out: Words }): void {
  const lanes = BLOCK_VALUES / 64;
  /** 32 bits of a lane from bit `from` on; bits past the lane's last word are 0. */
  const read = (lane: number, from: number): number => {
    const half = from >>> 5;
    const at = (k: number) => words[2 * (lanes * (k >> 1) + lane) + (k & 1)] ?? 0;
    const shift = from & 31;
    return shift === 0 ? at(half) : (at(half) >>> shift) | (at(half + 1) << (32 - shift));
  };
  const maskOf = (n: number) => (n >= 32 ? -1 : (1 << n) - 1);
  const lowMask = maskOf(width);
  const highMask = width > 32 ? maskOf(width - 32) : 0;
  for (let row = 0; row < 64; row++) {
    const first = firstIndex(row);
    for (let lane = 0; lane < lanes; lane++) {
      out[2 * (first + lane)] = read(lane, row * width) & lowMask;
      out[2 * (first + lane) + 1] = highMask === 0 ? 0 : read(lane, row * width + 32) & highMask;
    }
  }
}
