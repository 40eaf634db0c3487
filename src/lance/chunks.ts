/**
 * Values of one chunk of a miniblock page: `n` values from the chunk's value buffers, appended to the page's output. All
 * chunks of a page are decoded into one array, so that a scan of fixed-width values copies each byte once.
 */
import { decodeLz4 } from "./codecs/lz4.ts";
import { decodeZstdBuffer } from "./codecs/zstd.ts";
import { BLOCK_VALUES, makeBlock, unpackBlock } from "./codecs/fastlanes.ts";
import type { Words } from "./codecs/fastlanes.ts";
import { corrupt, unsupported } from "./corruption.ts";
import type { BinaryEncoding, Compression, FixedEncoding } from "./encoding.ts";
import { cut, readU64, viewOf } from "./little-endian.ts";

export function decompress(bytes: Uint8Array, compression: Compression | undefined): Uint8Array {
  return compression === "lz4" ? decodeLz4(bytes) : compression === "zstd" ? decodeZstdBuffer(bytes) : bytes;
}

/** Where `n` decoded values go: `out` from byte `at` on. */
export interface FixedTarget {
  readonly n: number;
  readonly out: Uint8Array;
  readonly at: number;
}

/** @throws RepobaseError `corrupt_index` */
export function decodeFixedChunk(encoding: FixedEncoding, buffers: readonly Uint8Array[], to: FixedTarget): void {
  const first = buffers[0] ?? new Uint8Array();
  const { n, out, at } = to;
  switch (encoding.kind) {
    case "flat": {
      const bytes = decompress(first, encoding.compression);
      if (encoding.bits === 1) unpackBits(bytes, to);
      else out.set(cut(bytes, 0, n * encoding.width), at);
      return;
    }
    case "inline-bitpacking": {
      if (n > BLOCK_VALUES) throw corrupt("a bit-packed chunk has too many values");
      const wordBytes = encoding.bits / 8;
      // The first word is the width; even of 64 bits only the lowest byte can be set.
      const width = cut(first, 0, wordBytes)[0] as number;
      const block = makeBlock(encoding.bits);
      unpackBlock({ bits: encoding.bits, width, packed: first.subarray(wordBytes), out: block });
      out.set(bytesOfWords(block).subarray(0, n * wordBytes), at);
      return;
    }
    case "rle":
      return decodeRuns(encoding, { values: first, lengths: buffers[1] ?? new Uint8Array() }, to);
    case "byte-stream-split": {
      const { width } = encoding;
      const streams = new Uint8Array(n * width);
      decodeFixedChunk(encoding.values, buffers, { n, out: streams, at: 0 });
      for (let b = 0; b < width; b++)
        for (let i = 0; i < n; i++) out[at + i * width + b] = streams[b * n + i] as number;
      return;
    }
    case "general":
      return decodeFixedChunk(encoding.values, [decompress(first, encoding.compression), ...buffers.slice(1)], to);
    case "fixed-size-list":
      // Never written for our columns, and the place of the bitmap among several layers is not known for certain.
      if (encoding.validity) throw unsupported("null items inside a fixed-size list");
      return decodeFixedChunk(encoding.values, buffers, { n: n * encoding.items, out, at });
    case "out-of-line-bitpacking":
      throw unsupported("out-of-line bit-packing in a chunk");
  }
}

export function bytesOfWords(words: Words): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

function unpackBits(bytes: Uint8Array, { n, out, at }: FixedTarget): void {
  cut(bytes, 0, Math.ceil(n / 8));
  for (let i = 0; i < n; i++) out[at + i] = ((bytes[i >> 3] as number) >> (i & 7)) & 1;
}

/** @throws RepobaseError `corrupt_index` when the runs do not make exactly `n` values */
export function decodeRuns(
  encoding: Extract<FixedEncoding, { kind: "rle" }>,
  buffers: { values: Uint8Array; lengths: Uint8Array },
  { n, out, at }: FixedTarget,
): void {
  const { width } = encoding;
  const values = decompress(buffers.values, encoding.values.compression);
  const lengths = decompress(buffers.lengths, encoding.lengths.compression);
  const lengthWidth = encoding.lengths.width;
  const runs = Math.floor(lengths.length / lengthWidth);
  cut(values, 0, runs * width);
  const view = viewOf(lengths);
  let to = at;
  const end = at + n * width;
  for (let run = 0; run < runs; run++) {
    const length =
      lengthWidth === 1
        ? (lengths[run] as number)
        : lengthWidth === 2
          ? view.getUint16(2 * run, true)
          : view.getUint32(4 * run, true);
    const next = to + length * width;
    if (next > end) throw corrupt("run lengths make too many values");
    // Byte by byte: runs are short, and a copy of a few bytes costs less than the call that would make it.
    const from = run * width;
    for (; to < next; to += width) for (let b = 0; b < width; b++) out[to + b] = values[from + b] as number;
  }
  if (to !== end) throw corrupt("run lengths make too few values");
}

/** Appends `n` items. @throws RepobaseError `corrupt_index` */
export function decodeBinaryChunk(
  encoding: BinaryEncoding,
  chunk: Uint8Array,
  to: { n: number; items: Uint8Array[] },
): void {
  switch (encoding.kind) {
    case "variable":
      return sliceByOffsets({ bytes: chunk, offsetBits: encoding.offsetBits, offsetsAt: 0, base: 0 }, to);
    case "general-binary":
      return decodeBinaryChunk(encoding.values, decompress(chunk, encoding.compression), to);
    case "fsst": {
      const coded: Uint8Array[] = [];
      decodeBinaryChunk(encoding.values, chunk, { n: to.n, items: coded });
      for (const item of encoding.table.decodeAll(coded)) to.items.push(item);
    }
  }
}

/** `n + 1` offsets at `offsetsAt`, counted from `base`, cut the bytes into `n` items. */
export function sliceByOffsets(
  from: { bytes: Uint8Array; offsetBits: 32 | 64; offsetsAt: number; base: number },
  to: { n: number; items: Uint8Array[] },
): void {
  const { bytes, offsetBits, offsetsAt, base } = from;
  const view = viewOf(bytes);
  const offset = (i: number) =>
    base + (offsetBits === 32 ? view.getUint32(offsetsAt + 4 * i, true) : readU64(view, offsetsAt + 8 * i));
  let start = offset(0);
  for (let i = 1; i <= to.n; i++) {
    const end = offset(i);
    if (end < start || end > bytes.length) throw corrupt("string offsets are out of order or out of bounds");
    to.items.push(bytes.subarray(start, end));
    start = end;
  }
}
