/** Every width of every word size against a packer of the test's own, written from the layout's description. */
import { describe, expect, test } from "bun:test";
import {
  BLOCK_VALUES,
  makeBlock,
  packedBytes,
  unpackBlock,
  type WordBits,
} from "../../../src/lance/codecs/fastlanes.ts";

const GROUPS = [0, 4, 2, 6, 1, 5, 3, 7];

/** Value at a row of a lane is the one at this place; its bits follow those of the row before, in words `lanes` apart. */
const placeOf = (row: number, lane: number) => (GROUPS[row >> 3] ?? 0) * 16 + (row & 7) * 128 + lane;

function pack(values: readonly bigint[], bits: number, width: number): Uint8Array {
  const packed = new Uint8Array(packedBytes(width));
  const lanes = BLOCK_VALUES / bits;
  for (let lane = 0; lane < lanes; lane++)
    for (let row = 0; row < bits; row++)
      for (let bit = 0; bit < width; bit++) {
        const at = row * width + bit;
        const place = (lanes * Math.floor(at / bits) + lane) * bits + (at % bits);
        const value = ((values[placeOf(row, lane)] ?? 0n) >> BigInt(bit)) & 1n;
        packed[place >> 3] = (packed[place >> 3] ?? 0) | (Number(value) << (place & 7));
      }
  return packed;
}

function unpacked(bits: WordBits, width: number, packed: Uint8Array): bigint[] {
  const out = makeBlock(bits);
  unpackBlock({ bits, width, packed, out });
  if (bits !== 64) return Array.from(out, BigInt);
  return Array.from({ length: BLOCK_VALUES }, (_, n) => (BigInt(out[2 * n + 1] ?? 0) << 32n) | BigInt(out[2 * n] ?? 0));
}

test("one bit wide, by hand: bit r of byte l is row r of lane l", () => {
  const packed = new Uint8Array(128);
  packed[0] = 0b11;
  packed[5] = 0b1000_0000;
  const ones = unpacked(8, 1, packed).flatMap((value, at) => (value === 1n ? [at] : []));
  expect(ones).toEqual([0, 128, 7 * 128 + 5]);
});

describe.each([8, 16, 32, 64] as const)("words of %d bits", (bits) => {
  test("every width", () => {
    for (let width = 0; width <= bits; width++) {
      const mask = (1n << BigInt(width)) - 1n;
      const values = Array.from({ length: BLOCK_VALUES }, (_, n) => (BigInt(n) * 0x9e3779b97f4a7c15n) & mask);
      expect(unpacked(bits, width, pack(values, bits, width))).toEqual(values);
    }
  });

  test("refused: a width above the word's, too few bytes", () => {
    const refused = expect.objectContaining({ code: "corrupt_index" });
    expect(() => unpacked(bits, bits + 1, new Uint8Array(16_384))).toThrow(refused);
    expect(() => unpacked(bits, 3, new Uint8Array(packedBytes(3) - 1))).toThrow(refused);
  });
});
