/**
 * CRC-32 (IEEE 802.3, as in zip and gzip). It finds every flipped byte and every burst of up to four, and anything else but
 * for one in 2^32; who wants to deceive is stopped by a sha256. Bun has one of its own; elsewhere eight bytes a step run at
 * some 700 MB/s.
 */

/** `tables[256 * k + b]`: the effect of byte b when k zero bytes follow it. Made when first needed. */
let tables: Int32Array | undefined;

const native = (globalThis as { Bun?: { hash?: { crc32?: (bytes: Uint8Array) => number } } }).Bun?.hash?.crc32;

function makeTables(): Int32Array {
  const made = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    made[byte] = crc;
  }
  for (let at = 256; at < made.length; at++) {
    const before = made[at - 256] as number;
    made[at] = (made[before & 255] as number) ^ (before >>> 8);
  }
  return made;
}

/** Of `bytes[start, end)`; unsigned. */
export const crc32: (bytes: Uint8Array, start: number, end: number) => number = native
  ? (bytes, start, end) => native(bytes.subarray(start, end))
  : crc32InTypeScript;

/** For runtimes that have none. */
export function crc32InTypeScript(bytes: Uint8Array, start: number, end: number): number {
  const t = (tables ??= makeTables());
  let crc = -1;
  let at = start;
  for (; at + 8 <= end; at += 8) {
    crc ^= word(bytes, at);
    crc =
      (t[1792 + (crc & 255)] as number) ^
      (t[1536 + ((crc >>> 8) & 255)] as number) ^
      (t[1280 + ((crc >>> 16) & 255)] as number) ^
      (t[1024 + (crc >>> 24)] as number) ^
      (t[768 + (bytes[at + 4] as number)] as number) ^
      (t[512 + (bytes[at + 5] as number)] as number) ^
      (t[256 + (bytes[at + 6] as number)] as number) ^
      (t[bytes[at + 7] as number] as number);
  }
  for (; at < end; at++) crc = (t[(crc ^ (bytes[at] as number)) & 255] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}

const word = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) |
  ((bytes[at + 1] as number) << 8) |
  ((bytes[at + 2] as number) << 16) |
  ((bytes[at + 3] as number) << 24);
