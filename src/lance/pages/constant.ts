/**
 * Constant pages: one value for all rows that are not null. Which of the forms it is, the number of buffers tells:
 *
 * | inline value | buffers | meaning                                                             |
 * |--------------|---------|---------------------------------------------------------------------|
 * | yes          | 0       | the inline value                                                    |
 * | yes          | 2       | the inline value; 1 = definition levels, raw u16 per row            |
 * | no           | 0       | all rows null                                                       |
 * | no           | 1       | buffer 0 = `u32 n, n x u32 length, n buffers` of a one-row array    |
 * | no           | 3       | the same; 2 = definition levels, raw u16 per row                    |
 */
import { allocate, nullRows, pickRows } from "../column-data.ts";
import type { ColumnData } from "../column-data.ts";
import { corrupt, unsupported } from "../corruption.ts";
import { asU16, cut, viewOf } from "../little-endian.ts";
import type { Message } from "../protobuf.ts";
import type { ValueShape } from "../schema.ts";
import { bufferOf, flatLayers, part } from "./page.ts";
import type { Page, PageInfo, Plan } from "./page.ts";

/** @param layout a ConstantLayout */
export function openConstantPage(info: PageInfo, { layout, shape }: { layout: Message; shape: ValueShape }): Page {
  const { nullable } = flatLayers(layout.numbers(5));
  const inline = layout.bytes(6);
  const forms = inline === undefined ? [0, 1, 3] : [0, 2];
  const buffers = info.buffers.length;
  if (!forms.includes(buffers)) throw unsupported(`a constant page with ${buffers} buffers`);
  if (inline === undefined && buffers === 0 && !nullable) throw corrupt("a constant page has no value");

  const scan = (): Plan<ColumnData> => {
    const withLevels = buffers >= 2;
    const ranges = [
      ...(inline === undefined && buffers > 0 ? [bufferOf(info, 0)] : []),
      ...(withLevels ? [bufferOf(info, buffers - 1)] : []),
    ];
    return {
      ranges,
      decode: (bytes) => {
        if (inline === undefined && buffers === 0) return nullRows(info.rows, shape);
        const value = inline ?? decodeScalar(part(bytes, 0), shape);
        const levels = withLevels ? decodeNulls(part(bytes, ranges.length - 1), info.rows) : undefined;
        return { ...repeat(value, { rows: info.rows, shape }), ...(levels && { nulls: levels }) };
      },
    };
  };
  const { ranges, decode } = scan();
  return {
    rows: info.rows,
    scan,
    locate: () => ({
      ranges,
      complete: true,
      decode: (bytes) => {
        const all = decode(bytes);
        return { take: (rows) => ({ ranges: [], decode: () => pickRows(all, rows) }) };
      },
    }),
  };
}

/** The one value of a one-row Arrow array; of a string, after its two offsets. */
export function decodeScalar(bytes: Uint8Array, shape: ValueShape): Uint8Array {
  const view = viewOf(bytes);
  const count = view.getUint32(0, true);
  const expected = shape.kind === "fixed" ? 1 : 2;
  if (count !== expected) throw unsupported(`a constant of ${count} buffers`);
  const lengths = Array.from({ length: count }, (_, i) => view.getUint32(4 + 4 * i, true));
  const start = 4 + 4 * count;
  if (shape.kind === "fixed") return cut(bytes, start, lengths[0] as number);
  return cut(bytes, start + (lengths[0] as number), lengths[1] as number);
}

function repeat(value: Uint8Array, { rows, shape }: { rows: number; shape: ValueShape }): ColumnData {
  if (shape.kind === "binary") return { kind: "binary", rows, items: Array.from({ length: rows }, () => value) };
  if (value.length !== shape.width) throw corrupt(`a constant has ${value.length} bytes in a column of ${shape.width}`);
  const data = allocate(rows, shape.width);
  data.set(value.subarray(0, Math.min(value.length, data.length)));
  for (let filled = value.length; filled < data.length; filled *= 2)
    data.copyWithin(filled, 0, Math.min(filled, data.length - filled));
  return { kind: "fixed", rows, width: shape.width, data };
}

function decodeNulls(bytes: Uint8Array, rows: number): Uint8Array {
  const levels = asU16(cut(bytes, 0, 2 * rows));
  return Uint8Array.from(levels, (level) => (level === 0 ? 0 : 1));
}
