/**
 * The lines of a chunk that show best why it matched: the window with the most different query terms, longer ones weighing
 * more (a long word is a rare word), the query's words marked. Where the enclosing definition opens above the window, its line
 * is given beside it.
 */
import type { Snippet } from "../protocol/search-api.ts";
import { findTerms } from "./terms.ts";

export const SNIPPET_LINES = 10;
/** Lines shown above the first match of the window, where there is room. */
const LINES_ABOVE = 1;
/** A line is cut to this around its first match; longer ones are data or minified. */
const MAX_LINE = 240;
const ELLIPSIS = "…";

interface Line {
  readonly text: string;
  readonly marks: readonly { start: number; end: number; term: string }[];
}

/**
 * @param startLine of the chunk, from 1; @param symbol its enclosing definition; @param terms as `queryTerms` gives them
 * @param lines to show at most
 */
export function makeSnippet(args: {
  contents: string;
  startLine: number;
  symbol: string | null;
  terms: readonly string[];
  lines?: number | undefined;
}): Snippet {
  const most = args.lines ?? SNIPPET_LINES;
  const wanted = new Set(args.terms);
  const texts = args.contents.replace(/\r?\n$/, "").split("\n");
  const lines = texts.map((text) => clipLine({ text: text.replace(/\r$/, ""), marks: findTerms(text, wanted) }));
  const opening = args.symbol === null ? -1 : definitionLine(lines, args.symbol);
  const first = firstShown(lines, chooseWindow(lines, opening, most));
  const shown = withoutEmptyEnd(lines.slice(first, first + most));
  const highlights: [number, number][] = [];
  let offset = 0;
  for (const { text, marks } of shown) {
    for (const { start, end } of marks) highlights.push([offset + start, offset + end]);
    offset += text.length + 1;
  }
  const above = opening >= 0 && opening < first ? lines[opening] : undefined;
  return {
    startLine: args.startLine + first,
    text: shown.map(({ text }) => text).join("\n"),
    highlights,
    ...(above && { definition: { line: args.startLine + opening, text: above.text } }),
  };
}

/** Empty lines, and brackets that close what is not shown, say nothing at the top. A chunk of nothing else is shown as it is. */
function firstShown(lines: readonly Line[], window: number): number {
  const isPlain = ({ text, marks }: Line) => marks.length === 0 && !/[\p{L}\p{N}_]/u.test(text) && !OPENS.test(text);
  let first = window;
  while (first < lines.length && isPlain(lines[first] as Line)) first++;
  return first === lines.length ? window : first;
}

/** A line that only opens something belongs to what follows. */
const OPENS = /[{([<]\s*$|^\s*\/\*/;

function withoutEmptyEnd(lines: readonly Line[]): readonly Line[] {
  const last = lines.findLastIndex(({ text }) => text.trim() !== "");
  return last < 0 ? lines.slice(0, 1) : lines.slice(0, last + 1);
}

const COMMENT = /^\s*(\/\/|\/?\*|#|--|"""|''')/;
const WORD = /[\p{L}\p{N}_$]/u;

/** Index of the first line outside comments that has the definition's own name as a word; -1: this chunk does not open it. */
function definitionLine(lines: readonly Line[], symbol: string): number {
  const name = symbol.slice(symbol.lastIndexOf(".") + 1);
  if (name === "") return -1;
  return lines.findIndex(({ text }) => !COMMENT.test(text) && hasWord(text, name));
}

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    if (!WORD.test(text[at - 1] ?? " ") && !WORD.test(text[at + word.length] ?? " ")) return true;
  return false;
}

/**
 * Index of the window's first line. Without any match: the definition's opening, else the chunk's beginning. Of windows that
 * show as much, the one with the definition's opening.
 */
function chooseWindow(lines: readonly Line[], opening: number, most: number): number {
  const matched = lines.flatMap(({ marks }, at) => (marks.length > 0 ? [at] : []));
  const lastStart = Math.max(0, lines.length - most);
  let best = Math.min(Math.max(0, opening), lastStart);
  let bestScore = 0;
  const starts = matched.map((at) => Math.max(0, Math.min(at - LINES_ABOVE, lastStart)));
  for (const start of opening < 0 ? starts : [best, ...starts]) {
    const score = windowScore(lines.slice(start, start + most));
    if (score > bestScore) {
      best = start;
      bestScore = score;
    }
  }
  return best;
}

/** Different terms count by their length; repeats only decide between windows that have the same terms. */
function windowScore(lines: readonly Line[]): number {
  const terms = new Set<string>();
  let repeats = 0;
  for (const { marks } of lines) {
    for (const { term } of marks) {
      if (terms.has(term)) repeats++;
      terms.add(term);
    }
  }
  let score = 0;
  for (const term of terms) score += term.length;
  return score + Math.min(repeats, 99) / 100;
}

/** At most `MAX_LINE` characters of it, around its first mark. */
export function clipLine(line: Line): Line {
  const { text, marks } = line;
  if (text.length <= MAX_LINE) return line;
  const from = Math.max(0, Math.min((marks[0]?.start ?? 0) - MAX_LINE / 4, text.length - MAX_LINE));
  const to = from + MAX_LINE;
  const before = from > 0 ? ELLIPSIS : "";
  const shift = before.length - from;
  return {
    text: before + text.slice(from, to) + (to < text.length ? ELLIPSIS : ""),
    marks: marks
      .filter(({ start, end }) => start >= from && end <= to)
      .map(({ start, end, term }) => ({ start: start + shift, end: end + shift, term })),
  };
}
