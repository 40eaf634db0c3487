/** Row blocks to one Arrow table of one batch, column by column; no row ever becomes an object. */
import type * as Arrow from "apache-arrow";
import type { Data, Schema, Table } from "apache-arrow";
import type { RowBlock, Utf8Column } from "./row-block.ts";

/** A block, and the numbers that the rows of its files have. */
export interface NumberedBlock {
  readonly block: RowBlock;
  /** Of each file. */
  readonly fileIds: readonly number[];
  /** Of the first row of each file, the others follow it; absent: 0. */
  readonly firstChunks?: readonly number[];
}

/** @throws RangeError when a text column exceeds 2 GiB; flushes are far smaller */
export function arrowTable(arrow: typeof Arrow, schema: Schema, parts: readonly NumberedBlock[]): Table {
  const { makeData, RecordBatch, Struct, Table: ArrowTable } = arrow;
  const rows = parts.reduce((sum, { block }) => sum + block.rows, 0);
  const makers: Readonly<Record<string, () => Data>> = {
    ...fileColumns(arrow, parts, rows),
    ...blockColumns(
      arrow,
      parts.map((part) => part.block),
      { schema, rows },
    ),
  };
  const children = schema.fields.map(({ name }) => {
    const make = makers[name];
    if (make === undefined) throw new Error(`no data for column ${name}`);
    return make();
  });
  const data = makeData({ type: new Struct(schema.fields), length: rows, nullCount: 0, children });
  return new ArrowTable(schema, [new RecordBatch(schema, data)]);
}

/** Columns that say the same for all rows of a file. */
function fileColumns(arrow: typeof Arrow, parts: readonly NumberedBlock[], rows: number) {
  const repeated = repeatPerFile(parts, rows);
  const { makeData, Uint16, Uint32 } = arrow;
  return {
    fileId: () => makeData({ type: new Uint32(), length: rows, nullCount: 0, data: repeated.fileId }),
    chunk: () => makeData({ type: new Uint16(), length: rows, nullCount: 0, data: repeated.chunk }),
    path: () => utf8(arrow, repeated.path),
    blob: () => utf8(arrow, repeated.blob),
    language: () => utf8(arrow, repeated.language),
  };
}

/** Columns that the blocks have already, put one after the other. */
function blockColumns(
  arrow: typeof Arrow,
  blocks: readonly RowBlock[],
  { schema, rows }: { readonly schema: Schema; readonly rows: number },
) {
  const { makeData } = arrow;
  const lines = (take: (block: RowBlock) => Int32Array) => () =>
    makeData({ type: new arrow.Int32(), length: rows, nullCount: 0, data: joined(blocks, Int32Array, take) });
  const texts = (take: (block: RowBlock) => Utf8Column, nulls?: (block: RowBlock) => Uint8Array) => () =>
    utf8(arrow, concat(blocks.map(take)), nulls && joined(blocks, Uint8Array, nulls));
  const lists = (name: string, child: Data) =>
    makeData({ type: typeOf(schema, name) as Arrow.FixedSizeList, length: rows, nullCount: 0, child });
  return {
    startLine: lines((b) => b.startLine),
    endLine: lines((b) => b.endLine),
    symbol: texts(
      (b) => b.symbol,
      (b) => b.symbolNulls,
    ),
    contents: texts((b) => b.contents),
    terms: texts((b) => b.terms),
    vector: () => {
      const data = joined(blocks, Uint16Array, (b) => b.vector);
      return lists("vector", makeData({ type: new arrow.Float16(), length: data.length, nullCount: 0, data }));
    },
    code: () => {
      const data = joined(blocks, Uint8Array, (b) => b.code);
      return lists("code", makeData({ type: new arrow.Uint8(), length: data.length, nullCount: 0, data }));
    },
  };
}

function joined<T extends Int32Array | Uint16Array | Uint8Array>(
  blocks: readonly RowBlock[],
  Numbers: new (length: number) => T,
  take: (block: RowBlock) => T,
): T {
  const into = new Numbers(blocks.reduce((sum, block) => sum + take(block).length, 0));
  let at = 0;
  for (const block of blocks) {
    const from = take(block);
    into.set(from, at);
    at += from.length;
  }
  return into;
}

const typeOf = (schema: Schema, name: string) => schema.fields.find((field) => field.name === name)?.type;

function repeatPerFile(parts: readonly NumberedBlock[], rows: number) {
  const fileId = new Uint32Array(rows);
  const chunk = new Uint16Array(rows);
  const encoder = new TextEncoder();
  const files = parts.flatMap(({ block }) => block.files);
  const counts = files.map((file) => file.rows);
  let row = 0;
  for (const { block, fileIds, firstChunks } of parts) {
    block.files.forEach((file, i) => {
      fileId.fill(fileIds[i] as number, row, row + file.rows);
      const firstChunk = firstChunks?.[i] ?? 0;
      for (let n = 0; n < file.rows; n++) chunk[row + n] = firstChunk + n;
      row += file.rows;
    });
  }
  const column = (text: (file: (typeof files)[number]) => string) =>
    repeat(
      files.map((file) => encoder.encode(text(file))),
      counts,
      rows,
    );
  return {
    fileId,
    chunk,
    path: column((f) => f.path),
    blob: column((f) => f.blob),
    language: column((f) => f.language),
  };
}

function repeat(values: readonly Uint8Array[], counts: readonly number[], rows: number): Utf8Column {
  const bytes = new Uint8Array(values.reduce((sum, value, i) => sum + value.length * (counts[i] ?? 0), 0));
  const offsets = new Int32Array(rows + 1);
  let row = 0;
  let at = 0;
  values.forEach((value, i) => {
    for (let n = counts[i] ?? 0; n > 0; n--) {
      bytes.set(value, at);
      at += value.length;
      offsets[++row] = at;
    }
  });
  return { offsets, bytes };
}

function concat(columns: readonly Utf8Column[]): Utf8Column {
  const bytes = new Uint8Array(columns.reduce((sum, column) => sum + column.bytes.length, 0));
  const offsets = new Int32Array(columns.reduce((sum, column) => sum + column.offsets.length - 1, 1));
  let at = 0;
  let row = 0;
  for (const column of columns) {
    bytes.set(column.bytes, at);
    for (let i = 1; i < column.offsets.length; i++) offsets[++row] = at + (column.offsets[i] as number);
    at += column.bytes.length;
  }
  return { offsets, bytes };
}

/** @param nulls one byte per row, 1: null; null rows hold no bytes */
function utf8(arrow: typeof Arrow, { offsets, bytes }: Utf8Column, nulls?: Uint8Array): Data {
  const length = offsets.length - 1;
  const common = { type: new arrow.Utf8(), length, valueOffsets: offsets, data: bytes };
  if (nulls === undefined) return arrow.makeData({ ...common, nullCount: 0 });
  const nullBitmap = new Uint8Array(((length >> 6) + 1) << 3);
  let nullCount = 0;
  for (let i = 0; i < length; i++) {
    if (nulls[i] === 1) nullCount++;
    else nullBitmap[i >> 3] = (nullBitmap[i >> 3] as number) | (1 << (i & 7));
  }
  return arrow.makeData({ ...common, nullCount, nullBitmap });
}
