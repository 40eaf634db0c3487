/**
 * The lines of a chunk that show best why it matched: the window with the most different query terms, longer ones weighing
 * more (a long word is a rare word), the query's words marked.
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

/** @param startLine of the chunk, from 1; @param terms as `queryTerms` gives them */
export function makeSnippet(args: { contents: string; startLine: number; terms: readonly string[] }): Snippet {
  const wanted = new Set(args.terms);
  const texts = args.contents.replace(/\r?\n$/, "").split("\n");
  const lines = texts.map((text) => clip({ text: text.replace(/\r$/, ""), marks: findTerms(text, wanted) }));
  const first = chooseWindow(lines);
  const shown = lines.slice(first, first + SNIPPET_LINES);
  const highlights: [number, number][] = [];
  let offset = 0;
  for (const { text, marks } of shown) {
    for (const { start, end } of marks) highlights.push([offset + start, offset + end]);
    offset += text.length + 1;
  }
  return { startLine: args.startLine + first, text: shown.map(({ text }) => text).join("\n"), highlights };
}

/** Index of the window's first line; without any match the chunk's beginning. */
function chooseWindow(lines: readonly Line[]): number {
  const matched = lines.flatMap(({ marks }, at) => (marks.length > 0 ? [at] : []));
  let best = 0;
  let bestScore = 0;
  for (const at of matched) {
    const start = Math.max(0, Math.min(at - LINES_ABOVE, lines.length - SNIPPET_LINES));
    const score = windowScore(lines.slice(start, start + SNIPPET_LINES));
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

function clip(line: Line): Line {
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
