/**
 * The bytes of a file as text, and back, for bytes of every kind: `encodeFileText(decodeFileText(b))` is `b`. UTF-8 is its own text.
 * UTF-16 with its mark is decoded. A byte that is part of no character (Latin-1, Shift-JIS, GBK, damage) stands as a private
 * character, U+10FF00 and its value: no letter, so what is ASCII around it is found as ever. UTF-16 shows by its mark, FF FE or
 * FE FF, as two such characters in front. Documented in docs/FORMAT.md; pure.
 */
import { splitUtf8 } from "./utf8.ts";

export type FileEncoding = "utf-8" | "utf-16le" | "utf-16be" | "unknown-8bit";

const BYTE_BASE = 0x10ff00;
const BYTE_CHARACTERS = /[\u{10ff00}-\u{10ffff}]/gu;
/** The first half of each of them (and of others of that plane). */
const FIRST_HALF = "\udbff";
const LITTLE_MARK = "\u{10ffff}\u{10fffe}";
const BIG_MARK = "\u{10fffe}\u{10ffff}";

export function decodeFileText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return LITTLE_MARK + decodeUtf16(bytes, true);
  if (first === 0xfe && second === 0xff) return BIG_MARK + decodeUtf16(bytes, false);
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes(FIRST_HALF) ? escapeCharacters(text, new TextEncoder()) : text;
  } catch {
    return decodeBytes(bytes); // the decoder's only error: these bytes are no UTF-8
  }
}

export function encodingOf(text: string): FileEncoding {
  if (!text.includes(FIRST_HALF)) return "utf-8";
  if (text.startsWith(LITTLE_MARK)) return "utf-16le";
  return text.startsWith(BIG_MARK) ? "utf-16be" : "unknown-8bit";
}

/** @param encoding of the whole file, where `text` is a part of it */
export function encodeFileText(text: string, encoding: FileEncoding = encodingOf(text)): Uint8Array {
  if (encoding === "utf-8") return new TextEncoder().encode(text);
  const encode = encoding === "unknown-8bit" ? utf8Encoder() : utf16Encoder(encoding === "utf-16le");
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const match of text.matchAll(BYTE_CHARACTERS)) {
    if (match.index > at) parts.push(encode(text.slice(at, match.index)));
    parts.push(Uint8Array.of((match[0].codePointAt(0) ?? 0) - BYTE_BASE));
    at = match.index + match[0].length;
  }
  parts.push(encode(text.slice(at)));
  return joined(parts);
}

/** For people and programs that read it: no mark, and U+FFFD for bytes that are no characters. */
export function readableText(text: string): string {
  if (!text.includes(FIRST_HALF)) return text;
  return (hasMark(text) ? text.slice(LITTLE_MARK.length) : text).replace(BYTE_CHARACTERS, "\ufffd");
}

/** The same length, and nothing in it that a grammar has not heard of: white space for the mark, letters for bytes. */
export function parsableText(text: string): string {
  if (!text.includes(FIRST_HALF)) return text;
  const mark = hasMark(text) ? LITTLE_MARK.length : 0;
  return " ".repeat(mark) + text.slice(mark).replace(BYTE_CHARACTERS, "__");
}

const hasMark = (text: string): boolean => text.startsWith(LITTLE_MARK) || text.startsWith(BIG_MARK);

const byteCharacter = (byte: number): string => String.fromCodePoint(BYTE_BASE + byte);

const escapeBytes = (bytes: Uint8Array): string => Array.from(bytes, byteCharacter).join("");

/** Private characters that stand in the file itself, as their bytes. */
const escapeCharacters = (text: string, encoder: { encode(text: string): Uint8Array }): string =>
  text.replace(BYTE_CHARACTERS, (character) => escapeBytes(encoder.encode(character)));

function decodeBytes(bytes: Uint8Array): string {
  const encoder = new TextEncoder();
  const parts: string[] = [];
  splitUtf8(bytes, {
    text: (run) => parts.push(run.includes(FIRST_HALF) ? escapeCharacters(run, encoder) : run),
    byte: (byte) => parts.push(byteCharacter(byte)),
  });
  return parts.join("");
}

/** Without the mark. Halves of surrogate pairs and an odd last byte stand as bytes. */
function decodeUtf16(bytes: Uint8Array, little: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: string[] = [];
  const end = bytes.length - (bytes.length % 2);
  for (let at = 2; at < end; at += 2 * UNITS) {
    const count = Math.min(UNITS, (end - at) / 2);
    parts.push(String.fromCharCode(...Array.from({ length: count }, (_, i) => view.getUint16(at + 2 * i, little))));
  }
  const encode = { encode: utf16Encoder(little) };
  let text = parts.join("");
  if (text.includes(FIRST_HALF)) text = escapeCharacters(text, encode);
  if (!text.isWellFormed()) text = text.replace(/\p{Surrogate}/gu, (half) => escapeBytes(encode.encode(half)));
  return end === bytes.length ? text : text + byteCharacter(bytes[end] ?? 0);
}

/** As many as may be arguments of one call. */
const UNITS = 4096;

function utf8Encoder(): (text: string) => Uint8Array {
  const encoder = new TextEncoder();
  return (text) => encoder.encode(text);
}

const utf16Encoder =
  (little: boolean) =>
  (text: string): Uint8Array => {
    const bytes = new Uint8Array(text.length * 2);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), little);
    return bytes;
  };

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
