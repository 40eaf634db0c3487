/**
 * Deletion files: which rows of a fragment are gone. A `.bin` is a Roaring bitmap. An `.arrow` is an Arrow IPC file
 * (https://arrow.apache.org/docs/format/Columnar.html) of one batch with one u32 column, unsorted, its buffers compressed
 * with zstd; of Arrow and its flatbuffers this reads just that.
 */
import { decodeBitmap } from "../protocol/bitmap-set.ts";
import { decodeZstd } from "./codecs/zstd.ts";
import { corrupt, unsupported } from "./corruption.ts";
import { asU32, cut, readU64, viewOf } from "./little-endian.ts";
import type { DeletionFile } from "./manifest.ts";

/** Row offsets. @throws RepobaseError `corrupt_index` unless they are what the manifest says: that many, all below `rows` */
export function decodeDeletions(bytes: Uint8Array, of: { deletion: DeletionFile; rows: number }): Set<number> {
  const offsets = of.deletion.kind === "bitmap" ? decodeBitmap(bytes, of.deletion.rows) : decodeArrowColumn(bytes);
  const deleted = new Set(offsets);
  if (deleted.size !== of.deletion.rows) throw corrupt(`${deleted.size} deleted rows instead of ${of.deletion.rows}`);
  if (offsets.some((offset) => offset >= of.rows)) throw corrupt("a deleted row is not in the fragment");
  return deleted;
}

const ARROW_MAGIC = 0x4f525241;
const ZSTD = 1;
/** A buffer of raw length -1 is stored as it is. */
const STORED = 2 ** 64 - 1;

function decodeArrowColumn(bytes: Uint8Array): Uint32Array {
  const view = viewOf(bytes);
  if (view.getUint32(0, true) !== ARROW_MAGIC || view.getUint32(bytes.length - 6, true) !== ARROW_MAGIC)
    throw corrupt("not an Arrow file, or cut short");
  const footerAt = bytes.length - 10 - view.getUint32(bytes.length - 10, true);
  const footer = root(view, footerAt);
  const blocks = vector(view, required(view, { table: footer, field: 3 }));
  if (blocks.length !== 1) throw unsupported(`a deletion file of ${blocks.length} batches`);
  // Block: i64 offset, i32 metadata length, 4 bytes of padding, i64 body length.
  const messageAt = readU64(view, blocks.at);
  const bodyAt = messageAt + view.getInt32(blocks.at + 8, true);
  const continuation = view.getUint32(messageAt, true) === 0xffffffff;
  const message = root(view, messageAt + (continuation ? 8 : 4));
  const batch = indirect(view, required(view, { table: message, field: 2 }));
  const rows = readU64(view, required(view, { table: batch, field: 0 }));
  // Buffer: i64 offset, i64 length; the first is the validity bitmap, the second the values.
  const buffers = vector(view, required(view, { table: batch, field: 2 }));
  if (buffers.length !== 2) throw unsupported(`a deletion file with ${buffers.length} buffers`);
  const body = cut(bytes, bodyAt + readU64(view, buffers.at + 16), readU64(view, buffers.at + 24));
  const compression = optional(view, { table: batch, field: 3 });
  const values = compression === undefined ? body : decompressBody(body, codecOf(view, compression));
  return asU32(cut(values, 0, 4 * rows));
}

function codecOf(view: DataView, compressionAt: number): number {
  const codec = optional(view, { table: indirect(view, compressionAt), field: 0 });
  return codec === undefined ? 0 : view.getInt8(codec);
}

function decompressBody(body: Uint8Array, codec: number): Uint8Array {
  if (body.length === 0) return body;
  const view = viewOf(body);
  const stored = view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true) === STORED;
  if (stored) return body.subarray(8);
  if (codec !== ZSTD) throw unsupported(`deletion files with compression ${codec}`);
  return decodeZstd(body.subarray(8), readU64(view, 0));
}

// Flatbuffers: a table starts with the signed distance back to its vtable of u16 field positions; 0 means absent.

const indirect = (view: DataView, at: number) => at + view.getUint32(at, true);
const root = indirect;

function optional(view: DataView, { table, field }: { table: number; field: number }): number | undefined {
  const vtable = table - view.getInt32(table, true);
  const entry = 4 + 2 * field;
  if (entry >= view.getUint16(vtable, true)) return undefined;
  const position = view.getUint16(vtable + entry, true);
  return position === 0 ? undefined : table + position;
}

function required(view: DataView, of: { table: number; field: number }): number {
  const at = optional(view, of);
  if (at === undefined) throw corrupt("an Arrow message lacks a field");
  return at;
}

function vector(view: DataView, at: number): { length: number; at: number } {
  const start = indirect(view, at);
  return { length: view.getUint32(start, true), at: start + 4 };
}
