/** Search results for people: a link to the place, its symbol, and the best lines with the matching terms marked. */
import {
  type RankExplanation,
  SEARCH_STAGES,
  type SearchHit,
  type SearchResponse,
  type SearchStats,
  type Snippet,
  type StaleFolder,
} from "../protocol/search-api.ts";
import { formatBytes } from "../text/figures.ts";
import { hitPlace } from "./hit-place.ts";
import { shortCommit } from "../protocol/ids.ts";
import type { Style } from "./style.ts";

/** @param fileUrl where a hit's file lies on this machine, for terminals that open links; undefined: no link */
export function formatSearch(options: {
  response: SearchResponse;
  style: Style;
  fileUrl: (hit: SearchHit) => string | undefined;
}): string {
  const { response, style, fileUrl } = options;
  if (response.results.length === 0) return "no matches\n";
  return response.results.map((hit) => formatHit(hit, style, fileUrl(hit))).join("\n");
}

/** One line: what is not as it was indexed, and what to do. */
export function describeStale({ repoId, folder, indexedCommit, headCommit, changed }: StaleFolder): string {
  const what =
    changed === "files"
      ? `files in ${folder} changed since they were indexed`
      : `${folder} is at ${shortCommit(headCommit ?? "")}, its index at ${indexedCommit ? shortCommit(indexedCommit) : "no commit"}`;
  return `${what}; bring it up to date with: repobase index ${repoId}, or search with --fresh`;
}

/** One line: what the search cost. */
export function describeStats({ reads, bytes, waves, cacheHits, ms }: SearchStats): string {
  const stages = SEARCH_STAGES.map((stage) => `${stage} ${ms[stage]} ms`).join(", ");
  return `${reads} reads in ${waves} waves, ${formatBytes(bytes)}, ${cacheHits} pieces at hand; ${stages}`;
}

function formatHit(hit: SearchHit, style: Style, url: string | undefined): string {
  const place = `${hit.path}:${hit.startLine}-${hit.endLine}`;
  const linked = url ? style.link(style.path(place), lineUrl(url, hitPlace(hit).line)) : style.path(place);
  const symbol = hit.symbol ? `  ${style.bold(style.name(hit.symbol))}` : "";
  const origin = style.dim(`${hit.repoId}@${shortCommit(hit.commit)}  ${hit.score.toFixed(3)}`);
  const others = hit.chunks.length
    ? style.dim(
        `  also lines ${hit.chunks
          .slice(0, 4)
          .map((c) => `${c.startLine}-${c.endLine}`)
          .join(", ")}\n`,
      )
    : "";
  const why = hit.explain ? style.dim(`  ${describeRank(hit.explain)}\n`) : "";
  return `${linked}${symbol}  ${origin}\n${why}${formatSnippet(hit.snippet, style)}${others}`;
}

/**
 * `file:///path#12`: the fragment ripgrep gives kitty and that VS Code's terminal reads as a line. What opens files without
 * knowing it (xdg-open, and so most other terminals) drops the fragment.
 */
const lineUrl = (url: string, line: number): string => `${url}#${line}`;

/** The sum that is the score, its zero parts left out. */
export function describeRank({ query, factor, kinds, ...rest }: RankExplanation): string {
  const { keyword, meaning, definition, phrase, path, coherence } = rest;
  const parts = Object.entries({ keyword, meaning, definition, phrase, path, "other chunks": coherence }).filter(
    ([, value]) => value !== 0,
  );
  const sum = parts.map(([name, value]) => `${name} ${value.toFixed(3)}`).join(" + ");
  return `${query}: ${factor === 1 ? sum : `(${sum}) x ${factor.toFixed(2)} for ${kinds.join(" and ")}`}`;
}

function formatSnippet(snippet: Snippet, style: Style): string {
  const width = String(snippet.startLine + snippet.text.split("\n").length).length;
  const line = (number: string, text: string) => `  ${style.dim(number.padStart(width))}  ${text}\n`;
  const { definition } = snippet;
  const apart = definition && definition.line + 1 < snippet.startLine;
  const opening = definition
    ? line(String(definition.line), definition.text) + (apart ? line("", style.dim("…")) : "")
    : "";
  let marked = "";
  let at = 0;
  for (const [start, end] of snippet.highlights) {
    marked += snippet.text.slice(at, start) + style.match(snippet.text.slice(start, end));
    at = end;
  }
  marked += snippet.text.slice(at);
  return (
    opening +
    marked
      .split("\n")
      .map((text, i) => line(String(snippet.startLine + i), text))
      .join("")
  );
}
