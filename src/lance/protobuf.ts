/** The protobuf wire format, as much as Lance's metadata needs: a message is read once and asked by field number. */
import { corrupt } from "./corruption.ts";
import { cut } from "./little-endian.ts";

/** Above 2^53 as bigint, so that 64-bit ids keep all their digits. */
type Varint = number | bigint;

/** Deepest nesting that is read; encodings nest three or four deep. */
const MAX_DEPTH = 32;

export class Message {
  readonly #fields = new Map<number, (Varint | Uint8Array)[]>();
  readonly #depth: number;

  /** @throws RepobaseError `corrupt_index` when `bytes` are no message */
  constructor(bytes: Uint8Array, depth = 0) {
    if (depth > MAX_DEPTH) throw corrupt("a message is nested too deeply");
    this.#depth = depth;
    const cursor = { bytes, at: 0 };
    while (cursor.at < bytes.length) {
      const tag = readVarint(cursor);
      if (typeof tag === "bigint" || tag < 8 || tag >= 2 ** 32) throw corrupt("a message has a bad field number");
      const field = Math.floor(tag / 8);
      const value = readValue(cursor, tag % 8);
      const values = this.#fields.get(field);
      if (values === undefined) this.#fields.set(field, [value]);
      else values.push(value);
    }
  }

  has(field: number): boolean {
    return this.#fields.has(field);
  }

  /** Field numbers present, in order of appearance: the member of a oneof. */
  fields(): number[] {
    return [...this.#fields.keys()];
  }

  /** A scalar, 0 when absent. Negative numbers come as the ten-byte varints they are. */
  number(field: number): number {
    const value = this.#last(field);
    return value === undefined ? 0 : toNumber(value);
  }

  /** An unsigned 64-bit scalar with all its digits. */
  bigint(field: number): bigint {
    const value = this.#last(field);
    if (value instanceof Uint8Array) throw corrupt("a message has bytes in place of a number");
    return BigInt(value ?? 0);
  }

  bytes(field: number): Uint8Array | undefined {
    const value = this.#last(field);
    if (value === undefined || value instanceof Uint8Array) return value;
    throw corrupt("a message has a number in place of bytes");
  }

  text(field: number): string {
    return decodeText(this.bytes(field) ?? new Uint8Array());
  }

  message(field: number): Message | undefined {
    const bytes = this.bytes(field);
    return bytes && new Message(bytes, this.#depth + 1);
  }

  messages(field: number): Message[] {
    return (this.#fields.get(field) ?? []).map((value) => {
      if (value instanceof Uint8Array) return new Message(value, this.#depth + 1);
      throw corrupt("a message has a number in place of a message");
    });
  }

  /** A repeated scalar, packed or not. */
  numbers(field: number): number[] {
    const out: number[] = [];
    for (const value of this.#fields.get(field) ?? []) {
      if (!(value instanceof Uint8Array)) out.push(toNumber(value));
      else
        for (const cursor = { bytes: value, at: 0 }; cursor.at < value.length;) out.push(toNumber(readVarint(cursor)));
    }
    return out;
  }

  /** A map from string to bytes or string. */
  map(field: number): Map<string, Uint8Array> {
    return new Map(this.messages(field).map((entry) => [entry.text(1), entry.bytes(2) ?? new Uint8Array()]));
  }

  #last(field: number): Varint | Uint8Array | undefined {
    return this.#fields.get(field)?.at(-1);
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Exactly the text: a byte order mark stays. @throws RepobaseError `corrupt_index` for bytes that are no UTF-8 */
export function decodeText(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch (cause) {
    throw corrupt("a text is not UTF-8", cause);
  }
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

function readVarint(cursor: Cursor): Varint {
  const start = cursor.at;
  let value = 0;
  for (let scale = 1; cursor.at - start < 10; scale *= 128) {
    const byte = cursor.bytes[cursor.at++];
    if (byte === undefined) throw corrupt("a message ends too early");
    value += (byte & 127) * scale;
    if (byte < 128)
      return value <= Number.MAX_SAFE_INTEGER ? value : bigVarint(cursor.bytes.subarray(start, cursor.at));
  }
  throw corrupt("a message has a number that does not end");
}

function bigVarint(bytes: Uint8Array): bigint {
  return BigInt.asUintN(
    64,
    bytes.reduceRight((value, byte) => (value << 7n) | BigInt(byte & 127), 0n),
  );
}

function readValue(cursor: Cursor, wireType: number): Varint | Uint8Array {
  if (wireType === 0) return readVarint(cursor);
  const length = wireType === 1 ? 8 : wireType === 5 ? 4 : wireType === 2 ? toNumber(readVarint(cursor)) : -1;
  if (length < 0) throw corrupt("a message has a bad wire type or length");
  const bytes = cut(cursor.bytes, cursor.at, length);
  cursor.at += length;
  return bytes;
}

function toNumber(value: Varint | Uint8Array): number {
  if (typeof value === "number") return value;
  if (value instanceof Uint8Array) throw corrupt("a message has bytes in place of a number");
  const signed = Number(BigInt.asIntN(64, value));
  if (!Number.isSafeInteger(signed)) throw corrupt("a message has a number out of range");
  return signed;
}
