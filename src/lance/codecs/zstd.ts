/**
 * Zstandard, guarded: the size is checked before anything is allocated, and every failure has our code. Bun has a decoder of its
 * own, some ten times as fast as one in JavaScript; elsewhere fzstd does it, which is made ready (12 ms) when the first frame comes.
 */
import type * as Fzstd from "fzstd";
import { MAX_DECODED_BYTES, corrupt, unsupported } from "../corruption.ts";
import { readU64, readUint, viewOf } from "../little-endian.ts";

const MAGIC = 0xfd2fb528;

/** A buffer as Lance stores it: `u64 decoded size` and a frame, or a bare frame. @throws RepobaseError `corrupt_index` */
export function decodeZstdBuffer(source: Uint8Array): Uint8Array {
  if (source.length === 0) return source;
  const view = viewOf(source);
  if (view.getUint32(0, true) === MAGIC) {
    const size = contentSize(source);
    if (size === undefined) throw unsupported("a zstd frame does not tell its size");
    return decodeZstd(source, size);
  }
  return decodeZstd(source.subarray(8), readU64(view, 0));
}

type Decompress = (frame: Uint8Array) => Uint8Array;

const native = (globalThis as { Bun?: { zstdDecompressSync?: Decompress } }).Bun?.zstdDecompressSync;

/**
 * One frame that holds exactly `size` bytes.
 * @param decompress the runtime's own decoder; undefined: fzstd
 * @throws RepobaseError `corrupt_index`
 */
export function decodeZstd(frame: Uint8Array, size: number, decompress: Decompress | undefined = native): Uint8Array {
  const claimed = contentSize(frame);
  if (size > MAX_DECODED_BYTES || (claimed !== undefined && claimed !== size))
    throw corrupt("a zstd frame has a wrong size");
  try {
    return claimed === undefined
      ? decompressUnsized(frame, size)
      : decompressSized(frame, size, decompress ?? decoder().decompress);
  } catch (cause) {
    throw corrupt("a zstd frame is damaged", cause);
  }
}

/** The bundler's own: the module rides along and is evaluated at the first call. */
declare const require: (name: "fzstd") => typeof Fzstd;
let fzstd: typeof Fzstd | undefined;
const decoder = (): typeof Fzstd => (fzstd ??= require("fzstd"));

/** A frame that tells its size, checked before, so that no decoder makes more than that. */
function decompressSized(frame: Uint8Array, size: number, decompress: Decompress): Uint8Array {
  const decoded = decompress(frame);
  if (decoded.length !== size) throw new Error(`${decoded.length} bytes in place of ${size}`);
  return decoded;
}

/**
 * The given buffer is the bound. (fzstd compares a buffer that it is given to the number 1 at every frame, which turns all of it
 * into text: slow, so only where it must be.)
 */
const decompressUnsized = (frame: Uint8Array, size: number): Uint8Array =>
  decoder().decompress(frame, new Uint8Array(size));

/** The decoded size a frame's header tells, if it does. */
function contentSize(frame: Uint8Array): number | undefined {
  const view = viewOf(frame);
  if (view.getUint32(0, true) !== MAGIC) throw corrupt("a zstd frame has no magic number");
  const descriptor = view.getUint8(4);
  const singleSegment = (descriptor >> 5) & 1;
  const sizeFlag = descriptor >> 6;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number;
  if (sizeFlag === 0 && singleSegment === 0) return undefined;
  const at = 5 + (1 - singleSegment) + dictionaryBytes;
  const size = readUint(view, { at, width: 1 << sizeFlag });
  return sizeFlag === 1 ? size + 256 : size;
}
