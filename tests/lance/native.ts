/** Writes tables with native LanceDB, and opens them with our reader: what the tests compare is on both sides of this file. */
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Connection, Table as NativeTable } from "@lancedb/lancedb";
import {
  DataType,
  Field,
  FixedSizeList,
  RecordBatch,
  Schema,
  Struct,
  Table,
  makeData,
  vectorFromArray,
} from "apache-arrow";
import type { Data, Float16, Uint8 } from "apache-arrow";
import type { ByteDirectory } from "../../src/bytes/byte-source.ts";
import { fileDirectory } from "../../src/bytes/file-source.ts";
import type { ColumnData } from "../../src/lance/values.ts";
import { LanceTable } from "../../src/lance/table.ts";
import { strings } from "../../src/lance/values.ts";

export interface ColumnSpec {
  readonly type: DataType;
  readonly nullable?: boolean;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly data: Data;
}

/** Scalars and texts; `null` among the values makes the column nullable. */
export function scalars(
  type: DataType,
  values: readonly unknown[],
  metadata?: Readonly<Record<string, string>>,
): ColumnSpec {
  const data = vectorFromArray(values as never[], type).data[0];
  if (data === undefined) throw new Error("no rows");
  return { type, nullable: values.includes(null), data, ...(metadata && { metadata }) };
}

/** Vectors: `values.length / dim` rows of `dim` half floats (bits) or bytes. */
export function vectors(item: Float16 | Uint8, dim: number, values: Uint16Array | Uint8Array): ColumnSpec {
  const type = new FixedSizeList(dim, new Field("item", item, true));
  const child = makeData({ type: item as Uint8, length: values.length, data: values as Uint8Array });
  return { type, data: makeData({ type, length: values.length / dim, nullCount: 0, child }) };
}

/** @param batchRows cut into batches of so many rows, which makes the writer cut columns into pages */
export function arrowTable(columns: Readonly<Record<string, ColumnSpec>>, batchRows = Infinity): Table {
  const specs = Object.entries(columns);
  const fields = specs.map(
    ([name, c]) => new Field(name, c.type, c.nullable ?? false, c.metadata && new Map(Object.entries(c.metadata))),
  );
  const schema = new Schema(fields);
  const length = specs[0]?.[1].data.length ?? 0;
  const data = makeData({ type: new Struct(fields), length, nullCount: 0, children: specs.map(([, c]) => c.data) });
  const batches: RecordBatch[] = [];
  for (let from = 0; from < length; from += batchRows)
    batches.push(
      new RecordBatch(schema, batchRows < length ? data.slice(from, Math.min(batchRows, length - from)) : data),
    );
  return new Table(schema, batches);
}

export async function createTable(
  db: Connection,
  name: string,
  of: { columns: Readonly<Record<string, ColumnSpec>>; version?: string; batchRows?: number },
): Promise<NativeTable> {
  return db.createTable(name, arrowTable(of.columns, of.batchRows), {
    mode: "overwrite",
    ...(of.version !== undefined && { storageOptions: { new_table_data_storage_version: of.version } }),
  });
}

/** Index settings as Repobase uses them: tokens are whatever is between white space. */
export async function createFtsIndex(table: NativeTable, column: string): Promise<void> {
  const { Index } = await import("@lancedb/lancedb");
  await table.createIndex(column, {
    config: Index.fts({
      baseTokenizer: "whitespace",
      lowercase: false,
      stem: false,
      removeStopWords: false,
      asciiFolding: false,
      withPosition: false,
      maxTokenLength: 64,
    }),
    replace: true,
  });
}

/** The bytes of the newest manifest. */
export async function newestManifest(root: string): Promise<Uint8Array> {
  const names = (await readdir(join(root, "_versions"))).filter((name) => name.endsWith(".manifest")).toSorted();
  return new Uint8Array(await readFile(join(root, "_versions", names[0] as string)));
}

export async function openTable(root: string, directory: ByteDirectory = fileDirectory(root)): Promise<LanceTable> {
  return LanceTable.open(directory, await newestManifest(root));
}

/** Our values as plain JavaScript: text, number, bigint, boolean, or the bytes of a list. */
export function plainValues(column: ColumnData, type: string): unknown[] {
  if (column.kind === "binary") return strings(column);
  const { data, width, rows, nulls } = column;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const read: Record<string, (at: number) => unknown> = {
    bool: (at) => view.getUint8(at) === 1,
    uint8: (at) => view.getUint8(at),
    uint16: (at) => view.getUint16(at, true),
    uint32: (at) => view.getUint32(at, true),
    int32: (at) => view.getInt32(at, true),
    int64: (at) => view.getBigInt64(at, true),
    uint64: (at) => view.getBigUint64(at, true),
    float: (at) => view.getFloat32(at, true),
    double: (at) => view.getFloat64(at, true),
  };
  const one = read[type] ?? ((at) => data.subarray(at, at + width).toHex());
  return Array.from({ length: rows }, (_, i) => (nulls?.[i] === 1 ? null : one(i * width)));
}

/** The same of a native result. */
export function nativeValues(result: Table, name: string): unknown[] {
  const vector = result.getChild(name);
  if (vector === null) throw new Error(`no column ${name}`);
  if (!DataType.isFixedSizeList(vector.type)) return vector.toJSON();
  const dim = vector.type.listSize;
  return vector.data.flatMap((data: Data) => {
    const { values } = data.children[0] as Data;
    const width = (values as Uint8Array).BYTES_PER_ELEMENT;
    const bytes = new Uint8Array(
      (values as Uint8Array).buffer,
      (values as Uint8Array).byteOffset,
      data.length * dim * width,
    );
    return Array.from({ length: data.length }, (_, i) =>
      data.getValid(i) ? bytes.subarray(i * dim * width, (i + 1) * dim * width).toHex() : null,
    );
  });
}
