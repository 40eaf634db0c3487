/**
 * Our code-aware tokenizer: the one source of terms, for rows when they are written and for queries when they are asked.
 * An identifier gives itself in lower case and, when it has several, its parts; Han and Kana give pairs of characters.
 * Terms hold no white space and at most 63 UTF-8 bytes, so that a `whitespace` full-text index keeps each as it is.
 * Any change here changes the `terms` column: it belongs to the chunker's name in the manifest.
 */
import { identifierParts } from "./identifier.ts";
import { charClass, CharClass, forEachWord } from "./words.ts";

/** Longest term in UTF-8 bytes; the index drops tokens of 64 bytes and more. */
export const MAX_TERM_BYTES = 63;
/**
 * How often the terms of path and symbol are counted: they say what a chunk is about. Keyword NDCG@10 on files, 121
 * questions on six repositories: .674 counted once, .681 twice, .690 four times, .701 eight times; fused with the model
 * .770, .774, .775, .782. Four, because each further time adds 2 % to the column.
 */
export const FIRST_LINE_WEIGHT = 4;
/** A longer run of word characters is data (base64, a digest table), not a name. */
const MAX_IDENTIFIER = 128;
/** More parts than this are noise of hex and base64, where letters and digits alternate. */
const MAX_PARTS = 12;
/** Words remembered between texts. Sources repeat their words: 97 of 100 are found here. */
const CACHE_WORDS = 32768;

const cache = new Map<string, string>();

/** The `terms` column of one row: terms joined by single spaces, in text order, path and symbol first. */
export function rowTerms(row: { path: string; symbol: string | null; contents: string }): string {
  const head = joinedTerms(row.symbol === null ? row.path : `${row.path} ${row.symbol}`).repeat(FIRST_LINE_WEIGHT);
  return (head + joinedTerms(row.contents)).slice(1);
}

/**
 * The terms of a query, each once, in order of first appearance. BM25 would add a repeated term as often as it stands;
 * in a question a repeat is grammar, or an identifier beside its own parts, not emphasis.
 */
export function queryTerms(query: string): string[] {
  return [...new Set(joinedTerms(query).split(" ").slice(1))];
}

/** Where `text` has one of `terms`: [start, end) in UTF-16 units, ascending, not overlapping. Whole identifiers before parts. */
export function findTerms(text: string, terms: ReadonlySet<string>): { start: number; end: number; term: string }[] {
  const found: { start: number; end: number; term: string }[] = [];
  const look = (start: number, end: number): boolean => {
    const term = normalize(text.slice(start, end));
    if (!terms.has(term)) return false;
    const last = found.at(-1);
    // pairs of ideographs overlap by one character
    found.push({ start: last !== undefined && last.end > start ? last.end : start, end, term });
    return true;
  };
  forEachWord(text, (start, end, ideographs) => {
    if (look(start, end)) return;
    if (ideographs) {
      for (let at = start; at + 2 <= end; at++) look(at, at + 2);
      return;
    }
    const parts = identifierParts(text.slice(start, end));
    for (let i = 0; i < parts.length; i += 2) look(start + (parts[i] ?? 0), start + (parts[i + 1] ?? 0));
  });
  return found;
}

/** Each term with a space before it. */
function joinedTerms(text: string): string {
  let out = "";
  forEachWord(text, (start, end, ideographs) => {
    if (end - start > MAX_IDENTIFIER && !ideographs) return;
    const word = text.slice(start, end);
    let terms = cache.get(word);
    if (terms === undefined) {
      terms = ideographs ? pairs(word) : identifierTerms(word);
      if (cache.size >= CACHE_WORDS) cache.clear();
      cache.set(word, terms);
    }
    out += terms;
  });
  return out;
}

function identifierTerms(word: string): string {
  const parts = identifierParts(word);
  if (parts.length === 0) return ""; // underscores only
  const whole = normalize(word);
  let out = fits(whole) ? ` ${whole}` : "";
  // a number with its unit or base (10ms, 0xff) is found whole
  if (parts.length > 2 * MAX_PARTS || charClass(word.charCodeAt(0)) === CharClass.digit) return out;
  for (let i = 0; i < parts.length; i += 2) {
    const part = normalize(word.slice(parts[i], parts[i + 1]));
    // one letter or digit of a longer name finds nothing anybody looks for, and would be a tenth of the column
    if (part !== whole && (part.length > 1 || part.charCodeAt(0) > 127) && fits(part)) out += ` ${part}`;
  }
  return out;
}

function pairs(word: string): string {
  if (word.length === 1) return ` ${word}`;
  let out = "";
  for (let i = 0; i + 2 <= word.length; i++) out += ` ${word.slice(i, i + 2)}`;
  return out;
}

/** Lower case without locale; composed, because file systems and editors decompose accents. */
function normalize(word: string): string {
  const lower = word.toLowerCase();
  return isAscii(lower) ? lower : lower.normalize("NFC");
}

function isAscii(word: string): boolean {
  for (let i = 0; i < word.length; i++) if (word.charCodeAt(i) > 127) return false;
  return true;
}

function fits(term: string): boolean {
  if (term.length > MAX_TERM_BYTES) return false;
  return term.length * 3 <= MAX_TERM_BYTES || isAscii(term) || new TextEncoder().encode(term).length <= MAX_TERM_BYTES;
}
