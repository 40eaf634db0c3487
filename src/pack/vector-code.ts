/**
 * Vectors at 4 bits a component: 16 levels, even steps, as wide as a normal distribution of unit vectors wants them. A factor beside
 * each code makes the product with a query an estimate of the cosine that no error of length distorts. Equal vectors have
 * equal codes wherever they lie, so a row's cosine does not depend on how a table was put together.
 *
 * Byte i of each block of 16 bytes holds component i of the block's 32 in its low half, and component i + 16 in its high one.
 */
import { corruptPack } from "./corrupt-pack.ts";

const BLOCK = 32;
const LEVELS = 16;
/** Of a normal distribution with deviation 1: the even steps of 16 levels that lose least. */
const STEP = 0.335;
const MIDDLE = (LEVELS - 1) / 2;

/** Bytes of a code of `dim` components; a last block that is not full is filled up with level 0, which meets no component. */
export const codeBytes = (dim: number): number => (Math.ceil(dim / BLOCK) * BLOCK) / 2;

/**
 * @param vector any length but 0; @param code where `codeBytes` bytes are written
 * @returns the factor: 1 / <unit vector, levels>; 0 for a vector without length
 */
export function encodeVector(vector: Float32Array, code: Uint8Array): number {
  let squares = 0;
  for (let k = 0; k < vector.length; k++) squares += (vector[k] as number) ** 2;
  code.fill(0);
  if (!(squares > 0) || squares === Infinity) return 0;
  const scale = Math.sqrt(vector.length) / (Math.sqrt(squares) * STEP);
  const unit = 1 / Math.sqrt(squares);
  let dot = 0;
  for (let k = 0; k < vector.length; k++) {
    const x = vector[k] as number;
    const level = Math.max(0, Math.min(LEVELS - 1, Math.round(x * scale + MIDDLE)));
    dot += x * unit * (level - MIDDLE);
    const inBlock = k % BLOCK;
    const at = ((k - inBlock) / BLOCK) * 16 + (inBlock & 15);
    code[at] = (code[at] as number) | (inBlock < 16 ? level : level << 4);
  }
  return dot > 0 ? Math.fround(1 / dot) : 0;
}

/** A query, ready to be compared: what each value of each byte of a code adds. */
export interface CodeQuery {
  readonly width: number;
  /** 256 numbers a byte of the code. */
  readonly table: Float32Array;
}

/** @param query of unit length, so that products are cosines */
export function prepareQuery(query: Float32Array): CodeQuery {
  const width = codeBytes(query.length);
  const table = new Float32Array(width * 256);
  for (let at = 0; at < width; at++) {
    const low = Math.floor(at / 16) * BLOCK + (at & 15);
    const x = query[low] ?? 0;
    const y = query[low + 16] ?? 0;
    for (let high = 0; high < LEVELS; high++) {
      const ofHigh = y * (high - MIDDLE);
      for (let level = 0; level < LEVELS; level++)
        table[at * 256 + high * LEVELS + level] = ofHigh + x * (level - MIDDLE);
    }
  }
  return { width, table };
}

/**
 * The cosine of the query with one row.
 * @param at where the row's code begins in `codes`
 */
export function cosineOf({ width, table }: CodeQuery, codes: Uint8Array, at: number, factor: number): number {
  let sum = 0;
  for (let byte = 0; byte < width; byte += 4) {
    const place = byte * 256;
    sum +=
      (table[place + (codes[at + byte] as number)] as number) +
      (table[place + 256 + (codes[at + byte + 1] as number)] as number) +
      (table[place + 512 + (codes[at + byte + 2] as number)] as number) +
      (table[place + 768 + (codes[at + byte + 3] as number)] as number);
  }
  return sum * factor;
}

/** What a code stands for, of unit length or so: for merging, and for training anew. */
export function decodeVector(code: Uint8Array, factor: number, dim: number): Float32Array {
  if (code.length !== codeBytes(dim)) throw corruptPack("a vector code has another length");
  const out = new Float32Array(dim);
  for (let k = 0; k < dim; k++) {
    const inBlock = k % BLOCK;
    const byte = code[((k - inBlock) / BLOCK) * 16 + (inBlock & 15)] as number;
    out[k] = ((inBlock < 16 ? byte & 15 : byte >> 4) - MIDDLE) * factor;
  }
  return out;
}
