/**
 * Text to pieces of the built-in model's vocabulary. Words are runs of ASCII letters, broken as in camelCase and
 * HTTPServer, in lower case; runs of digits, the first six; single characters outside ASCII. The rest only separates.
 * A word is cut greedily into the longest pieces known; `##` marks one that continues a word.
 */
import { SliceCache } from "../text/slice-cache.ts";

/** UTF-16 units of a word that are looked at; digits of a number likewise. */
const MAX_WORD = 48;
const MAX_DIGITS = 6;
/** Longest piece of the vocabulary, without its mark. */
const MAX_PIECE = 24;
const CONTINUATION = "##";
/** Words remembered between texts. */
const CACHE_WORDS = 65536;

export const isUpper = (unit: number) => unit >= 65 && unit <= 90;
export const isLower = (unit: number) => unit >= 97 && unit <= 122;
export const isDigit = (unit: number) => unit >= 48 && unit <= 57;

/** End of the word that starts at `at`, or `at` when none starts there. */
export function wordEnd(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (isLower(first)) return endOfRun(text, at, isLower);
  if (isDigit(first)) return endOfRun(text, at, isDigit);
  if (first >= 0x80) return at + (first >= 0xd800 && first < 0xdc00 ? 2 : 1);
  if (!isUpper(first)) return at;
  const capitals = endOfRun(text, at, isUpper);
  if (capitals === at + 1) return endOfRun(text, at, isLower);
  if (!isLower(text.charCodeAt(capitals))) return capitals;
  // `URLs`: the s is a plural; `HTTPServer`: the last capital begins the next word
  const plural = text.charCodeAt(capitals) === 115 && !isLower(text.charCodeAt(capitals + 1));
  return plural ? capitals + 1 : capitals - 1;
}

function endOfRun(text: string, at: number, belongs: (unit: number) => boolean): number {
  do at++;
  while (at < text.length && belongs(text.charCodeAt(at)));
  return at;
}

/** The vocabulary and what it made of the words seen lately. */
export class WordPieces {
  private readonly ids = new Map<string, number>();
  private readonly cache = new SliceCache<readonly number[]>(CACHE_WORDS);

  /** @param vocabulary one piece per line, the line number is the id */
  constructor(vocabulary: string) {
    const lines = vocabulary.endsWith("\n") ? vocabulary.slice(0, -1) : vocabulary;
    lines.split("\n").forEach((piece, id) => this.ids.set(piece, id));
  }

  get size(): number {
    return this.ids.size;
  }

  /** Piece ids of the word `text[start, end)`, as `wordEnd` bounds it. Characters in no piece are dropped. */
  ofWord(text: string, start: number, end: number): readonly number[] {
    const first = text.charCodeAt(start);
    const stop = Math.min(end, start + (isDigit(first) ? MAX_DIGITS : MAX_WORD));
    let pieces = this.cache.get(text, start, stop);
    if (pieces === undefined) {
      const word = text.slice(start, stop);
      pieces = this.cut(first < 128 ? word.toLowerCase() : word);
      this.cache.set(word, pieces);
    }
    return pieces;
  }

  private cut(word: string): number[] {
    const pieces: number[] = [];
    for (let at = 0; at < word.length;) {
      let length = Math.min(word.length - at, MAX_PIECE);
      let id: number | undefined;
      for (; length > 0; length--) {
        const piece = word.substring(at, at + length);
        id = this.ids.get(at === 0 ? piece : CONTINUATION + piece);
        if (id !== undefined) break;
      }
      if (id !== undefined) pieces.push(id);
      at += Math.max(length, 1);
    }
    return pieces;
  }
}
