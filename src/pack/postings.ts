/**
 * PackPostings of one term: the documents that have it, how often, and what it is to the name of the document's definition. One byte a
 * posting more often than not: `varint (documents since the last one << 2 | named << 1 | once)`, then the count unless it is once,
 * then, if named, `words of the name << 3 | how often the term is one of them`.
 */
import { ByteCursor } from "./byte-cursor.ts";
import type { ByteOutput } from "./byte-output.ts";
import { corruptPack } from "./corrupt-pack.ts";
import { BLOCK_POSTINGS } from "./format.ts";

/** In order of documents. Arrays of one length. */
export interface PackPostings {
  readonly docs: Uint32Array;
  readonly counts: Uint16Array;
  /** 0: the term is no word of the definition's own name; else as stored. */
  readonly names: Uint8Array;
}

/** More are counted as this many. */
export const MAX_NAME_WORDS = 31;
export const MAX_NAME_TIMES = 7;

/** @param words of the name; @param times the term is one of them, at least 1 */
export const nameByte = (words: number, times: number): number =>
  (Math.min(MAX_NAME_WORDS, words) << 3) | Math.min(MAX_NAME_TIMES, times);
export const nameWordsOf = (name: number): number => name >> 3;
export const nameTimesOf = (name: number): number => name & 7;

/** @param after the document before the first of them, plus 1; 0: none */
export function putPostings(
  out: ByteOutput,
  { docs, counts, names }: PackPostings,
  { from, to, after }: { from: number; to: number; after: number },
): void {
  let next = after;
  for (let i = from; i < to; i++) {
    const doc = docs[i] as number;
    const count = counts[i] as number;
    const name = names[i] as number;
    out.varint((doc - next) * 4 + (name > 0 ? 2 : 0) + (count === 1 ? 1 : 0));
    if (count !== 1) out.varint(count);
    if (name > 0) out.varint(name);
    next = doc + 1;
  }
}

export const noPostings = (count: number): PackPostings => ({
  docs: new Uint32Array(count),
  counts: new Uint16Array(count),
  names: new Uint8Array(count),
});

/**
 * `count` postings from the cursor on.
 * @param rows documents of the pack: none is higher
 * @throws RepobaseError `corrupt_index`
 */
export function readPostings(cursor: ByteCursor, count: number, rows: number): PackPostings {
  // each takes a byte at least, so no claimed number makes more than was read
  if (count > cursor.end - cursor.at || count > rows) throw corruptPack("more postings than bytes");
  const out = noPostings(count);
  readInto(cursor, out, { from: 0, to: count, after: 0 });
  checkDocs(out, rows);
  return out;
}

/** The same into the beginning of arrays that are there, of a file that this process wrote itself. */
export function readPostingsInto(cursor: ByteCursor, out: PackPostings, count: number): void {
  readInto(cursor, out, { from: 0, to: count, after: 0 });
}

/**
 * A long list: `varint bytes of heads, heads {documents since the block before, bytes of the block}, blocks`.
 * @throws RepobaseError `corrupt_index`
 */
export function readLongPostings(bytes: Uint8Array, count: number, rows: number): PackPostings {
  if (count > bytes.length || count > rows) throw corruptPack("more postings than bytes");
  const out = noPostings(count);
  const cursor = new ByteCursor(bytes);
  const headBytes = cursor.varint();
  const heads = new ByteCursor(bytes, cursor.at, cursor.at + headBytes);
  cursor.at = heads.end;
  let after = 0;
  for (let from = 0; from < count; from += BLOCK_POSTINGS) {
    const to = Math.min(count, from + BLOCK_POSTINGS);
    after += heads.varint();
    const end = cursor.at + heads.varint();
    readInto(cursor, out, { from, to, after });
    if (cursor.at !== end) throw corruptPack("a block of postings has another length");
    after = (out.docs[to - 1] as number) + 1;
  }
  if (!heads.done || !cursor.done) throw corruptPack("a list of postings goes on after its end");
  checkDocs(out, rows);
  return out;
}

/** Those of `postings[from, to)`. @param of.heads, of.blocks are overwritten */
export function putLongPostings(
  out: ByteOutput,
  postings: PackPostings,
  of: { from: number; to: number; heads: ByteOutput; blocks: ByteOutput },
): void {
  const { heads, blocks } = of;
  heads.clear();
  blocks.clear();
  let after = 0;
  for (let from = of.from; from < of.to; from += BLOCK_POSTINGS) {
    const to = Math.min(of.to, from + BLOCK_POSTINGS);
    const start = blocks.length;
    const first = postings.docs[from] as number;
    putPostings(blocks, postings, { from, to, after: first });
    heads.varint(first - after);
    heads.varint(blocks.length - start);
    after = (postings.docs[to - 1] as number) + 1;
  }
  out.varint(heads.length);
  out.push(heads.view());
  out.push(blocks.view());
}

/** The hot loop of a keyword search. What lies outside the bytes reads as undefined, hence 0, and is found at the end. */
function readInto(
  cursor: ByteCursor,
  { docs, counts, names }: PackPostings,
  { from, to, after }: { from: number; to: number; after: number },
): void {
  const { bytes } = cursor;
  let at = cursor.at;
  let doc = after;
  for (let i = from; i < to; i++) {
    let byte = bytes[at++] as number;
    let value = byte & 127;
    for (let shift = 7; byte > 127 && shift < 35; shift += 7) {
      byte = bytes[at++] as number;
      value += (byte & 127) * 2 ** shift;
    }
    doc += value < 2 ** 31 ? value >> 2 : Math.floor(value / 4);
    docs[i] = doc++;
    if ((value & 1) === 1) counts[i] = 1;
    else {
      byte = bytes[at++] as number;
      let count = byte & 127;
      for (let shift = 7; byte > 127 && shift < 21; shift += 7) {
        byte = bytes[at++] as number;
        count |= (byte & 127) << shift;
      }
      counts[i] = count;
    }
    if ((value & 2) === 2) {
      byte = bytes[at++] as number;
      let name = byte & 127;
      if (byte > 127) name |= ((bytes[at++] as number) & 127) << 7;
      names[i] = name;
    } else names[i] = 0;
  }
  if (at > cursor.end) throw corruptPack("postings end too early");
  cursor.at = at;
}

/** Documents ascend by how they are made, but for numbers that wrapped. */
function checkDocs({ docs, counts }: PackPostings, rows: number): void {
  let before = -1;
  for (let i = 0; i < docs.length; i++) {
    const doc = docs[i] as number;
    if (doc <= before || doc >= rows || counts[i] === 0) throw corruptPack("postings are not of this pack's rows");
    before = doc;
  }
}
