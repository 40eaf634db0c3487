/**
 * Checksums of an object's blocks: CRC-32 of each 16 KiB, the last block shorter. 16 KiB: a search reads some hundred
 * scattered places, each a block at least, and a manifest grows by 33 kB for each 100 MB of table.
 */
import { crc32 } from "../protocol/crc32.ts";

export const CHECKED_BLOCK_BYTES = 16 * 1024;

export const blocksOf = (size: number): number => Math.ceil(size / CHECKED_BLOCK_BYTES);

/** One number a block. `bytes` begins at a block's start. */
export function blockChecksums(bytes: Uint8Array): Uint32Array {
  return Uint32Array.from({ length: blocksOf(bytes.length) }, (_, i) =>
    crc32(bytes, i * CHECKED_BLOCK_BYTES, Math.min(bytes.length, (i + 1) * CHECKED_BLOCK_BYTES)),
  );
}

/** As a manifest has them: little endian, base64. */
export function encodeChecksums(checksums: ArrayLike<number>): string {
  const bytes = new Uint8Array(4 * checksums.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < checksums.length; i++) view.setUint32(4 * i, checksums[i] as number, true);
  return bytes.toBase64();
}

/** undefined: these are not the checksums of an object of `size` bytes. */
export function decodeChecksums(text: string, size: number): Uint32Array | undefined {
  if (text.length !== 4 * Math.ceil((4 * blocksOf(size)) / 3)) return undefined;
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.fromBase64(text);
  } catch {
    return undefined;
  }
  if (bytes.length !== 4 * blocksOf(size)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: blocksOf(size) }, (_, i) => view.getUint32(4 * i, true));
}
