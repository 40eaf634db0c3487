/** Checked little-endian reading. Typed views copy only when the bytes are not aligned. */
import { corrupt } from "./corruption.ts";

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A u64 as a number. @throws RepobaseError `corrupt_index` from 2^53 on: no size or position is that large */
export function readU64(view: DataView, at: number): number {
  const high = view.getUint32(at + 4, true);
  if (high >= 2 ** 21) throw corrupt("a 64-bit number is out of range");
  return high * 2 ** 32 + view.getUint32(at, true);
}

/** `subarray`, but refusing what is not wholly inside. */
export function cut(bytes: Uint8Array, from: number, length: number): Uint8Array {
  if (!(from >= 0 && length >= 0 && from + length <= bytes.length)) throw corrupt("a buffer ends too early");
  return bytes.subarray(from, from + length);
}

const aligned = (bytes: Uint8Array, to: number) => (bytes.byteOffset % to === 0 ? bytes : bytes.slice());

/** Whole words only; a rest shorter than a word is left out. */
export function asU16(bytes: Uint8Array): Uint16Array {
  const a = aligned(bytes, 2);
  return new Uint16Array(a.buffer, a.byteOffset, a.length >> 1);
}

export function asU32(bytes: Uint8Array): Uint32Array {
  const a = aligned(bytes, 4);
  return new Uint32Array(a.buffer, a.byteOffset, a.length >> 2);
}

export function asI32(bytes: Uint8Array): Int32Array {
  const a = aligned(bytes, 4);
  return new Int32Array(a.buffer, a.byteOffset, a.length >> 2);
}

export function asF32(bytes: Uint8Array): Float32Array {
  const a = aligned(bytes, 4);
  return new Float32Array(a.buffer, a.byteOffset, a.length >> 2);
}

/** @param width 1, 2, 4 or 8 bytes */
export function readUint(view: DataView, of: { at: number; width: number }): number {
  switch (of.width) {
    case 1:
      return view.getUint8(of.at);
    case 2:
      return view.getUint16(of.at, true);
    case 4:
      return view.getUint32(of.at, true);
    case 8:
      return readU64(view, of.at);
    default:
      throw corrupt(`a number of ${of.width} bytes`);
  }
}
