/** Small native tables of ours, and what native LanceDB reads from them. */
import { basename, dirname } from "node:path";
import { connect } from "@lancedb/lancedb";
import { fileDirectory } from "../../src/bytes/file-source.ts";
import { LanceTable } from "../../src/lance/table.ts";
import type { NumberedBlock } from "../../src/table/arrow-batch.ts";
import { newestVersion } from "../../src/table/lance-versions.ts";
import { type RowBlock, Utf8Builder } from "../../src/table/row-block.ts";
import type { LanceVersion } from "../../src/table/set-version.ts";
import { TableWriter } from "../../src/table/table-writer.ts";
import { vectorColumns } from "../../src/table/vector-columns.ts";

export const DIM = 16;
export const IDENTITY = { tableId: "ab".repeat(16), model: "test", dim: DIM, chunker: "test-1" };

/** One file; every second row has no symbol. @param textBytes of each row */
export function blockOf(path: string, rows: number, textBytes = 0): RowBlock {
  const column = (text: (row: number) => string) => {
    const builder = new Utf8Builder(rows * 16);
    for (let row = 0; row < rows; row++) builder.push(text(row));
    return builder.finish();
  };
  const lines = Int32Array.from({ length: rows }, (_, row) => row + 1);
  const floats = Float32Array.from({ length: rows * DIM }, (_, i) => Math.sin(i + path.length));
  return {
    files: [{ path, blob: "0".repeat(40), language: "text", rows }],
    rows,
    startLine: lines,
    endLine: lines.slice(),
    symbol: column((row) => (row % 2 === 0 ? "" : `name${row}`)),
    symbolNulls: Uint8Array.from({ length: rows }, (_, row) => (row % 2 === 0 ? 1 : 0)),
    contents: column((row) => `line ${row} of ${path}\n`.padEnd(textBytes, "x")),
    terms: column((row) => `line ${row}`),
    ...vectorColumns(floats, DIM),
  };
}

export const fileOf = (fileId: number, rows: number, textBytes?: number): NumberedBlock => ({
  block: blockOf(`file-${fileId}`, rows, textBytes),
  fileIds: [fileId],
});

/** @param fragments of each the files in it */
export async function makeTable(dir: string, fragments: readonly (readonly NumberedBlock[])[]): Promise<Opened> {
  const writer = await TableWriter.create(dir, IDENTITY);
  for (const files of fragments) await writer.append(files);
  writer.close();
  return openOurs(dir);
}

export interface Opened {
  readonly lance: LanceVersion;
  readonly table: LanceTable;
}

export async function openOurs(dir: string): Promise<Opened> {
  const lance = await newestVersion(dir);
  if (lance === null) throw new Error("no table");
  return { lance, table: LanceTable.open(fileDirectory(dir), lance.manifest) };
}

/** Every row, as native LanceDB sees it, in an order of its own. */
export async function nativeRows(dir: string): Promise<string[]> {
  const connection = await connect(dirname(dir));
  const table = await connection.openTable(basename(dir).replace(/\.lance$/, ""));
  const rows = (await table.query().toArray()) as Record<string, unknown>[];
  expectCount(await table.countRows(), rows.length);
  table.close();
  connection.close();
  const list = (value: unknown) => Array.from(value as Iterable<number>).join(" ");
  return rows.map((row) => JSON.stringify({ ...row, vector: list(row.vector), code: list(row.code) })).sort();
}

function expectCount(counted: number, read: number): void {
  if (counted !== read) throw new Error(`native LanceDB counts ${counted} rows and reads ${read}`);
}
