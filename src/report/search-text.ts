/** Search results for people: a link to the place, its symbol, and the best lines with the matching terms marked. */
import type { SearchHit, SearchResponse, Snippet } from "../protocol/search-api.ts";
import { shortCommit } from "./format.ts";
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

function formatHit(hit: SearchHit, style: Style, url: string | undefined): string {
  const place = `${hit.path}:${hit.startLine}-${hit.endLine}`;
  const linked = url ? style.link(style.path(place), url) : style.path(place);
  const symbol = hit.symbol ? `  ${style.bold(hit.symbol)}` : "";
  const origin = style.dim(`${hit.repoId}@${shortCommit(hit.commit)}  ${hit.score.toFixed(3)}`);
  const others = hit.chunks.length
    ? style.dim(`  also lines ${hit.chunks.slice(0, 4).map((c) => `${c.startLine}-${c.endLine}`).join(", ")}\n`)
    : "";
  return `${linked}${symbol}  ${origin}\n${formatSnippet(hit.snippet, style)}${others}`;
}

function formatSnippet(snippet: Snippet, style: Style): string {
  const width = String(snippet.startLine + snippet.text.split("\n").length).length;
  let marked = "";
  let at = 0;
  for (const [start, end] of snippet.highlights) {
    marked += snippet.text.slice(at, start) + style.match(snippet.text.slice(start, end));
    at = end;
  }
  marked += snippet.text.slice(at);
  return marked
    .split("\n")
    .map((line, i) => `  ${style.dim(String(snippet.startLine + i).padStart(width))}  ${line}\n`)
    .join("");
}
