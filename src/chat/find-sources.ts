/**
 * What is found for a question before a model is asked. A follow-up ("and where is that tested?") says half of what it is about in the
 * question before it, so it is looked up by itself and together with that one, and both lists count: no model is asked to rewrite it.
 */
import type { Library } from "../lookup/library.ts";
import type { ChatTurn } from "../protocol/chat-api.ts";
import { MAX_QUERY, type SearchHit, type SearchRequest, type SearchResponse } from "../protocol/search-api.ts";
import type { NewSource } from "./numbered-sources.ts";
import { firstLines } from "./source-text.ts";

/** Files, and tokens of all of them and of one. A chunk has some 400, the longest 1,500. */
export const FIRST_SOURCES = 12;
const MAX_TOKENS = 8000;
const MAX_SOURCE_TOKENS = 1200;
/** A chunk of code has no more lines. */
const CHUNK_LINES = 60;
/** Of reciprocal rank fusion: how little a rank further down counts less. */
const RANK_OFFSET = 10;
/** Of the list for a follow-up with the question before it, beside that for the follow-up alone. */
const WITH_BEFORE = 1;

export interface FoundSources {
  readonly sources: readonly NewSource[];
  readonly warnings: readonly string[];
}

/** @throws RepobaseError what the library's search throws */
export async function findSources(
  library: Library,
  question: string,
  turns: readonly ChatTurn[],
): Promise<FoundSources> {
  const before = turns.at(-1)?.question;
  const queries = before === undefined ? [question] : [question, `${before}\n${question}`];
  const answers = await Promise.all(queries.map((q) => library.search(requestFor(q))));
  const weights = [1, WITH_BEFORE];
  const hits = fuse(answers.map(({ results }, at) => ({ results, weight: weights[at] ?? 1 })));
  const links = Object.assign({}, ...answers.map(({ sources }) => sources)) as NonNullable<SearchResponse["sources"]>;
  const warnings = [...new Set(answers.flatMap(({ warnings: those }) => those))];
  return { sources: withinTokens(hits.slice(0, FIRST_SOURCES), links), warnings };
}

const requestFor = (query: string): SearchRequest => ({
  // the end of a long text is the question; what was before it may be cut
  q: query.slice(-MAX_QUERY).trim(),
  mode: "hybrid",
  limit: FIRST_SOURCES,
  repos: [],
  ref: null,
  path: null,
  lang: null,
  vector: null,
  snippetLines: CHUNK_LINES,
});

/** By reciprocal ranks; of a file that is in both lists, the place that ranks higher. One list stays as it is. */
function fuse(lists: readonly { readonly results: readonly SearchHit[]; readonly weight: number }[]): SearchHit[] {
  const files = new Map<string, { hit: SearchHit; rank: number; score: number }>();
  for (const { results, weight } of lists)
    results.forEach((hit, rank) => {
      const key = `${hit.repoId} ${hit.commit} ${hit.path}`;
      const known = files.get(key);
      const score = weight / (RANK_OFFSET + rank) + (known?.score ?? 0);
      files.set(key, known && known.rank <= rank ? { ...known, score } : { hit, rank, score });
    });
  return [...files.values()].sort((a, b) => b.score - a.score).map(({ hit }) => hit);
}

function withinTokens(hits: readonly SearchHit[], links: NonNullable<SearchResponse["sources"]>): NewSource[] {
  const sources: NewSource[] = [];
  let left = MAX_TOKENS;
  for (const hit of hits) {
    const { repoId, commit, path, language, symbol, snippet } = hit;
    const part = firstLines(snippet.text, Math.min(MAX_SOURCE_TOKENS, left));
    if (part.lines === 0) continue;
    left -= part.tokens;
    sources.push({
      repo: links[repoId]?.name ?? repoId,
      repoId,
      url: links[repoId]?.url ?? null,
      commit,
      path,
      startLine: snippet.startLine,
      endLine: snippet.startLine + part.lines - 1,
      language,
      symbol,
      text: part.text,
    });
  }
  return sources;
}
