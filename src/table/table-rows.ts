/** Where the rows of each file version of a table lie, and those rows as blocks that can be appended to another. */
import type { RowBlock, Utf8Column } from "./row-block.ts";
import type { ColumnData } from "../lance/column-data.ts";
import { type LanceTable, rowAddress } from "../lance/table.ts";
import { bytesOf, i32s, strings, u16s, u32s } from "../lance/values.ts";
import { RepobaseError } from "../protocol/errors.ts";

export interface FileRows {
  readonly fileId: number;
  readonly path: string;
  /** git blob id. */
  readonly blob: string;
  /** Row addresses, in chunk order. */
  readonly rows: readonly number[];
}

/** About 20 MB of columns: little beside what appending them takes. */
const BLOCK_ROWS = 8192;

/** Every file version with live rows, by fileId. */
export async function readFileRows(table: LanceTable): Promise<Map<number, FileRows>> {
  const found = new Map<number, { path: string; blob: string; chunks: { chunk: number; address: number }[] }>();
  for (const { id } of table.fragments) {
    const [ids, chunks, paths, blobs, deleted] = await Promise.all([
      table.scan("fileId", id).then(u32s),
      table.scan("chunk", id).then(u16s),
      table.scan("path", id).then(strings),
      table.scan("blob", id).then(strings),
      table.deletedRows(id),
    ]);
    ids.forEach((fileId, row) => {
      if (deleted.has(row)) return;
      const file = found.get(fileId) ?? { path: paths[row] ?? "", blob: blobs[row] ?? "", chunks: [] };
      file.chunks.push({ chunk: chunks[row] as number, address: rowAddress(id, row) });
      found.set(fileId, file);
    });
  }
  const inOrder = ({ chunks }: { chunks: { chunk: number; address: number }[] }) =>
    chunks.sort((a, b) => a.chunk - b.chunk).map((c) => c.address);
  return new Map(
    [...found].map(([fileId, file]) => [fileId, { fileId, path: file.path, blob: file.blob, rows: inOrder(file) }]),
  );
}

/** In order, into parts of at most BLOCK_ROWS rows; a file above that goes alone. */
export function splitFiles<F extends FileRows>(files: readonly F[]): F[][] {
  const parts: F[][] = [];
  let room = 0;
  for (const file of files) {
    if (file.rows.length > room) {
      parts.push([]);
      room = BLOCK_ROWS;
    }
    parts.at(-1)?.push(file);
    room -= file.rows.length;
  }
  return parts;
}

/** The rows of `files`, file after file, exactly as they are stored. */
export function readRows(table: LanceTable, files: readonly FileRows[]): Promise<RowBlock> {
  const addresses = files.flatMap((f) => f.rows);
  return blockOf(files, (column) => table.take(column, addresses));
}

/** @param take a column of the rows of `files`, in their order */
export async function blockOf(
  files: readonly FileRows[],
  take: (column: string) => Promise<ColumnData>,
): Promise<RowBlock> {
  const count = files.reduce((sum, { rows }) => sum + rows.length, 0);
  const languages = strings(await take("language"));
  const symbol = await take("symbol");
  let row = 0;
  return {
    rows: count,
    files: files.map(({ path, blob, rows }) => {
      const language = languages[row] ?? "";
      row += rows.length;
      return { path, blob, language, rows: rows.length };
    }),
    startLine: i32s(await take("startLine")),
    endLine: i32s(await take("endLine")),
    symbol: utf8(symbol),
    symbolNulls: symbol.nulls ?? new Uint8Array(count),
    contents: utf8(await take("contents")),
    terms: utf8(await take("terms")),
    // a copy begins at the start of its own buffer, where u16s may lie
    vector: new Uint16Array(bytesOf(await take("vector")).slice().buffer),
    code: bytesOf(await take("code")),
  };
}

/** Null rows hold no bytes: what lies beneath them in a file is chance. */
function utf8(column: ColumnData): Utf8Column {
  if (column.kind !== "binary") throw new RepobaseError("corrupt_index", "a text column of the table holds no texts");
  const isNull = (row: number) => column.nulls?.[row] === 1;
  const offsets = new Int32Array(column.rows + 1);
  column.items.forEach((item, i) => (offsets[i + 1] = (offsets[i] as number) + (isNull(i) ? 0 : item.length)));
  const bytes = new Uint8Array(offsets[column.rows] as number);
  column.items.forEach((item, i) => isNull(i) || bytes.set(item, offsets[i]));
  return { offsets, bytes };
}
