/**
 * Rows in columns, for people: aligned, no wider than the terminal, the same without colour. What does not fit is cut in the column
 * that says so, then columns are left out, the last named first. Scripts get tabs and JSON elsewhere, exact.
 */
import { makeNameVisible } from "../text/visible.ts";
import type { Style } from "./style.ts";

export interface TableColumn {
  readonly title: string;
  /** Numbers and sizes. */
  readonly right?: true;
  /** It gives way: `start` keeps the end (a path), `end` the beginning. */
  readonly cut?: "start" | "end";
  /** Left out where there is no room, the highest first. */
  readonly drop?: number;
}

/** A cell that is narrower says nothing. */
const MIN_CUT = 12;
const GAP = "  ";

/**
 * @param of.rows a text for each column, as others gave them
 * @returns lines; none is wider than `columns` @param of.more sign for what was cut
 */
export function formatTable(of: {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly string[])[];
  readonly width: number;
  readonly style: Style;
  readonly more: string;
}): string {
  const { width, style, more } = of;
  const cells = of.rows.map((row) => row.map((text) => makeNameVisible(text)));
  // a column that has nothing to say takes no room
  const filled = of.columns.flatMap((_, at) => (cells.some((row) => (row[at] ?? "") !== "") ? [at] : []));
  const { shown, widths } = fit(of.columns, filled, cells, width);
  const line = (texts: readonly string[], paint: (text: string, at: number) => string): string =>
    shown
      .map((at, place) => {
        const { right, cut = "end" } = of.columns[at] ?? { title: "" };
        const room = widths[place] ?? 0;
        const text = cutTo(texts[at] ?? "", room, cut, more);
        const pad = " ".repeat(Math.max(0, room - Bun.stringWidth(text)));
        const isLast = place === shown.length - 1;
        return right ? pad + paint(text, at) : paint(text, at) + (isLast ? "" : pad);
      })
      .join(GAP)
      .trimEnd();
  const titles = of.columns.map(({ title }) => title.toUpperCase());
  return [line(titles, style.dim), ...cells.map((row) => line(row, (text, at) => (at === 0 ? style.bold(text) : text)))]
    .map((text) => `${text}\n`)
    .join("");
}

function fit(
  columns: readonly TableColumn[],
  filled: readonly number[],
  cells: readonly (readonly string[])[],
  width: number,
): { readonly shown: readonly number[]; readonly widths: readonly number[] } {
  const natural = (at: number) =>
    Math.max(columns[at]?.title.length ?? 0, ...cells.map((row) => Bun.stringWidth(row[at] ?? "")));
  let shown = [...filled];
  for (;;) {
    const widths = shown.map(natural);
    let over = widths.reduce((sum, each) => sum + each, 0) + GAP.length * (shown.length - 1) - width;
    for (const [place, at] of shown.entries()) {
      if (over <= 0) break;
      const has = widths[place] ?? 0;
      if (columns[at]?.cut === undefined || has <= MIN_CUT) continue;
      const given = Math.min(over, has - MIN_CUT);
      widths[place] = has - given;
      over -= given;
    }
    const least = shown.toSorted((a, b) => (columns[b]?.drop ?? 0) - (columns[a]?.drop ?? 0))[0];
    if (over <= 0) return { shown, widths };
    if (least === undefined || columns[least]?.drop === undefined) {
      // nothing more to leave out: the first gives way
      widths[0] = Math.max(1, (widths[0] ?? 0) - over);
      return { shown, widths };
    }
    shown = shown.filter((at) => at !== least);
  }
}

function cutTo(text: string, room: number, side: "start" | "end", more: string): string {
  if (Bun.stringWidth(text) <= room) return text;
  const signs = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
  if (side === "start") signs.reverse();
  let kept: string[] = [];
  let taken = more.length;
  for (const sign of signs) {
    taken += Bun.stringWidth(sign);
    if (taken > room) break;
    kept.push(sign);
  }
  if (side === "start") kept = kept.toReversed();
  if (room < more.length) return "";
  return side === "start" ? more + kept.join("") : kept.join("") + more;
}
