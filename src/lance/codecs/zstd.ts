/** Zstandard through fzstd, guarded: the size is checked before anything is allocated, and every failure has our code. */
import { decompress } from "fzstd";
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

/**
 * One frame that holds exactly `size` bytes.
 * @throws RepobaseError `corrupt_index`
 */
export function decodeZstd(frame: Uint8Array, size: number): Uint8Array {
  const claimed = contentSize(frame);
  if (size > MAX_DECODED_BYTES || (claimed !== undefined && claimed !== size))
    throw corrupt("a zstd frame has a wrong size");
  try {
    // fzstd compares a given buffer to the number 1 at every frame, which turns all of it into text: a frame that tells
    // its size (checked above) gets its own
    return claimed === undefined ? decompress(frame, new Uint8Array(size)) : decompress(frame);
  } catch (cause) {
    throw corrupt("a zstd frame is damaged", cause);
  }
}

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
