/**
 * Lance's CompressiveEncoding (protos/encodings_v2_1.proto) as a typed tree: how one column's values became bytes.
 * An encoding this reader cannot decode is refused here, when a page is opened, before any of its data is read.
 */
import { FsstTable } from "./codecs/fsst.ts";
import type { WordBits } from "./codecs/fastlanes.ts";
import { unsupported } from "./corruption.ts";
import type { Message } from "./protobuf.ts";

export type Compression = "lz4" | "zstd";

/** Values of one width. `width` is bytes per value; single bits decode to a byte each. */
export type FixedEncoding =
  | { readonly kind: "flat"; readonly bits: number; readonly width: number; readonly compression?: Compression }
  | { readonly kind: "inline-bitpacking"; readonly bits: WordBits; readonly width: number }
  | {
      readonly kind: "out-of-line-bitpacking";
      readonly bits: WordBits;
      readonly packed: number;
      readonly width: number;
    }
  | { readonly kind: "rle"; readonly values: FlatEncoding; readonly lengths: FlatEncoding; readonly width: number }
  | { readonly kind: "byte-stream-split"; readonly values: FixedEncoding; readonly width: number }
  | {
      readonly kind: "general";
      readonly compression: Compression;
      readonly values: FixedEncoding;
      readonly width: number;
    }
  | {
      readonly kind: "fixed-size-list";
      readonly items: number;
      readonly values: FixedEncoding;
      /** A bitmap of valid items goes before the values. */
      readonly validity: boolean;
      readonly width: number;
    };
export type FlatEncoding = Extract<FixedEncoding, { kind: "flat" }>;

/** Values of any length. */
export type BinaryEncoding =
  | { readonly kind: "variable"; readonly offsetBits: 32 | 64 }
  | { readonly kind: "fsst"; readonly table: FsstTable; readonly values: BinaryEncoding }
  | { readonly kind: "general-binary"; readonly compression: Compression; readonly values: BinaryEncoding };

export type Encoding = FixedEncoding | BinaryEncoding;

export function isBinary(encoding: Encoding): encoding is BinaryEncoding {
  return encoding.kind === "variable" || encoding.kind === "fsst" || encoding.kind === "general-binary";
}

/** @throws RepobaseError `unsupported_format` for an encoding this reader does not know */
export function parseEncoding(message: Message | undefined): Encoding {
  const kind = message?.fields()[0];
  const body = kind === undefined ? undefined : message?.message(kind);
  if (body === undefined) throw unsupported("a page has no encoding");
  const parse = kind === undefined ? undefined : PARSERS[kind];
  if (parse === undefined) throw unsupported(`page encoding ${kind}`);
  return parse(body);
}

/** By the field of the message that holds it. */
const PARSERS: Readonly<Record<number, (body: Message) => Encoding>> = {
  // flat
  1: (body) => {
    const bits = body.number(1);
    if (bits !== 1 && (bits % 8 !== 0 || bits === 0)) throw unsupported(`a flat encoding of ${bits} bits`);
    const compression = parseCompression(body.message(2));
    return { kind: "flat", bits, width: Math.ceil(bits / 8), ...(compression && { compression }) };
  },
  // variable
  2: (body) => {
    const offsets = parseFixed(body.message(1));
    if (offsets.kind !== "flat" || (offsets.bits !== 32 && offsets.bits !== 64) || offsets.compression || body.has(2))
      throw unsupported("a variable-width encoding with encoded offsets or compressed values");
    return { kind: "variable", offsetBits: offsets.bits };
  },
  // out-of-line bit-packing
  4: (body) => {
    const packed = parseFixed(body.message(3), { anyBits: true });
    if (packed.kind !== "flat" || packed.compression) throw unsupported("a bit-packed encoding with encoded words");
    const bits = wordBits(body.number(1));
    return { kind: "out-of-line-bitpacking", bits, packed: packed.bits, width: bits / 8 };
  },
  // inline bit-packing
  5: (body) => {
    if (body.has(2)) throw unsupported("a bit-packed encoding with compressed words");
    const bits = wordBits(body.number(1));
    return { kind: "inline-bitpacking", bits, width: bits / 8 };
  },
  // FSST
  6: (body) => {
    const values = parseEncoding(body.message(2));
    if (!isBinary(values)) throw unsupported("an FSST encoding of fixed-width values");
    return { kind: "fsst", table: new FsstTable(body.bytes(1) ?? new Uint8Array()), values };
  },
  // run lengths
  8: (body) => {
    const values = parseFixed(body.message(1));
    const lengths = parseFixed(body.message(2));
    if (values.kind !== "flat" || values.bits < 8 || lengths.kind !== "flat" || ![8, 16, 32].includes(lengths.bits))
      throw unsupported("a run-length encoding with encoded values or lengths");
    return { kind: "rle", values, lengths, width: values.width };
  },
  // byte stream split
  9: (body) => {
    const values = parseFixed(body.message(1));
    return { kind: "byte-stream-split", values, width: values.width };
  },
  // compressed
  10: (body) => {
    const compression = parseCompression(body.message(1));
    const values = parseEncoding(body.message(3));
    if (compression === undefined) return values;
    return isBinary(values)
      ? { kind: "general-binary", compression, values }
      : { kind: "general", compression, values, width: values.width };
  },
  // fixed-size list
  11: (body) => {
    const items = body.number(1);
    const values = parseFixed(body.message(2));
    if (items < 1 || items * values.width > MAX_VALUE_BYTES) throw unsupported(`a fixed-size list of ${items} items`);
    return { kind: "fixed-size-list", items, values, validity: body.number(3) === 1, width: items * values.width };
  },
};

/** A vector of 64 Ki doubles; more is a damaged count. */
const MAX_VALUE_BYTES = 512 * 1024;

/** `anyBits`: the width of packed words, which need not be whole bytes. */
function parseFixed(message: Message | undefined, { anyBits = false } = {}): FixedEncoding {
  if (anyBits && message?.fields()[0] === 1) {
    const body = message.message(1);
    if (body !== undefined && !body.has(2))
      return { kind: "flat", bits: body.number(1), width: Math.ceil(body.number(1) / 8) };
  }
  const encoding = parseEncoding(message);
  if (isBinary(encoding)) throw unsupported("variable-width values inside a fixed-width encoding");
  return encoding;
}

function wordBits(bits: number): WordBits {
  if (bits === 8 || bits === 16 || bits === 32 || bits === 64) return bits;
  throw unsupported(`bit-packed words of ${bits} bits`);
}

function parseCompression(message: Message | undefined): Compression | undefined {
  switch (message?.number(1) ?? 0) {
    case 0:
      return undefined;
    case 1:
      return "lz4";
    case 2:
      return "zstd";
    default:
      throw unsupported(`compression scheme ${message?.number(1)}`);
  }
}
