/** The row index of a fullzip page: rows + 1 offsets of equal width, which say where each row's items lie in buffer 0. */
import type { ByteRange } from "../../bytes/byte-source.ts";
import { corrupt } from "../corruption.ts";
import { readUint, viewOf } from "../little-endian.ts";
import { part } from "./page.ts";

/**
 * Up to this size the index is read whole and kept, above it only the entries asked for. 512 KiB: about what R2 sends in
 * the time a second, dependent request would wait for its first byte.
 */
const WHOLE_INDEX_BYTES = 512 * 1024;

export interface RowIndexPlan {
  readonly ranges: readonly ByteRange[];
  readonly complete: boolean;
  /** @returns where the row's items lie in the file */
  decode(buffers: readonly Uint8Array[]): (row: number) => ByteRange;
}

/** @throws RepobaseError `corrupt_index` when the index is not of rows + 1 equal entries */
export function openRowIndex(of: { items: ByteRange; index: ByteRange; rows: number }): {
  locate(rows: readonly number[]): RowIndexPlan;
} {
  const { items, index } = of;
  const width = index.length / (of.rows + 1);
  if (![1, 2, 4, 8].includes(width)) throw corrupt("a row index has a wrong length");

  const rangeAt = (view: DataView, entry: number): ByteRange => {
    const start = readUint(view, { at: entry * width, width });
    const end = readUint(view, { at: (entry + 1) * width, width });
    if (end < start || end > items.length) throw corrupt("a row index is out of order or out of bounds");
    return { offset: items.offset + start, length: end - start };
  };

  return {
    locate(rows) {
      if (index.length <= WHOLE_INDEX_BYTES)
        return {
          ranges: [index],
          complete: true,
          decode(buffers) {
            const view = viewOf(part(buffers, 0));
            return (row) => rangeAt(view, row);
          },
        };
      return {
        ranges: rows.map((row) => ({ offset: index.offset + row * width, length: 2 * width })),
        complete: false,
        decode(buffers) {
          const views = new Map(rows.map((row, i) => [row, viewOf(part(buffers, i))]));
          return (row) => {
            const view = views.get(row);
            if (view === undefined) throw corrupt("a row was not located");
            return rangeAt(view, 0);
          };
        },
      };
    },
  };
}
