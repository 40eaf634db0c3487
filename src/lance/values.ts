/** From decoded columns to the numbers and texts callers work with. A column of another type is `corrupt_index`. */
import type { BinaryData, ColumnData, FixedData } from "./column-data.ts";
import { corrupt } from "./corruption.ts";
import { asI32, asU16, asU32, readU64, viewOf } from "./little-endian.ts";
import { decodeText } from "./protobuf.ts";

export type { BinaryData, ColumnData, FixedData } from "./column-data.ts";

function fixed(column: ColumnData, width?: number): FixedData {
  if (column.kind === "fixed" && (width === undefined || column.width === width)) return column;
  throw corrupt(`a column has no values of ${width ?? "fixed"} bytes`);
}

/** Exactly the texts that were written, a leading byte order mark included. */
export function strings(column: ColumnData): (string | null)[] {
  if (column.kind !== "binary") throw corrupt("a column has no texts");
  const { items, nulls }: BinaryData = column;
  let last: Uint8Array | undefined;
  let text = "";
  return items.map((item, i) => {
    if (nulls !== undefined && nulls[i] === 1) return null;
    // Neighbours of a dictionary column share their bytes: the chunks of a file their path.
    if (item !== last) text = decodeText((last = item));
    return text;
  });
}

/** Null rows are 0 in this and the following. */
export function u32s(column: ColumnData): Uint32Array {
  return withoutNulls(asU32(fixed(column, 4).data), column);
}

export function i32s(column: ColumnData): Int32Array {
  return withoutNulls(asI32(fixed(column, 4).data), column);
}

export function u16s(column: ColumnData): Uint16Array {
  return withoutNulls(asU16(fixed(column, 2).data), column);
}

/** u64 as numbers. @throws RepobaseError `corrupt_index` from 2^53 on */
export function u64s(column: ColumnData): Float64Array {
  const { data, rows } = fixed(column, 8);
  const view = viewOf(data);
  return withoutNulls(
    Float64Array.from({ length: rows }, (_, i) => readU64(view, 8 * i)),
    column,
  );
}

/** Lists of half-precision floats: `rows * dim` floats, row after row. */
export function halfFloats(column: ColumnData): Float32Array {
  const halves = asU16(fixed(column).data);
  const table = (halfTable ??= makeHalfTable());
  const out = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) out[i] = table[halves[i] as number] as number;
  return out;
}

/** The bytes of a fixed-width column, `rows * width`. */
export function bytesOf(column: ColumnData): Uint8Array {
  return fixed(column).data;
}

function withoutNulls<T extends { [i: number]: number; slice(): T }>(values: T, { nulls, rows }: ColumnData): T {
  if (nulls === undefined) return values;
  const out = values.slice();
  for (let i = 0; i < rows; i++) if (nulls[i] === 1) out[i] = 0;
  return out;
}

/** All 65,536 half floats, 256 KiB: a look-up is faster than any arithmetic, and needs no Float16Array of the host. */
let halfTable: Float32Array | undefined;

function makeHalfTable(): Float32Array {
  const table = new Float32Array(65536);
  for (let half = 0; half < 65536; half++) {
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    const magnitude =
      exponent === 31
        ? fraction === 0
          ? Infinity
          : NaN
        : exponent === 0
          ? fraction * 2 ** -24
          : (1 + fraction / 1024) * 2 ** (exponent - 15);
    table[half] = half >> 15 === 1 ? -magnitude : magnitude;
  }
  return table;
}
