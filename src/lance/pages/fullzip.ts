/**
 * Fullzip pages: large values one after the other, each findable on its own. Buffer 0 holds the items: a control word
 * with the levels if there are any, for values of no fixed width a u32 or u64 length, then the value, encoded by itself.
 * Buffer 1, for values of no fixed width, holds the row index: rows + 1 offsets into buffer 0.
 */
import type { ByteRange } from "../../bytes/byte-source.ts";
import { decompress } from "../chunks.ts";
import { allocate } from "../column-data.ts";
import type { ColumnData } from "../column-data.ts";
import { corrupt, unsupported } from "../corruption.ts";
import { isBinary, parseEncoding } from "../encoding.ts";
import type { BinaryEncoding, Encoding, FixedEncoding } from "../encoding.ts";
import { cut, readUint, viewOf } from "../little-endian.ts";
import type { Message } from "../protobuf.ts";
import { openRowIndex } from "./row-index.ts";
import { bufferOf, flatLayers, locatedAlready, part } from "./page.ts";
import type { Page, PageInfo } from "./page.ts";

export interface FullzipLayout {
  /** Bytes of the control word before each item. */
  readonly controlBytes: number;
  readonly repetitionBits: number;
  readonly definitionBits: number;
  /** Exactly one of the two is above 0. */
  readonly bitsPerValue: number;
  readonly bitsPerLength: number;
  readonly items: number;
  readonly values: Encoding;
  readonly layers: readonly number[];
}

export function parseFullzipLayout(message: Message): FullzipLayout {
  const repetitionBits = message.number(1);
  const definitionBits = message.number(2);
  const bits = repetitionBits + definitionBits;
  if (repetitionBits < 0 || definitionBits < 0 || bits > 32) throw corrupt("a page has too many level bits");
  return {
    controlBytes: bits === 0 ? 0 : bits <= 8 ? 1 : bits <= 16 ? 2 : 4,
    repetitionBits,
    definitionBits,
    bitsPerValue: message.number(3),
    bitsPerLength: message.number(4),
    items: message.number(5),
    values: parseEncoding(message.message(7)),
    layers: message.numbers(8),
  };
}

export function openFullzipPage(info: PageInfo, message: Message): Page {
  const layout = parseFullzipLayout(message);
  const { nullable } = flatLayers(layout.layers);
  if (layout.repetitionBits > 0) throw unsupported("a flat column with repetition");
  if (nullable !== layout.definitionBits > 0) throw unsupported("a page's levels do not fit its layers");
  if (layout.items !== info.rows) throw corrupt(`a page of ${info.rows} rows has ${layout.items} items`);
  return isBinary(layout.values)
    ? openBinaryPage(info, { layout, values: layout.values })
    : openFixedPage(info, { layout, values: layout.values });
}

/** Values of one width: row i starts at i times the stride. */
function openFixedPage(info: PageInfo, { layout, values }: { layout: FullzipLayout; values: FixedEncoding }): Page {
  const { validityBytes, width } = fixedItem(values);
  const { controlBytes } = layout;
  if (layout.bitsPerValue !== 8 * (validityBytes + width)) throw corrupt("a page's items have a wrong width");
  const stride = controlBytes + validityBytes + width;
  const items = bufferOf(info, 0);
  if (items.length !== stride * info.rows) throw corrupt("a page's items have a wrong length");

  const decode = (bytes: Uint8Array, rows: number): ColumnData => {
    if (stride === width) return { kind: "fixed", rows, width, data: bytes };
    const data = allocate(rows, width);
    const nulls = controlBytes > 0 ? new Uint8Array(rows) : undefined;
    for (let row = 0; row < rows; row++) {
      const at = row * stride;
      const isNull = controlBytes > 0 && bytes.subarray(at, at + controlBytes).some((b) => b !== 0);
      if (nulls && isNull) nulls[row] = 1;
      else checkValidity(bytes.subarray(at + controlBytes, at + controlBytes + validityBytes), values);
      data.set(bytes.subarray(at + stride - width, at + stride), row * width);
    }
    return { kind: "fixed", rows, width, data, ...(nulls && { nulls }) };
  };

  return {
    rows: info.rows,
    scan: () => ({ ranges: [items], decode: (buffers) => decode(part(buffers, 0), info.rows) }),
    locate: () =>
      locatedAlready({
        take: (rows) => ({
          ranges: rows.map((row) => ({ offset: items.offset + row * stride, length: stride })),
          decode(buffers) {
            const bytes = new Uint8Array(rows.length * stride);
            buffers.forEach((buffer, i) => bytes.set(buffer, i * stride));
            return decode(bytes, rows.length);
          },
        }),
      }),
  };
}

/** @throws RepobaseError `unsupported_format` for anything but plain values, one or a list of them */
function fixedItem(values: FixedEncoding): { validityBytes: number; width: number } {
  if (values.kind === "flat" && values.bits >= 8 && !values.compression)
    return { validityBytes: 0, width: values.width };
  if (values.kind === "fixed-size-list" && values.values.kind === "flat") {
    const inner = fixedItem(values.values);
    return {
      validityBytes: values.validity ? Math.ceil(values.items / 8) : 0,
      width: values.width + inner.validityBytes,
    };
  }
  throw unsupported(`full-zip values encoded as ${values.kind}`);
}

/** A row that is not null must have no null items: there is no place for them in what this reader hands out. */
function checkValidity(bitmap: Uint8Array, values: FixedEncoding): void {
  if (bitmap.length === 0 || values.kind !== "fixed-size-list") return;
  for (let i = 0; i < values.items; i++)
    if ((((bitmap[i >> 3] as number) >> (i & 7)) & 1) === 0) throw unsupported("null items inside a fixed-size list");
}

/** Values of any length: a scan walks them, a take goes through the row index. */
function openBinaryPage(info: PageInfo, { layout, values }: { layout: FullzipLayout; values: BinaryEncoding }): Page {
  const items = bufferOf(info, 0);
  const index = openRowIndex({ items, index: bufferOf(info, 1), rows: info.rows });
  const decodeRows = (buffers: readonly Uint8Array[], rows: number): ColumnData => {
    const walk = walkItems(layout, buffers);
    if (walk.values.length !== rows) throw corrupt("a page has a wrong number of items");
    const nulls =
      layout.definitionBits > 0 ? Uint8Array.from(walk.levels, (level) => (level === 0 ? 0 : 1)) : undefined;
    return { kind: "binary", rows, items: decodeItems(values, walk.values), ...(nulls && { nulls }) };
  };
  return {
    rows: info.rows,
    scan: () => ({ ranges: [items], decode: (buffers) => decodeRows(buffers, info.rows) }),
    locate: (wanted) => {
      const plan = index.locate(wanted);
      return {
        ranges: plan.ranges,
        complete: plan.complete,
        decode(buffers) {
          const rangeOf = plan.decode(buffers);
          return {
            take: (rows) => ({
              ranges: rows.map((row): ByteRange => rangeOf(row)),
              decode: (bytes) => decodeRows(bytes, rows.length),
            }),
          };
        },
      };
    },
  };
}

/** The items in these stretches of buffer 0: their levels (0 where there are none) and their values, still encoded. */
export function walkItems(
  layout: FullzipLayout,
  buffers: readonly Uint8Array[],
): { levels: number[]; values: Uint8Array[]; counts: number[] } {
  const { controlBytes, definitionBits, bitsPerLength } = layout;
  if (bitsPerLength !== 32 && bitsPerLength !== 64) throw unsupported(`item lengths of ${bitsPerLength} bits`);
  const lengthBytes = bitsPerLength / 8;
  const levels: number[] = [];
  const values: Uint8Array[] = [];
  const counts: number[] = [];
  for (const bytes of buffers) {
    const view = viewOf(bytes);
    const before = values.length;
    for (let at = 0; at < bytes.length;) {
      const level = controlBytes === 0 ? 0 : readUint(view, { at, width: controlBytes });
      at += controlBytes;
      levels.push(level);
      // A null item is its control word alone.
      if (definitionBits > 0 && level !== 0) values.push(bytes.subarray(at, at));
      else {
        const length = readUint(view, { at, width: lengthBytes });
        values.push(cut(bytes, at + lengthBytes, length));
        at += lengthBytes + length;
      }
    }
    counts.push(values.length - before);
  }
  return { levels, values, counts };
}

/** Decodes values that were encoded one by one. */
export function decodeItems(encoding: BinaryEncoding, items: readonly Uint8Array[]): Uint8Array[] {
  switch (encoding.kind) {
    case "variable":
      return [...items];
    case "fsst":
      return encoding.table.decodeAll(decodeItems(encoding.values, items));
    case "general-binary":
      return decodeItems(
        encoding.values,
        items.map((item) => (item.length === 0 ? item : decompress(item, encoding.compression))),
      );
  }
}
