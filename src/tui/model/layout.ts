/** Where each pane lies, by the size of the terminal and what has the focus. Pure; cells count from 0. */
import type { Pane, UiState } from "./state.ts";

export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  /** Too small for anything but a word about that. */
  readonly tiny: boolean;
  /** With their borders; absent: not shown. */
  readonly panes: Readonly<Partial<Record<Pane, Rect>>>;
  /** One row each. */
  readonly header: Rect | null;
  readonly message: Rect;
  readonly status: Rect;
}

/** Below it one pane at a time. */
export const NARROW = 80;
/** Below it the list of repositories makes room while one searches. */
const ROOMY = 110;
/** From here the preview stands beside the results. */
const WIDE = 150;
const MIN = { width: 20, height: 6 };
const SEARCH_ROWS = 3;
/** Lower terminals have no header. */
const HEADER_FROM = 14;

export function layoutOf(of: Pick<UiState, "width" | "height" | "focus" | "query">): Layout {
  const { width, height, focus } = of;
  const row = (top: number): Rect => ({ left: 0, top, width, height: 1 });
  const header = height >= HEADER_FROM ? row(0) : null;
  const bars = { header, message: row(height - 2), status: row(height - 1) };
  if (width < MIN.width || height < MIN.height) return { tiny: true, panes: {}, ...bars, header: null };
  const top = header ? 1 : 0;
  const body: Rect = { left: 0, top, width, height: height - 2 - top };
  const panes =
    width < NARROW ? onePane(body, focus) : width < WIDE ? twoColumns(body, hidesRepos(of)) : threeColumns(body);
  return { tiny: false, panes, ...bars };
}

function onePane(body: Rect, focus: Pane): Layout["panes"] {
  if (focus === "repos" || focus === "preview") return { [focus]: body };
  return searchAbove(body);
}

function searchAbove(body: Rect): Layout["panes"] {
  const search = { ...body, height: Math.min(SEARCH_ROWS, body.height) };
  const results = { ...body, top: body.top + search.height, height: body.height - search.height };
  return results.height < 3 ? { search: body } : { search, results };
}

const hidesRepos = ({ width, focus, query }: Parameters<typeof layoutOf>[0]): boolean =>
  width < ROOMY && focus !== "repos" && query.trim() !== "";

function twoColumns(body: Rect, hidden: boolean): Layout["panes"] {
  const repos = { ...body, width: hidden ? 0 : reposWidth(body) };
  const rest = { ...body, left: repos.width, width: body.width - repos.width };
  const listHeight = SEARCH_ROWS + Math.max(4, Math.floor((body.height - SEARCH_ROWS) * 0.4));
  const upper = { ...rest, height: Math.min(listHeight, rest.height) };
  const preview = { ...rest, top: rest.top + upper.height, height: rest.height - upper.height };
  return { ...(!hidden && { repos }), ...searchAbove(upper), ...(preview.height >= 3 && { preview }) };
}

function threeColumns(body: Rect): Layout["panes"] {
  const repos = { ...body, width: reposWidth(body) };
  const rest = body.width - repos.width;
  const list = { ...body, left: repos.width, width: Math.floor(rest * 0.45) };
  const preview = { ...body, left: repos.width + list.width, width: rest - list.width };
  return { repos, ...searchAbove(list), preview };
}

const reposWidth = ({ width }: Rect): number => Math.min(44, Math.max(26, Math.floor(width * 0.26)));

/** Rows inside the border. */
export const rowsIn = (rect: Rect | undefined): number => (rect ? Math.max(0, rect.height - 2) : 0);

/** Of a list that keeps `at` in its middle: the first row that is shown. */
export const firstShown = (count: number, at: number, rows: number): number =>
  Math.max(0, Math.min(at - Math.floor(rows / 2), count - rows));

/** The pane under a cell, and the row of its list. */
export function paneAt(
  layout: Layout,
  x: number,
  y: number,
): { readonly pane: Pane; readonly row: number } | undefined {
  for (const pane of ["repos", "search", "results", "preview"] as const) {
    const rect = layout.panes[pane];
    if (rect && x >= rect.left && x < rect.left + rect.width && y >= rect.top && y < rect.top + rect.height)
      return { pane, row: y - rect.top - 1 };
  }
  return undefined;
}

/** The box in the middle, as large as its content and the terminal let it be. */
export function modalRect(size: Pick<UiState, "width" | "height">, of: { width: number; rows: number }): Rect {
  const width = Math.max(4, Math.min(of.width, size.width - 2));
  const height = Math.max(3, Math.min(of.rows + 2, size.height - 2));
  return { left: Math.floor((size.width - width) / 2), top: Math.floor((size.height - height) / 2), width, height };
}
