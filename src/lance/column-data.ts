/** Decoded values of one column, in row order, and how pieces of it are put together. */
import { MAX_DECODED_BYTES, corrupt } from "./corruption.ts";

export type ColumnData = FixedData | BinaryData;

export interface FixedData {
  readonly kind: "fixed";
  readonly rows: number;
  /** Bytes per row; a bool takes one. */
  readonly width: number;
  /** `rows * width` bytes, little endian; null rows hold anything. */
  readonly data: Uint8Array;
  /** nulls[i] = 1: row i is null. Absent: none is. */
  readonly nulls?: Uint8Array;
}

export interface BinaryData {
  readonly kind: "binary";
  readonly rows: number;
  /** Views, often into one buffer; equal neighbours of a dictionary column are the same object. Null rows hold no bytes. */
  readonly items: readonly Uint8Array[];
  readonly nulls?: Uint8Array;
}

const EMPTY = new Uint8Array();

/** The bytes of `rows` values of `width`, refusing counts no file can mean. */
export function allocate(rows: number, width: number): Uint8Array {
  if (rows * width > MAX_DECODED_BYTES * 4) throw corrupt("a column claims too many bytes");
  return new Uint8Array(rows * width);
}

/** Rows that are all null, of the shape given. */
export function nullRows(rows: number, shape: { kind: "fixed"; width: number } | { kind: "binary" }): ColumnData {
  const nulls = new Uint8Array(rows).fill(1);
  return shape.kind === "fixed"
    ? { kind: "fixed", rows, width: shape.width, data: allocate(rows, shape.width), nulls }
    : { kind: "binary", rows, items: Array.from({ length: rows }, () => EMPTY), nulls };
}

/** One after the other. @throws RepobaseError `corrupt_index` when the parts are of different shapes */
export function concatColumns(parts: readonly ColumnData[]): ColumnData {
  const [first] = parts;
  if (first === undefined) throw corrupt("a column has no pages");
  if (parts.length === 1) return first;
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const nulls = concatNulls(parts, rows);
  if (first.kind === "binary") {
    const items: Uint8Array[] = [];
    for (const part of parts) {
      if (part.kind !== "binary") throw corrupt("a column has pages of different kinds");
      for (const item of part.items) items.push(item);
    }
    return { kind: "binary", rows, items, ...(nulls && { nulls }) };
  }
  const data = allocate(rows, first.width);
  let at = 0;
  for (const part of parts) {
    if (part.kind !== "fixed" || part.width !== first.width) throw corrupt("a column has pages of different kinds");
    data.set(part.data, at);
    at += part.data.length;
  }
  return { kind: "fixed", rows, width: first.width, data, ...(nulls && { nulls }) };
}

function concatNulls(parts: readonly ColumnData[], rows: number): Uint8Array | undefined {
  if (parts.every((part) => part.nulls === undefined)) return undefined;
  const nulls = new Uint8Array(rows);
  let at = 0;
  for (const part of parts) {
    if (part.nulls !== undefined) nulls.set(part.nulls, at);
    at += part.rows;
  }
  return nulls;
}

/** The rows at `positions`, in that order; a position may come twice. */
export function pickRows(column: ColumnData, positions: ArrayLike<number>): ColumnData {
  const rows = positions.length;
  const nulls = column.nulls && Uint8Array.from(positions, (p) => (column.nulls as Uint8Array)[p] as number);
  if (column.kind === "binary") {
    const items: Uint8Array[] = [];
    for (let i = 0; i < rows; i++) items.push(column.items[positions[i] as number] as Uint8Array);
    return { kind: "binary", rows, items, ...(nulls && { nulls }) };
  }
  const { width } = column;
  const data = new Uint8Array(rows * width);
  for (let i = 0; i < rows; i++) {
    const from = (positions[i] as number) * width;
    data.set(column.data.subarray(from, from + width), i * width);
  }
  return { kind: "fixed", rows, width, data, ...(nulls && { nulls }) };
}
