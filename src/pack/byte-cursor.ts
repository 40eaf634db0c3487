/** Reads numbers and pieces from bytes, one after the other; what ends too early is damage. */
import { corruptPack } from "./corrupt-pack.ts";

export class ByteCursor {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    if (!(at >= 0 && at <= end && end <= bytes.length)) throw corruptPack("a piece lies outside its part");
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  /** LEB128, below 2^32. */
  varint(): number {
    const { bytes, end } = this;
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      if (this.at >= end) throw corruptPack("a number ends too early");
      const byte = bytes[this.at++] as number;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) {
        if (value >= 2 ** 32) break;
        return value;
      }
    }
    throw corruptPack("a number is too large");
  }

  u16(): number {
    const [low, high] = this.take(2) as unknown as [number, number];
    return low | (high << 8);
  }

  /** A view. */
  take(length: number): Uint8Array {
    if (!(length >= 0) || this.at + length > this.end) throw corruptPack("a piece ends too early");
    const piece = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return piece;
  }
}
