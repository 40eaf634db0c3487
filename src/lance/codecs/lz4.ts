/** One raw LZ4 block, https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md, after its u32 decoded size. */
import { MAX_DECODED_BYTES, corrupt } from "../corruption.ts";
import { viewOf } from "../little-endian.ts";

/** @throws RepobaseError `corrupt_index` */
export function decodeLz4(source: Uint8Array): Uint8Array {
  const size = viewOf(source).getUint32(0, true);
  // A byte of a block makes at most 255 bytes.
  if (size > MAX_DECODED_BYTES || size > source.length * 255) throw corrupt("an LZ4 block claims too many bytes");
  const out = new Uint8Array(size);
  let from = 4;
  let to = 0;
  const extended = (nibble: number): number => {
    let length = nibble;
    if (nibble === 15)
      for (let byte = 255; byte === 255; length += byte) {
        if (from >= source.length) throw corrupt("an LZ4 block ends too early");
        byte = source[from++] as number;
      }
    return length;
  };
  while (from < source.length) {
    const token = source[from++] as number;
    const literals = extended(token >> 4);
    if (from + literals > source.length || to + literals > size) throw corrupt("an LZ4 block has too many literals");
    out.set(source.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    // The last sequence is literals alone.
    if (from >= source.length) break;
    const distance = (source[from] as number) | ((source[from + 1] ?? 0) << 8);
    from += 2;
    const length = extended(token & 15) + 4;
    if (distance === 0 || distance > to || to + length > size) throw corrupt("an LZ4 block has a bad match");
    if (distance >= length) out.copyWithin(to, to - distance, to - distance + length);
    // The match overlaps its own output: it repeats, byte by byte.
    else for (let i = to; i < to + length; i++) out[i] = out[i - distance] as number;
    to += length;
  }
  if (to !== size) throw corrupt("an LZ4 block is too short");
  return out;
}
