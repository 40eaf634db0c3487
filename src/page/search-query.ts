/** A search place as a question to the server. */
import { SEARCH_RESPONSE, type SearchResponse } from "../protocol/search-api.ts";
import { askOrKept } from "./kept.ts";
import type { SearchPlace } from "./router.ts";

/** Files a search shows: some screens of a phone. */
const LIMIT = 20;

/** The address of the request; equal questions have equal addresses. null: nothing is asked. */
export function searchPath(place: SearchPlace): string | null {
  const { q, repos, ref, lang, path, mode } = place;
  if (q.trim() === "") return null;
  const query = new URLSearchParams({ q: q.trim(), mode, limit: String(LIMIT), explain: "1" });
  for (const repo of repos) query.append("repo", repo);
  for (const [name, value] of Object.entries({ ref, lang, path })) if (value !== "") query.set(name, value);
  return `/v1/search?${query}`;
}

export const askSearch = (path: string, signal: AbortSignal): Promise<SearchResponse> =>
  askOrKept("search", { path, type: SEARCH_RESPONSE, signal }, ({ results }) => results.length > 0);
