/** Block encoding: whole buffers of values that are not cut into chunks, namely dictionaries and levels. */
import { BLOCK_VALUES, makeBlock, packedBytes, unpackBlock } from "./codecs/fastlanes.ts";
import { bytesOfWords, decodeFixedChunk, decodeRuns, decompress, sliceByOffsets } from "./chunks.ts";
import { corrupt, unsupported } from "./corruption.ts";
import type { BinaryEncoding, Encoding, FixedEncoding } from "./encoding.ts";
import { isBinary } from "./encoding.ts";
import { cut, readU64, viewOf } from "./little-endian.ts";
import { allocate } from "./column-data.ts";
import type { ColumnData } from "./column-data.ts";

/** `n` values. @throws RepobaseError `corrupt_index`, `unsupported_format` */
export function decodeBlock(encoding: Encoding, bytes: Uint8Array, n: number): ColumnData {
  if (!isBinary(encoding))
    return { kind: "fixed", rows: n, width: encoding.width, data: decodeFixedBlock(encoding, bytes, n) };
  const items: Uint8Array[] = [];
  decodeBinaryBlock(encoding, bytes, { n, items });
  return { kind: "binary", rows: n, items };
}

/** `n` definition or repetition levels. */
export function decodeLevels(encoding: FixedEncoding, bytes: Uint8Array, n: number): Uint16Array {
  const data = decodeFixedBlock(encoding, bytes, n);
  const view = viewOf(data);
  const { width } = encoding;
  if (width !== 1 && width !== 2) throw unsupported(`levels of ${width} bytes`);
  return Uint16Array.from({ length: n }, (_, i) => (width === 1 ? view.getUint8(i) : view.getUint16(2 * i, true)));
}

function decodeFixedBlock(encoding: FixedEncoding, bytes: Uint8Array, n: number): Uint8Array {
  switch (encoding.kind) {
    case "general":
      return decodeFixedBlock(encoding.values, decompress(bytes, encoding.compression), n);
    case "rle": {
      const valueBytes = readU64(viewOf(bytes), 0);
      const out = allocate(n, encoding.width);
      const values = cut(bytes, 8, valueBytes);
      decodeRuns(encoding, { values, lengths: bytes.subarray(8 + valueBytes) }, { n, out, at: 0 });
      return out;
    }
    case "out-of-line-bitpacking":
      return decodePacked(encoding, bytes, n);
    default: {
      const out = allocate(n, encoding.width);
      decodeFixedChunk(encoding, [bytes], { n, out, at: 0 });
      return out;
    }
  }
}

/** Blocks of 1024 at one width; the rest is packed as a padded block, or raw when the buffer is exactly that long. */
function decodePacked(
  encoding: Extract<FixedEncoding, { kind: "out-of-line-bitpacking" }>,
  bytes: Uint8Array,
  n: number,
): Uint8Array {
  const { bits, packed: width } = encoding;
  const wordBytes = bits / 8;
  const full = Math.floor(n / BLOCK_VALUES);
  const rest = n % BLOCK_VALUES;
  const blockBytes = packedBytes(width);
  const rawRest = rest > 0 && bytes.length === full * blockBytes + rest * wordBytes;
  const out = allocate(n, wordBytes);
  const block = makeBlock(bits);
  const blocks = full + (rest > 0 && !rawRest ? 1 : 0);
  for (let b = 0; b < blocks; b++) {
    unpackBlock({ bits, width, packed: cut(bytes, b * blockBytes, blockBytes), out: block });
    const at = b * BLOCK_VALUES * wordBytes;
    out.set(bytesOfWords(block).subarray(0, Math.min(out.length - at, block.byteLength)), at);
  }
  if (rawRest) out.set(cut(bytes, full * blockBytes, rest * wordBytes), full * BLOCK_VALUES * wordBytes);
  return out;
}

/** `u32 32, u32 start, u32 offsets[n + 1]` or the same in u64 with 64, then the bytes the offsets count in. */
function decodeBinaryBlock(encoding: BinaryEncoding, bytes: Uint8Array, to: { n: number; items: Uint8Array[] }): void {
  switch (encoding.kind) {
    case "general-binary":
      return decodeBinaryBlock(encoding.values, decompress(bytes, encoding.compression), to);
    case "fsst": {
      const coded: Uint8Array[] = [];
      decodeBinaryBlock(encoding.values, bytes, { n: to.n, items: coded });
      for (const item of encoding.table.decodeAll(coded)) to.items.push(item);
      return;
    }
    case "variable": {
      const view = viewOf(bytes);
      const wide = encoding.offsetBits === 64;
      const bits = wide ? readU64(view, 0) : view.getUint32(0, true);
      if (bits !== encoding.offsetBits) throw corrupt("a string block has a wrong offset width");
      const base = wide ? readU64(view, 8) : view.getUint32(4, true);
      sliceByOffsets({ bytes, offsetBits: encoding.offsetBits, offsetsAt: wide ? 16 : 8, base }, to);
    }
  }
}
