/**
 * Lines of styled text, before they are anything of OpenTUI's. What others wrote (paths, code, a server's words) is made harmless
 * here, and nowhere later: every piece goes through `visible`.
 */
import { makeNameVisible } from "../../text/visible.ts";
import type { CodeKind } from "../../page/code-spans.ts";

export type Look =
  | CodeKind
  | "plain"
  | "dim"
  | "strong"
  | "accent"
  | "match"
  | "good"
  | "warn"
  | "bad"
  /** A part of the row that is selected in the pane that has the focus. */
  | "selected";

export interface Piece {
  readonly text: string;
  readonly look: Look;
}
export type Line = readonly Piece[];

/** Columns of a tab in code. */
const TAB = "    ";

export const visible = (text: string): string => makeNameVisible(text.replaceAll("\t", TAB));

export const piece = (text: string, look: Look = "plain"): Piece => ({ text: visible(text), look });

const widthOf = (line: Line): number => line.reduce((sum, { text }) => sum + Bun.stringWidth(text), 0);

/** As much as fits into `width` cells; what is cut off ends in `more`. */
export function cutText(text: string, width: number, more: string): string {
  if (Bun.stringWidth(text) <= width) return text;
  let kept = "";
  let used = Bun.stringWidth(more);
  if (used > width) return "";
  for (const { segment } of graphemes.segment(text)) {
    used += Bun.stringWidth(segment);
    if (used > width) break;
    kept += segment;
  }
  return kept + more;
}

/** A path keeps its end, which tells more. */
export function cutStart(text: string, width: number, more: string): string {
  if (Bun.stringWidth(text) <= width) return text;
  const segments = Array.from(graphemes.segment(text), ({ segment }) => segment);
  let kept = "";
  for (let used = Bun.stringWidth(more); segments.length > 0;) {
    const last = segments.pop() ?? "";
    used += Bun.stringWidth(last);
    if (used > width) break;
    kept = last + kept;
  }
  return width < 1 ? "" : more + kept;
}

/** A path keeps its file's name, and of its folders the first and the last, in whole names, as far as there is room. */
export function cutPath(path: string, width: number, more: string): string {
  if (Bun.stringWidth(path) <= width) return path;
  const folders = path.split("/");
  const file = folders.pop() ?? "";
  const join = (head: readonly string[], tail: readonly string[]) => [...head, more, ...tail, file].join("/");
  const fits = (head: readonly string[], tail: readonly string[]) => Bun.stringWidth(join(head, tail)) <= width;
  if (!fits([], [])) return cutStart(file, width, more);
  const first = folders.slice(0, 1);
  const head = fits(first, []) ? first : [];
  let tail: readonly string[] = [];
  for (let from = folders.length - 1; from > head.length && fits(head, folders.slice(from)); from--)
    tail = folders.slice(from);
  return join(head, tail);
}

/** `Outer.Inner.method` keeps its last names, whole where they fit; a heading, which has those above it before it, its last words. */
export function cutSymbol(symbol: string, width: number, more: string): string {
  if (Bun.stringWidth(symbol) <= width) return symbol;
  const names = symbol.split(".");
  while (names.length > 1 && Bun.stringWidth(more + names.join(".")) > width) names.shift();
  return cutStart(names.length === 1 ? (names[0] ?? "") : more + names.join("."), width, more);
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** A row of exactly `width` cells: `left` as far as it fits, `right` at the other end where there is room for both. */
export function row(width: number, left: Line, right: Line = [], more = ""): Line {
  const rightWidth = widthOf(right);
  const room = rightWidth === 0 || rightWidth + 4 > width ? width : width - rightWidth - 1;
  const fitted = fit(left, room, more);
  const gap = " ".repeat(Math.max(0, width - widthOf(fitted) - (room === width ? 0 : rightWidth)));
  return [...fitted, { text: gap, look: "plain" }, ...(room === width ? [] : right)];
}

function fit(line: Line, width: number, more: string): Line {
  if (widthOf(line) <= width) return line;
  const fitted: Piece[] = [];
  let left = width;
  for (const { text, look } of line) {
    const part = cutText(text, left, left < Bun.stringWidth(text) ? more : "");
    fitted.push({ text: part, look });
    left -= Bun.stringWidth(part);
    if (part !== text) break;
  }
  return fitted;
}

/** The row that is chosen: in one look from end to end, so that it shows without colours too. */
export const select = (line: Line, isSelected: boolean): Line =>
  isSelected ? [{ text: line.map(({ text }) => text).join(""), look: "selected" }] : line;

/** Words in lines of at most `width` cells. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of visible(text).split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (Bun.stringWidth(longer) <= width) line = longer;
    else {
      if (line !== "") lines.push(line);
      line = cutText(word, width, "");
    }
  }
  return [...lines, line];
}
