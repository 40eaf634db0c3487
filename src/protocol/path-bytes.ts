/**
 * Names of files as text. git and Linux know names as bytes, nearly always UTF-8. A byte that is part of no UTF-8 character
 * stands as `\xe9` in the text; and so that no two names give one text, a backslash that would begin such a form in a name
 * stands as `\x5c`. Every other name stands as it is. Documented in docs/FORMAT.md; pure.
 */

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
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let out = "";
  let start = 0;
  const flush = (end: number) => {
    out += decoder.decode(bytes.subarray(start, end)).replace(LITERAL_ESCAPE, "\\x5c");
  };
  for (let at = 0; at < bytes.length;) {
    const length = characterLength(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    flush(at);
    out += `\\x${(bytes[at] ?? 0).toString(16)}`;
    start = ++at;
  }
  flush(bytes.length);
  return out;
}

/** Bytes of the UTF-8 character that starts at `at`; 0: there is none. */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > bytes.length) return 0;
  for (let i = 1; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1] ?? 0;
  // overlong forms, halves of surrogate pairs, beyond Unicode
  if ((first === 0xe0 && second < 0xa0) || (first === 0xed && second > 0x9f)) return 0;
  if ((first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f)) return 0;
  return length;
}
