/**
 * Our code-aware tokenizer: the one source of terms, for rows when they are written and for queries when they are asked.
 * A word gives its stem; an identifier of several parts itself in lower case and the stems of its parts; Han, Kana and Hangul
 * give pairs of characters.
 * Terms hold no white space and at most 63 UTF-8 bytes, so that a `whitespace` full-text index keeps each as it is.
 * Any change here changes the `terms` column: it belongs to the chunker's name in the manifest.
 */
import { SliceCache } from "../text/slice-cache.ts";
import { identifierParts } from "./identifier.ts";
import { stemWord } from "./stem.ts";
import { isStopTerm } from "./stop-words.ts";
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
const CACHE_WORDS = 65536;

const cache = new SliceCache<string>(CACHE_WORDS);

/** The `terms` column of one row: terms joined by single spaces, in text order, path and symbol first, what it defines last. */
export function rowTerms(row: {
  path: string;
  symbol: string | null;
  contents: string;
  definitions: readonly string[];
}): string {
  const head = joinedTerms(row.symbol === null ? row.path : `${row.path} ${row.symbol}`).repeat(FIRST_LINE_WEIGHT);
  const defined = row.definitions
    .flatMap(definitionTerm)
    .map((term) => ` ${term}`)
    .join("");
  return (head + joinedTerms(row.contents) + defined).slice(1);
}

/** What a term that says "is defined here" begins with; no other does. */
export const DEFINITION_SIGN = "=";

/** "Is defined here" as a term. Whole, because parts of names are found by name. None: an operator. */
export function definitionTerm(name: string): string[] {
  let word = "";
  forEachWord(name, (start, end) => (word += name.slice(start, end))); // `valid?` is looked for as `valid`
  const term = DEFINITION_SIGN + normalize(word);
  return word === "" ? [] : [fits(term) ? term : term.slice(0, MAX_TERM_BYTES / 3)];
}

/**
 * The names in a query that code may define, as terms of `rowTerms`, each once: a query of one word, else words that are
 * written like identifiers, or with a capital where no sentence begins.
 */
export function queriedDefinitions(query: string): string[] {
  const words: string[] = [];
  const text = query.trim();
  const alone = ONE_WORD.test(text);
  forEachWord(text, (start, end, ideographs) => {
    const word = text.slice(start, end);
    const qualified =
      QUALIFIES.test(text.slice(Math.max(0, start - LONGEST_SIGN - 1), start)) ||
      QUALIFIED.test(text.slice(end, end + LONGEST_SIGN + 1));
    if (!ideographs && (alone || qualified || IDENTIFIER.test(word) || (start > 0 && CAPITALISED.test(word))))
      words.push(word);
  });
  return [...new Set(words.flatMap(definitionTerm))];
}

const ONE_WORD = /^[^\s.:#/]+$/;
/** `::` and `->` */
const LONGEST_SIGN = 2;
const QUALIFIES = /\w(\.|::|#|->)$/;
const QUALIFIED = /^(\.|::|#|->)\w/;
const IDENTIFIER = /[a-z0-9][A-Z]|[A-Za-z0-9]_[A-Za-z0-9]|^_+[a-z]/;
const CAPITALISED = /^[A-Z]/;

/** The term under which a row has a name as a whole, whatever its case. undefined: no word, or more than one. */
export function wholeNameTerm(name: string): string | undefined {
  let words = 0;
  forEachWord(name, (_start, _end, ideographs) => (words += ideographs ? 2 : 1));
  return words === 1 ? joinedTerms(name).split(" ")[1] : undefined;
}

/**
 * The terms of a query, each once, in order of first appearance, without stop words unless there is nothing else. BM25
 * would add a repeated term as often as it stands; in a question a repeat is grammar, or an identifier beside its own
 * parts, not emphasis.
 */
export function queryTerms(query: string): string[] {
  const terms = [...new Set(joinedTerms(query).split(" ").slice(1))];
  const telling = terms.filter((term) => !isStopTerm(term));
  return telling.length > 0 ? telling : terms;
}

/** The words a name is made of, as terms: the stems of its parts, without single letters, in order, repeats kept. */
export function nameWords(name: string): string[] {
  const words: string[] = [];
  forEachWord(name, (start, end, ideographs) => {
    const word = name.slice(start, end);
    if (ideographs) return void words.push(...pairs(word).slice(1).split(" "));
    const parts = identifierParts(word);
    for (let i = 0; i < parts.length; i += 2) {
      const part = stemWord(normalize(word.slice(parts[i], parts[i + 1])));
      if (part.length > 1) words.push(part);
    }
  });
  return words;
}

/** Those of a definition's own name, without its qualifiers. @param symbol qualified with dots */
export const ownNameWords = (symbol: string): string[] => nameWords(symbol.slice(symbol.lastIndexOf(".") + 1));

/** Where `text` has one of `terms`: [start, end) in UTF-16 units, ascending, not overlapping. Whole identifiers before parts. */
export function findTerms(text: string, terms: ReadonlySet<string>): { start: number; end: number; term: string }[] {
  const found: { start: number; end: number; term: string }[] = [];
  const look = (start: number, end: number, stem: boolean): boolean => {
    const word = normalize(text.slice(start, end));
    const term = stem ? stemWord(word) : word;
    if (!terms.has(term)) return false;
    const last = found.at(-1);
    // pairs of ideographs overlap by one character
    found.push({ start: last !== undefined && last.end > start ? last.end : start, end, term });
    return true;
  };
  forEachWord(text, (start, end, ideographs) => {
    if (ideographs) {
      if (!look(start, end, false)) for (let at = start; at + 2 <= end; at++) look(at, at + 2, false);
      return;
    }
    const parts = identifierParts(text.slice(start, end));
    if (look(start, end, isSimple(parts, end - start))) return;
    for (let i = 0; i < parts.length; i += 2) look(start + (parts[i] ?? 0), start + (parts[i + 1] ?? 0), true);
  });
  return found;
}

/** Each term with a space before it. */
function joinedTerms(text: string): string {
  let out = "";
  forEachWord(text, (start, end, ideographs) => {
    if (end - start > MAX_IDENTIFIER && !ideographs) return;
    let terms = cache.get(text, start, end);
    if (terms === undefined) {
      const word = text.slice(start, end);
      terms = ideographs ? pairs(word) : identifierTerms(word);
      cache.set(word, terms);
    }
    out += terms;
  });
  return out;
}

function identifierTerms(word: string): string {
  const parts = identifierParts(word);
  if (parts.length === 0) return ""; // underscores only
  const lower = normalize(word);
  const whole = isSimple(parts, word.length) ? stemWord(lower) : lower;
  let out = fits(whole) ? ` ${whole}` : "";
  // a number with its unit or base (10ms, 0xff) is found whole
  if (parts.length > 2 * MAX_PARTS || charClass(word.charCodeAt(0)) === CharClass.digit) return out;
  for (let i = 0; i < parts.length; i += 2) {
    const part = stemWord(normalize(word.slice(parts[i], parts[i + 1])));
    // one letter or digit of a longer name finds nothing anybody looks for, and would be a tenth of the column
    if (part !== whole && (part.length > 1 || part.charCodeAt(0) > 127) && fits(part)) out += ` ${part}`;
  }
  return out;
}

/** One part that is the whole word. */
const isSimple = (parts: readonly number[], length: number): boolean =>
  parts.length === 2 && parts[1] === length && parts[0] === 0;

function pairs(written: string): string {
  const word = written.normalize("NFC"); // Hangul and voiced Kana are often decomposed
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
