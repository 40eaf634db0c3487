/**
 * Names of files as text. git and Linux know names as bytes, nearly always UTF-8. A byte that is part of no UTF-8 character
 * stands as `\xe9` in the text; and so that no two names give one text, a backslash that would begin such a form in a name
 * stands as `\x5c`. Every other name stands as it is. Documented in docs/FORMAT.md; pure.
 */
import { splitUtf8 } from "./utf8.ts";

/** What an escape looks like: a byte that UTF-8 never has alone, or the backslash. */
const ESCAPE = /\\x([89a-f][0-9a-f]|5c)/g;
const LITERAL_ESCAPE = /\\(?=x(?:[89a-f][0-9a-f]|5c))/g;

/**
 * @param quick the bytes as any decoder gives them, with U+FFFD for what it cannot decode
 * @param bytes asked for only where `quick` is not the answer already
 */
export function pathOfBytes(quick: string, bytes: () => Uint8Array): string {
  return quick.includes("\ufffd") || quick.includes("\\x") ? decode(bytes()) : quick;
}

/** The name on disk, or in a git tree. */
export function bytesOfPath(path: string): Uint8Array {
  if (!isEscaped(path)) return new TextEncoder().encode(path);
  const out: number[] = [];
  let at = 0;
  for (const match of path.matchAll(ESCAPE)) {
    out.push(...new TextEncoder().encode(path.slice(at, match.index)), Number.parseInt(match[1] ?? "", 16));
    at = match.index + match[0].length;
  }
  out.push(...new TextEncoder().encode(path.slice(at)));
  return Uint8Array.from(out);
}

/** May its bytes be others than its UTF-8? */
export const isEscaped = (path: string): boolean => path.includes("\\x");

/** Every escape as one character that no name has, for matchers that count characters. */
export const foldEscapes = (path: string): string =>
  isEscaped(path)
    ? path.replace(ESCAPE, (_, hex: string) => String.fromCodePoint(0x10ff00 + Number.parseInt(hex, 16)))
    : path;

function decode(bytes: Uint8Array): string {
  let out = "";
  splitUtf8(bytes, {
    text: (run) => (out += run.replace(LITERAL_ESCAPE, "\\x5c")),
    byte: (byte) => (out += `\\x${byte.toString(16)}`),
  });
  return out;
}
