/**
 * Pages of `list<binary>`: a row is a list of at least one binary, no nulls anywhere. The posting lists of a full-text
 * index are such a column: fullzip when any block has 256 bytes or more, else miniblock, and constant when all blocks are
 * the same, as in an index of one row.
 *
 * Repetition index of a miniblock page: per chunk `u64 rows that end in it, u64 items left over after them`.
 */
import type { ByteRange } from "../../bytes/byte-source.ts";
import { corrupt, unsupported } from "../corruption.ts";
import { isBinary } from "../encoding.ts";
import { asU16, readU64, viewOf } from "../little-endian.ts";
import type { Message } from "../protobuf.ts";
import { decodeScalar } from "./constant.ts";
import { decodeItems, parseFullzipLayout, walkItems } from "./fullzip.ts";
import {
  chunkRange,
  decodeChunkTable,
  decodeChunks,
  decodeDictionary,
  parseMiniblockLayout,
  splitChunk,
} from "./miniblock.ts";
import type { ChunkTable, MiniblockLayout } from "./miniblock.ts";
import { bufferOf, checkListLayers, part } from "./page.ts";
import type { PageInfo, RowPage } from "./page.ts";
import { openRowIndex } from "./row-index.ts";

/** The binaries of each row. */
export type Lists = Uint8Array[][];

export function openFullzipListPage(info: PageInfo, message: Message): RowPage<Lists> {
  const layout = parseFullzipLayout(message);
  checkListLayers(layout.layers);
  const { values } = layout;
  if (layout.repetitionBits !== 1 || layout.definitionBits !== 0 || !isBinary(values))
    throw unsupported("a list column with levels other than one bit of repetition");
  const index = openRowIndex({ items: bufferOf(info, 0), index: bufferOf(info, 1), rows: info.rows });
  return {
    rows: info.rows,
    locate(wanted) {
      const plan = index.locate(wanted);
      return {
        ranges: plan.ranges,
        complete: plan.complete,
        decode(buffers) {
          const rangeOf = plan.decode(buffers);
          return {
            take: (rows) => ({
              ranges: rows.map((row): ByteRange => rangeOf(row)),
              decode(bytes) {
                const walk = walkItems(layout, bytes);
                const items = decodeItems(values, walk.values);
                let at = 0;
                return walk.counts.map((count) => {
                  if (count === 0 || walk.levels.slice(at, at + count).some((level, i) => level !== (i === 0 ? 1 : 0)))
                    throw corrupt("a list does not start where the row index says");
                  at += count;
                  return items.slice(at - count, at);
                });
              },
            }),
          };
        },
      };
    },
  };
}

/** Buffer 0 holds the one value, buffer 1 a raw u16 repetition level per item, buffer 2 no definition levels. */
export function openConstantListPage(info: PageInfo, message: Message): RowPage<Lists> {
  checkListLayers(message.numbers(5));
  if (info.buffers.length !== 3 || message.has(6) || message.has(7) || bufferOf(info, 2).length !== 0)
    throw unsupported("a constant list column with encoded levels");
  return {
    rows: info.rows,
    locate: () => ({
      ranges: [bufferOf(info, 0), bufferOf(info, 1)],
      complete: true,
      decode(buffers) {
        const value = decodeScalar(part(buffers, 0), { kind: "binary" });
        const lists: Lists = [];
        for (const level of asU16(part(buffers, 1))) {
          if (level !== 0) lists.push([]);
          const list = lists.at(-1);
          if (list === undefined) throw corrupt("a list column starts within a list");
          list.push(value);
        }
        if (lists.length !== info.rows) throw corrupt(`a page of ${info.rows} lists has ${lists.length}`);
        return { take: (rows) => ({ ranges: [], decode: () => rows.map((row) => lists[row] as Uint8Array[]) }) };
      },
    }),
  };
}

export function openMiniblockListPage(info: PageInfo, message: Message): RowPage<Lists> {
  const layout = parseMiniblockLayout(message);
  checkListLayers(layout.layers);
  if (!layout.repetition || layout.definition || layout.repetitionDepth !== 1)
    throw unsupported("a list column with levels other than one layer of repetition");
  const chunks = bufferOf(info, 1);
  const ranges = [
    bufferOf(info, 0),
    bufferOf(info, info.buffers.length - 1),
    ...(layout.dictionary ? [bufferOf(info, 2)] : []),
  ];
  return {
    rows: info.rows,
    locate: () => ({
      ranges,
      complete: true,
      decode(buffers) {
        const table = decodeChunkTable(layout, { bytes: part(buffers, 0), chunkBytes: chunks.length });
        const starts = decodeRepetitionIndex(part(buffers, 1), { chunks: table.chunks, rows: info.rows });
        const dictionary = layout.dictionary && decodeDictionary(layout, part(buffers, 2));
        return {
          take(rows) {
            const needed = chunksOfRows(starts, rows);
            return {
              ranges: needed.map((c) => chunkRange(table, { chunks, from: c, to: c + 1 })),
              decode: (bytes) => collectRows({ layout, table, starts, dictionary, needed, bytes, rows }),
            };
          },
        };
      },
    }),
  };
}

/** Row that is under way, or starts, at each chunk's first item; and the number of rows at the end. */
interface RowStarts {
  /** starts[c] = the row of chunk c's first item. */
  readonly first: Float64Array;
  /** Rows that ended before chunk c. */
  readonly ended: Float64Array;
  /** Chunk c's first item goes on with a row of the chunk before. */
  readonly continues: readonly boolean[];
}

function decodeRepetitionIndex(bytes: Uint8Array, of: { chunks: number; rows: number }): RowStarts {
  const view = viewOf(bytes);
  const first = new Float64Array(of.chunks);
  const ended = new Float64Array(of.chunks + 1);
  const continues: boolean[] = [];
  let leftover = 0;
  for (let c = 0; c < of.chunks; c++) {
    first[c] = ended[c] as number;
    continues.push(leftover > 0);
    ended[c + 1] = (ended[c] as number) + readU64(view, 16 * c);
    leftover = readU64(view, 16 * c + 8);
  }
  if (ended[of.chunks] !== of.rows || leftover !== 0) throw corrupt("a repetition index does not add up to its rows");
  return { first, ended, continues };
}

/** Chunks that hold any of these rows, ascending. A row goes from the chunk it starts in to the one it ends in. */
function chunksOfRows({ ended, continues }: RowStarts, rows: readonly number[]): number[] {
  const chunks = new Set<number>();
  let last = 0;
  for (const row of rows) {
    while (last + 1 < continues.length && (ended[last + 1] as number) <= row) last++;
    chunks.add(last);
    for (let c = last; continues[c] === true && ended[c] === row; c--) chunks.add(c - 1);
  }
  return [...chunks].sort((a, b) => a - b);
}

function collectRows(of: {
  layout: MiniblockLayout;
  table: ChunkTable;
  starts: RowStarts;
  dictionary: ReturnType<typeof decodeDictionary> | undefined;
  needed: readonly number[];
  bytes: readonly Uint8Array[];
  rows: readonly number[];
}): Lists {
  const { table, starts } = of;
  const lists = new Map<number, Uint8Array[]>(of.rows.map((row) => [row, []]));
  of.needed.forEach((c, i) => {
    const n = (table.firstItem[c + 1] as number) - (table.firstItem[c] as number);
    const parts = splitChunk(of.layout, part(of.bytes, i));
    const data = decodeChunks(of.layout, { chunks: [parts], chunkItems: [n], dictionary: of.dictionary });
    const { repetition } = parts;
    if (data.kind !== "binary" || repetition?.length !== n) throw corrupt("a list chunk has a wrong number of levels");
    let row = (starts.first[c] as number) - (starts.continues[c] === true ? 0 : 1);
    for (let item = 0; item < n; item++) {
      if (repetition[item] !== 0) row++;
      lists.get(row)?.push(data.items[item] as Uint8Array);
    }
  });
  return of.rows.map((row) => lists.get(row) as Uint8Array[]);
}
