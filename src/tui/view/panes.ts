/** What stands in each pane: rows of styled text, exactly as many as it shows. Pure. */
import { formatBytes } from "../../text/figures.ts";
import { shortCommit } from "../../protocol/ids.ts";
import { hitPlace } from "../../report/hit-place.ts";
import { describeRank } from "../../report/search-text.ts";
import { firstShown } from "../model/layout.ts";
import { previewStart } from "../model/update.ts";
import {
  type SearchFilters,
  keyOfHit,
  type RepoItem,
  type RepoSync,
  selectedHit,
  type UiState,
} from "../model/state.ts";
import { snippetLines } from "../model/snippet-lines.ts";
import type { Glyphs } from "./glyphs.ts";
import { cutPath, cutSymbol, type Line, type Look, piece, row, select, visible, wrap } from "./pieces.ts";

/** Cells of a symbol beside its path. */
const MAX_SYMBOL = 36;

export interface Room {
  readonly width: number;
  readonly rows: number;
}

export function reposPane(state: UiState, { width, rows }: Room, glyphs: Glyphs): Line[] {
  const { repos, repoAt, sync, sizes, filters } = state;
  if (!state.loaded) return [];
  if (repos.length === 0)
    return wrap("no repositories yet; add one in the shell: repobase add <url or path>", width).map((text) => [
      piece(text, "dim"),
    ]);
  const first = firstShown(repos.length, repoAt, rows);
  return repos.slice(first, first + rows).map((repo, i) => {
    const at = first + i;
    const isScoped = filters.repos.includes(repo.id);
    const mark = at === repoAt ? glyphs.pointer : " ";
    const standing = standingOf(repo, sync[repo.id], glyphs);
    const size = sizes[repo.id];
    const sizeText = size === undefined || size === null ? "" : formatBytes(size);
    const name = `${repo.name}${sync[repo.id]?.stale ? " *" : ""}`;
    const left: Line = [piece(`${mark} `, "accent"), piece(name, isScoped ? "accent" : "plain")];
    const right: Line = [piece(standing.text, standing.look), piece(width > 28 ? sizeText.padStart(8) : "", "dim")];
    return select(row(width, left, right, glyphs.more), at === repoAt && state.focus === "repos");
  });
}

function standingOf(repo: RepoItem, sync: RepoSync | undefined, glyphs: Glyphs): { text: string; look: Look } {
  const sign = repo.cloudEnabled ? `${glyphs.cloud} ` : "";
  const ahead = `${glyphs.ahead}${sync?.ahead ?? ""}`;
  const behind = `${glyphs.behind}${sync?.behind ?? ""}`;
  switch (sync?.word) {
    case undefined:
    case "checking":
      return { text: `${sign}${glyphs.more}`, look: "dim" };
    case "synced":
      return { text: `${sign}synced`, look: "good" };
    case "ahead":
      return { text: `${sign}${ahead}`, look: "warn" };
    case "behind":
      return { text: `${sign}${behind}`, look: "warn" };
    case "diverged":
      return { text: `${sign}${ahead} ${behind}`, look: "warn" };
    case "unrelated":
      return { text: `${sign}other model`, look: "warn" };
    case "local":
      return { text: `${glyphs.local} local`, look: "dim" };
    case "offline":
      return { text: `${sign}offline`, look: "warn" };
    case "error":
      return { text: "! error", look: "bad" };
  }
}

/** What narrows the search, in words: it stands in the border of the question. */
export function filterWords({ mode, path, lang, ref, repos }: SearchFilters, nameOf: (id: string) => string): string {
  const parts = [
    mode,
    ...repos.map(nameOf),
    ...(ref === "" ? [] : [`@${shortCommit(ref)}`]),
    ...(path === "" ? [] : [path]),
    ...(lang === "" ? [] : [lang]),
  ];
  return parts.map(visible).join("  ");
}

export function resultsPane(state: UiState, { width, rows }: Room, glyphs: Glyphs): Line[] {
  const { results, resultAt, repos } = state;
  if (results.length === 0) return emptyResults(state, width);
  const first = firstShown(results.length, resultAt, rows);
  const several = repos.length > 1 && state.filters.repos.length !== 1;
  const nameOf = (id: string) => repos.find((repo) => repo.id === id)?.name ?? id;
  return results.slice(first, first + rows).map((hit, i) => {
    const at = first + i;
    const symbol = visible(hit.symbol ?? "");
    const repo = several ? `${visible(nameOf(hit.repoId))}  ` : "";
    const place = `${visible(hit.path)}:${hitPlace(hit).line}`;
    const room = width - 2 - Bun.stringWidth(repo);
    // the file's name and line before all; then the symbol, then folders
    const file = Math.min(Bun.stringWidth(place), Bun.stringWidth(place.slice(place.lastIndexOf("/") + 1)) + 2);
    const symbolRoom = symbol === "" ? 0 : Math.min(Bun.stringWidth(symbol), Math.max(0, room - file - 2), MAX_SYMBOL);
    const path = cutPath(place, symbolRoom === 0 ? room : room - symbolRoom - 2, glyphs.more);
    const left: Line = [
      piece(at === resultAt ? `${glyphs.pointer} ` : "  ", "accent"),
      piece(repo, "dim"),
      piece(path, "plain"),
      piece(symbolRoom === 0 ? "" : `  ${cutSymbol(symbol, symbolRoom, glyphs.more)}`, "name"),
    ];
    return select(row(width, left, [], glyphs.more), at === resultAt && state.focus !== "repos");
  });
}

/** What was searched, and which filter to drop. */
function emptyResults(state: UiState, width: number): Line[] {
  const { filters, answered, searching } = state;
  const narrowed = filters.path !== "" || filters.lang !== "" || filters.ref !== "" || filters.repos.length > 0;
  const text =
    state.query.trim() === ""
      ? "Type a question, or a name in the code. Tab goes to the next pane, F1 lists the keys."
      : searching || answered === null
        ? ""
        : `Nothing found.${narrowed ? " Drop the filters: Tab, then x." : ""}`;
  return wrap(text, width).map((line) => [piece(line, "dim")]);
}

export function previewPane(state: UiState, { width, rows }: Room, glyphs: Glyphs): Line[] {
  const hit = selectedHit(state);
  if (!hit) return [];
  const head =
    state.explain && hit.explain
      ? wrap(describeRank(hit.explain), width).map((text): Line => [piece(text, "accent")])
      : [];
  const whole = state.preview?.key === keyOfHit(hit) ? state.preview : null;
  const lines = whole?.lines ?? snippetLines(hit);
  const from = whole?.from ?? hit.snippet.startLine;
  const start = whole ? previewStart(state) + state.previewBy : 0;
  const digits = String(from + start + rows).length;
  const body = lines.slice(start, start + rows - head.length).map((spans, i): Line => {
    const number = from + start + i;
    const isHit = number >= hit.startLine && number <= hit.endLine;
    const code = spans.map(({ text, kind, marked }) => piece(text, marked ? "match" : (kind ?? "plain")));
    return row(
      width,
      [piece(`${String(number).padStart(digits)} `, isHit ? "accent" : "dim"), piece(" "), ...code],
      [],
      glyphs.more,
    );
  });
  return [...head, ...body];
}
