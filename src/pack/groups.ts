/**
 * Groups: eight rows each, all that a result shows, in one read. `varint bytes of frame, zstd {start line, lines, symbol, content
 * length of each row; contents}, then of each row f32 factor and vector code, checksum`, filled up to a multiple of 8 bytes before the
 * checksum, which ends it.
 */
import { ByteCursor } from "./byte-cursor.ts";
import type { ByteOutput } from "./byte-output.ts";
import { corruptPack } from "./corrupt-pack.ts";
import { codeBytes } from "./vector-code.ts";

const text = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

export interface GroupRow {
  readonly startLine: number;
  readonly endLine: number;
  readonly symbol: string | null;
  /** UTF-8. */
  readonly contents: Uint8Array;
  readonly factor: number;
  readonly code: Uint8Array;
}

export interface WrittenRow {
  readonly startLine: number;
  readonly endLine: number;
  /** UTF-8. */
  readonly symbol: Uint8Array | null;
  readonly contents: Uint8Array;
  readonly factor: number;
  readonly code: Uint8Array;
}

/** @param of.compress one zstd frame that tells its size; @param of.scratch is overwritten */
export function putGroup(
  out: ByteOutput,
  rows: readonly WrittenRow[],
  of: { compress: (bytes: Uint8Array) => Uint8Array; scratch: ByteOutput },
): void {
  const { scratch } = of;
  scratch.clear();
  for (const { startLine, endLine, symbol, contents } of rows) {
    scratch.varint(startLine);
    scratch.varint(endLine - startLine);
    scratch.varint(symbol === null ? 0 : symbol.length + 1);
    if (symbol !== null) scratch.push(symbol);
    scratch.varint(contents.length);
  }
  for (const { contents } of rows) scratch.push(contents);
  const frame = of.compress(scratch.view());
  out.varint(frame.length);
  out.push(frame);
  for (const { factor, code } of rows) {
    out.f32(factor);
    out.push(code);
  }
}

/** @param of.count rows of the group; @param of.decompress one frame, checked @throws RepobaseError `corrupt_index` */
export function readGroup(
  bytes: Uint8Array,
  of: { count: number; dim: number; decompress: (frame: Uint8Array) => Uint8Array },
): GroupRow[] {
  const { count, dim } = of;
  const cursor = new ByteCursor(bytes);
  const frame = cursor.take(cursor.varint());
  const heads = new ByteCursor(of.decompress(frame));
  const rows = Array.from({ length: count }, () => {
    const startLine = heads.varint();
    const endLine = startLine + heads.varint();
    const symbolLength = heads.varint();
    const symbol = symbolLength === 0 ? null : text.decode(heads.take(symbolLength - 1));
    return { startLine, endLine, symbol, length: heads.varint() };
  });
  const width = codeBytes(dim);
  const shown = rows.map(({ startLine, endLine, symbol, length }): GroupRow => {
    const head = cursor.take(4);
    const factor = new DataView(head.buffer, head.byteOffset, 4).getFloat32(0, true);
    return { startLine, endLine, symbol, contents: heads.take(length), factor, code: cursor.take(width) };
  });
  if (!heads.done) throw corruptPack("contents go on after their end");
  return shown;
}
