/**
 * Miniblock pages: small values in chunks of a few KiB that are decoded whole. Buffers: 0 the chunk table, 1 the chunks,
 * then the dictionary if there is one, then the repetition index if the column is a list.
 *
 * Chunk table: a word per chunk (u32 when chunks are large, else u16): low 4 bits = log2 of its values, the rest = its
 * bytes / 8 - 1. The last chunk has the values that are left.
 * Chunk: `u16 levels; u16 repetition bytes and u16 definition bytes where the page has them; u32 (large) or u16 bytes of
 * each value buffer`, then these buffers, everything padded to 8 bytes.
 */
import type { ByteRange } from "../../bytes/byte-source.ts";
import { decodeBlock, decodeLevels } from "../blocks.ts";
import { decodeBinaryChunk, decodeFixedChunk } from "../chunks.ts";
import { allocate, pickRows } from "../column-data.ts";
import type { ColumnData } from "../column-data.ts";
import { corrupt, unsupported } from "../corruption.ts";
import { isBinary, parseEncoding } from "../encoding.ts";
import type { Encoding, FixedEncoding } from "../encoding.ts";
import { asU16, asU32, cut, viewOf } from "../little-endian.ts";
import type { Message } from "../protobuf.ts";
import { bufferOf, flatLayers, part } from "./page.ts";
import type { Page, PageInfo } from "./page.ts";

export interface MiniblockLayout {
  readonly repetition?: FixedEncoding;
  readonly definition?: FixedEncoding;
  readonly values: Encoding;
  readonly dictionary?: { readonly encoding: Encoding; readonly items: number };
  readonly layers: readonly number[];
  readonly valueBuffers: number;
  readonly repetitionDepth: number;
  readonly items: number;
  readonly largeChunks: boolean;
}

export function parseMiniblockLayout(message: Message): MiniblockLayout {
  const levels = (field: number): FixedEncoding | undefined => {
    if (!message.has(field)) return undefined;
    const encoding = parseEncoding(message.message(field));
    if (isBinary(encoding)) throw unsupported("levels of variable width");
    return encoding;
  };
  const repetition = levels(1);
  const definition = levels(2);
  return {
    ...(repetition && { repetition }),
    ...(definition && { definition }),
    values: parseEncoding(message.message(3)),
    ...(message.has(4) && { dictionary: { encoding: parseEncoding(message.message(4)), items: message.number(5) } }),
    layers: message.numbers(6),
    valueBuffers: message.number(7),
    repetitionDepth: message.number(8),
    items: message.number(9),
    largeChunks: message.number(10) === 1,
  };
}

/** Where the chunks lie in buffer 1, and which items they hold: chunk c has items `firstItem[c]` up to `firstItem[c + 1]`. */
export interface ChunkTable {
  readonly chunks: number;
  readonly offsets: Float64Array;
  readonly firstItem: Float64Array;
}

export function decodeChunkTable(
  layout: MiniblockLayout,
  { bytes, chunkBytes }: { bytes: Uint8Array; chunkBytes: number },
): ChunkTable {
  const words = layout.largeChunks ? asU32(bytes) : asU16(bytes);
  const chunks = words.length;
  const offsets = new Float64Array(chunks + 1);
  const firstItem = new Float64Array(chunks + 1);
  for (let c = 0; c < chunks; c++) {
    const word = words[c] as number;
    offsets[c + 1] = (offsets[c] as number) + ((word >>> 4) + 1) * 8;
    firstItem[c + 1] = c === chunks - 1 ? layout.items : (firstItem[c] as number) + 2 ** (word & 15);
  }
  if ((offsets[chunks] as number) > chunkBytes) throw corrupt("a page's chunks are longer than their buffer");
  const before = chunks === 0 ? 0 : (firstItem[chunks - 1] as number);
  if (before > layout.items || (chunks === 0 && layout.items > 0))
    throw corrupt("a page's chunks do not hold its items");
  return { chunks, offsets, firstItem };
}

export function chunkRange(table: ChunkTable, of: { chunks: ByteRange; from: number; to: number }): ByteRange {
  const start = table.offsets[of.from] as number;
  return { offset: of.chunks.offset + start, length: (table.offsets[of.to] as number) - start };
}

/** The last chunk whose first item is at or before `item`. */
function chunkOf(table: ChunkTable, item: number): number {
  let low = 0;
  let high = table.chunks - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((table.firstItem[middle] as number) <= item) low = middle;
    else high = middle - 1;
  }
  return low;
}

export interface ChunkParts {
  readonly repetition?: Uint16Array;
  readonly definition?: Uint16Array;
  readonly buffers: readonly Uint8Array[];
}

export function splitChunk(layout: MiniblockLayout, bytes: Uint8Array): ChunkParts {
  const view = viewOf(bytes);
  const levels = view.getUint16(0, true);
  let at = 2;
  const readSize = (wide: boolean): number => {
    at += wide ? 4 : 2;
    return wide ? view.getUint32(at - 4, true) : view.getUint16(at - 2, true);
  };
  const repetitionBytes = layout.repetition ? readSize(false) : 0;
  const definitionBytes = layout.definition ? readSize(false) : 0;
  const sizes: number[] = [];
  for (let b = 0; b < layout.valueBuffers; b++) sizes.push(readSize(layout.largeChunks));
  const next = (size: number): Uint8Array => {
    const from = Math.ceil(at / 8) * 8;
    at = from + size;
    return cut(bytes, from, size);
  };
  const repetition = layout.repetition && decodeLevels(layout.repetition, next(repetitionBytes), levels);
  const definition = layout.definition && decodeLevels(layout.definition, next(definitionBytes), levels);
  return { ...(repetition && { repetition }), ...(definition && { definition }), buffers: sizes.map(next) };
}

/** The items of some chunks, one chunk after the other. `chunkItems`: how many items each has. */
export function decodeChunks(
  layout: MiniblockLayout,
  of: { chunks: readonly ChunkParts[]; chunkItems: readonly number[]; dictionary?: ColumnData | undefined },
): ColumnData {
  const rows = of.chunkItems.reduce((sum, n) => sum + n, 0);
  const values = decodeValues(layout.values, { ...of, rows });
  if (of.dictionary === undefined) return values;
  return lookUp(of.dictionary, values);
}

function decodeValues(
  encoding: Encoding,
  of: { chunks: readonly ChunkParts[]; chunkItems: readonly number[]; rows: number },
): ColumnData {
  const { chunks, chunkItems, rows } = of;
  if (isBinary(encoding)) {
    const items: Uint8Array[] = [];
    chunks.forEach(({ buffers }, c) =>
      decodeBinaryChunk(encoding, part(buffers, 0), { n: chunkItems[c] as number, items }),
    );
    return { kind: "binary", rows, items };
  }
  const { width } = encoding;
  const data = allocate(rows, width);
  let at = 0;
  chunks.forEach(({ buffers }, c) => {
    const n = chunkItems[c] as number;
    decodeFixedChunk(encoding, buffers, { n, out: data, at });
    at += n * width;
  });
  return { kind: "fixed", rows, width, data };
}

/** Replaces indices by the dictionary's items. */
function lookUp(dictionary: ColumnData, indices: ColumnData): ColumnData {
  if (indices.kind !== "fixed") throw unsupported("dictionary indices of variable width");
  const { data, width, rows } = indices;
  const view = viewOf(data);
  const positions = new Uint32Array(rows);
  for (let i = 0; i < rows; i++) {
    const at = i * width;
    // A u64 index fits its low half; the check below finds those that do not.
    const index =
      width === 1 ? (data[at] as number) : width === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
    if (index >= dictionary.rows) throw corrupt("a dictionary index is out of range");
    positions[i] = index;
  }
  return pickRows(dictionary, positions);
}

export function decodeDictionary(layout: MiniblockLayout, bytes: Uint8Array): ColumnData {
  const { encoding, items } = layout.dictionary as NonNullable<MiniblockLayout["dictionary"]>;
  // Even an empty string has an offset, and offsets compress only so far.
  if (items > Math.max(1024, bytes.length * 1024)) throw corrupt("a dictionary claims too many items");
  return decodeBlock(encoding, bytes, items);
}

/** The chunks that hold these rows, ascending, and of each row its place among the items of those chunks. */
function chunksOfRows(table: ChunkTable, rows: readonly number[]): { numbers: number[]; positions: number[] } {
  const numbers: number[] = [];
  const positions: number[] = [];
  let shift = 0;
  for (const row of rows) {
    const chunk = chunkOf(table, row);
    const last = numbers.at(-1);
    if (chunk !== last) {
      if (last !== undefined) shift += (table.firstItem[last + 1] as number) - (table.firstItem[last] as number);
      numbers.push(chunk);
    }
    positions.push(shift + row - (table.firstItem[chunk] as number));
  }
  return { numbers, positions };
}

/** Which items are null: those with a definition level. */
function nullsOf(parts: readonly ChunkParts[], chunkItems: readonly number[], rows: number): Uint8Array {
  const nulls = new Uint8Array(rows);
  let at = 0;
  parts.forEach(({ definition }, p) => {
    const n = chunkItems[p] as number;
    if (definition?.length !== n) throw corrupt("a chunk has a wrong number of levels");
    for (let i = 0; i < n; i++) nulls[at++] = definition[i] === 0 ? 0 : 1;
  });
  return nulls;
}

/** What is read before the chunks. */
interface PageIndex {
  readonly table: ChunkTable;
  readonly dictionary: ColumnData | undefined;
}

/** @param chunks.bytes one per chunk number */
function decodeSome(
  layout: MiniblockLayout,
  { table: { firstItem }, dictionary }: PageIndex,
  chunks: { numbers: readonly number[]; bytes: readonly Uint8Array[] },
): ColumnData {
  const chunkItems = chunks.numbers.map((c) => (firstItem[c + 1] as number) - (firstItem[c] as number));
  const parts = chunks.bytes.map((bytes) => splitChunk(layout, bytes));
  const column = decodeChunks(layout, { chunks: parts, chunkItems, dictionary });
  if (!layout.definition) return column;
  return { ...column, nulls: nullsOf(parts, chunkItems, column.rows) };
}

export function openMiniblockPage(info: PageInfo, message: Message): Page {
  const layout = parseMiniblockLayout(message);
  const { nullable } = flatLayers(layout.layers);
  if (layout.repetition || layout.repetitionDepth > 0) throw unsupported("a flat column with repetition");
  if (nullable !== (layout.definition !== undefined)) throw unsupported("a page's levels do not fit its layers");
  if (layout.items !== info.rows) throw corrupt(`a page of ${info.rows} rows has ${layout.items} items`);
  const chunkBuffer = bufferOf(info, 1);
  const indexRanges = [bufferOf(info, 0), ...(layout.dictionary ? [bufferOf(info, 2)] : [])];

  const decodeIndex = (buffers: readonly Uint8Array[]): PageIndex => ({
    table: decodeChunkTable(layout, { bytes: part(buffers, 0), chunkBytes: chunkBuffer.length }),
    dictionary: layout.dictionary && decodeDictionary(layout, part(buffers, 1)),
  });

  return {
    rows: info.rows,
    scan: () => ({
      ranges: [...indexRanges, chunkBuffer],
      decode(buffers) {
        const index = decodeIndex(buffers);
        const data = part(buffers, indexRanges.length);
        const { chunks, offsets } = index.table;
        const numbers = Array.from({ length: chunks }, (_, c) => c);
        const bytes = numbers.map((c) => data.subarray(offsets[c] as number, offsets[c + 1] as number));
        return decodeSome(layout, index, { numbers, bytes });
      },
    }),
    locate: () => ({
      ranges: indexRanges,
      complete: true,
      decode(buffers) {
        const index = decodeIndex(buffers);
        const { table } = index;
        return {
          take(rows) {
            const { numbers, positions } = chunksOfRows(table, rows);
            return {
              ranges: numbers.map((c) => chunkRange(table, { chunks: chunkBuffer, from: c, to: c + 1 })),
              decode: (bytes) => pickRows(decodeSome(layout, index, { numbers, bytes }), positions),
            };
          },
        };
      },
    }),
  };
}
