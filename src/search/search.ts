/**
 * The search engine: one request over any number of views, the same in the CLI, in `serve` and in the Worker. Three rounds
 * of reads at most: terms, codes and file columns together; vectors of the candidates of both retrievers; what the results show.
 */
import { fragmentOf, offsetOf } from "../lance/table.ts";
import { throwIfAborted, untilAborted } from "../protocol/abort.ts";
import { FOUND_BY, type FoundBy } from "../protocol/search-api.ts";
import type { SearchHit, SearchRequest, SearchResponse } from "../protocol/search-api.ts";
import type { Bm25Scores } from "./bm25.ts";
import { fileNames, symbolsOf } from "./file-columns.ts";
import { searchPacks } from "./packs/search-packs.ts";
import { searchApart } from "./search-apart.ts";
import { hydrate } from "./hydrate.ts";
import type { HydratedFile } from "./hydrate.ts";
import type { Candidate, IndexView, RowSelection, SearchedView } from "./index-view.ts";
import { scoreByKeyword } from "./keyword-retriever.ts";
import type { KeywordScores } from "./keyword-retriever.ts";
import { missingWarning, refuseIfNothingRan, rescoreByModels, retrieveByModels } from "./model-retrievers.ts";
import type { ModelCandidates } from "./model-retrievers.ts";
import { languageNamed } from "./language-names.ts";
import { compilePathGlob } from "./path-glob.ts";
import { findPhrase, queriedPhrase } from "./phrase.ts";
import { profileQuery } from "./query-profile.ts";
import { queryEmbedder } from "./query-vectors.ts";
import type { QueryEmbedder } from "./query-vectors.ts";
import { NEUTRAL_RANKING, rankFiles } from "./ranking.ts";
import type { RankedFile, RankingOptions, ScoredRow } from "./ranking.ts";
import { groupViews, onceEach } from "./same-repository.ts";
import { type SearchTrace, inStage } from "./search-trace.ts";
import { selectRows } from "./row-selection.ts";
import { makeSnippet } from "./snippet.ts";
import { queriedDefinitions, queryTerms } from "./terms.ts";

/**
 * Rows the vector retriever brings. Of the exact ten best vectors 97.7 % are among the 100 best binary codes (538 questions, 38,876
 * chunks). Each candidate costs the read of its vector, 768 bytes anywhere in the table.
 */
export const MIN_CANDIDATES = 100;
/** The keyword retriever's scores are exact, so it needs only as many as can still win. */
const MIN_KEYWORD_CANDIDATES = 50;
/** Rows that define a name in the query, brought whatever else they say. */
const MAX_DEFINITIONS = 20;
const CANDIDATES_PER_FILE = 10;

export interface SearchArguments {
  /** Results of one repository may come from several views (its table and its uncommitted work). */
  readonly views: readonly IndexView[];
  readonly request: SearchRequest;
  readonly embedQuery: QueryEmbedder;
  readonly ranking?: RankingOptions;
  /** Once it fires the search ends with `interrupted`, at once, and reads nothing more. */
  readonly signal?: AbortSignal | undefined;
  readonly trace?: SearchTrace | undefined;
}

/**
 * @throws RepobaseError `usage` for a vector or path pattern that does not fit, `model_unavailable` when a semantic search
 *   can embed its query for none of the views, `interrupted`; what reading the index throws passes through
 */
export async function search(args: SearchArguments): Promise<SearchResponse> {
  const views = args.views.toSorted((a, b) => compare(a.repoId, b.repoId)); // sort is stable: a repository's views stay in order
  const engines = {
    byPacks: (of: readonly IndexView[]) => searchPacks({ ...args, views: of }),
    byColumns: (of: readonly IndexView[]) => inStage(args.trace, "find", () => answer({ ...args, views: of })),
  };
  return untilAborted(args.signal, () => searchApart({ ...args, views }, engines));
}

async function answer({ views, request, embedQuery, ranking, signal }: SearchArguments): Promise<SearchResponse> {
  const { mode, limit } = request;
  const named = request.lang === null ? undefined : languageNamed(request.lang);
  const matchesPath = request.path === null ? null : compilePathGlob(request.path);
  const filter = { matchesPath, language: named?.language ?? null };
  const terms = queryTerms(request.q);
  const embed = queryEmbedder(request, views, embedQuery);
  const searched = views.map((view, index) => ({ view, index, signal, selection: selectRows(view, filter, signal) }));

  const retrieved = await retrieve({ searched, request, terms, embed });
  throwIfAborted(signal);
  const missing = retrieved.byVector.filter(({ found }) => found === undefined);
  refuseIfNothingRan(missing, retrieved.byVector.length, mode);
  const rows = await scoreRows({ searched, request, retrieved });
  throwIfAborted(signal);
  const profile = profileQuery({ query: request.q, terms, idf: retrieved.byKeyword?.terms.idf ?? [] });
  const ranked = rankFiles(rows, profile, mode === "semantic" ? COSINE_ALONE : ranking);
  const groups = groupViews(views);
  // of a repository that is there twice each file is found twice
  const isTwice = views.some(({ repoId }, at) => views[groups[at] ?? at]?.repoId !== repoId);
  const room = isTwice ? 2 * limit : limit;
  const shown = (await hydrate(withTies(ranked, room), searched)).sort(compareFiles);
  const files = onceEach(shown, { views, groups }).slice(0, limit);

  const warnings = mode !== "semantic" && terms.length === 0 ? ["the query has no words to look up"] : [];
  if (named?.warning !== undefined) warnings.push(named.warning);
  const missingModels = missing.map(({ modelId }) => modelId);
  return {
    mode,
    results: files.map((file) =>
      toHit(file, { terms, explain: request.explain === true, lines: request.snippetLines }),
    ),
    warnings: [...warnings, ...missing.map((model) => missingWarning(model, mode))],
    ...(missingModels.length > 0 && { missingModels }),
  };
}

/** What the retrievers bring, and what the priors look at. Of each view by its index, where it is of views. */
interface Retrieved {
  readonly selections: readonly RowSelection[];
  /** undefined: a semantic search, which looks at neither. */
  readonly names: readonly ReadonlyMap<number, FragmentNames>[] | undefined;
  readonly byKeyword: KeywordScores | undefined;
  readonly byVector: readonly ModelCandidates[];
}

/** The first round of reads. */
async function retrieve(of: {
  searched: readonly SearchedView[];
  request: SearchRequest;
  terms: readonly string[];
  embed: QueryEmbedder;
}): Promise<Retrieved> {
  const { searched, request, terms, embed } = of;
  const { mode, limit } = request;
  const [selections, names, byKeyword, byVector] = await Promise.all([
    Promise.all(searched.map(({ selection }) => selection)),
    mode === "semantic" ? undefined : Promise.all(searched.map(readNames)),
    mode === "semantic" ? undefined : scoreByKeyword(searched, terms, queriedDefinitions(request.q)),
    mode === "keyword" ? [] : retrieveByModels({ views: searched, embed, capacity: capacityFor(limit) }),
  ]);
  return { selections, names, byKeyword, byVector };
}

const capacityFor = (limit: number): number => Math.max(MIN_CANDIDATES, CANDIDATES_PER_FILE * limit);

/** The second round of reads: every candidate of any retriever gets all scores. */
async function scoreRows(of: {
  searched: readonly SearchedView[];
  request: SearchRequest;
  retrieved: Retrieved;
}): Promise<ScoredRow[]> {
  const { mode, limit, q } = of.request;
  const { selections, names, byKeyword, byVector } = of.retrieved;
  // alone it is also all there is to fill the files with, and costs no vectors
  const keywordCapacity =
    mode === "keyword" ? capacityFor(limit) : Math.max(MIN_KEYWORD_CANDIDATES, (CANDIDATES_PER_FILE / 2) * limit);
  const best = byKeyword?.terms.best(keywordCapacity) ?? [];
  const brought: Record<FoundBy, readonly Candidate[]> = {
    words: best,
    definition: byKeyword?.definitions.best(MAX_DEFINITIONS) ?? [],
    meaning: byVector.flatMap(({ found }) => found?.best ?? []),
  };
  const candidates = union(Object.values(brought));
  const foundBy = of.request.explain === true ? searchesOf(brought) : () => [];
  const phrase = mode === "semantic" ? null : queriedPhrase(q);
  const [cosines, quoted] = await Promise.all([
    rescoreByModels(byVector, candidates),
    phrase === null ? undefined : findPhrase(phrase, best, of.searched), // who has the phrase has its words
  ]);
  const [keywordShare, definedShare] = [sharesOfIdf(byKeyword?.terms), sharesOfIdf(byKeyword?.definitions)];
  return candidates.map((candidate, at): ScoredRow => {
    const { view, address } = candidate;
    const [fragment, offset] = [fragmentOf(address), offsetOf(address)];
    const fileId = selections[view]?.get(fragment)?.fileIds[offset] ?? -1;
    const ofFragment = names?.[view]?.get(fragment);
    return {
      view,
      address,
      fileId,
      keyword: keywordShare(view, address),
      defines: Math.min(1, definedShare(view, address)),
      cosine: cosines[at] ?? 0,
      phrase: quoted?.has(candidate) === true,
      path: ofFragment?.paths.get(fileId) ?? "",
      symbol: ofFragment?.symbols[offset] ?? null,
      foundBy: foundBy(candidate),
    };
  });
}

/** Which of the lists have a row. */
function searchesOf(brought: Readonly<Record<FoundBy, readonly Candidate[]>>): (row: Candidate) => FoundBy[] {
  const rows = FOUND_BY.map((kind) => [kind, new Set(brought[kind].map(rowKey))] as const);
  return (row) => rows.flatMap(([kind, keys]) => (keys.has(rowKey(row)) ? [kind] : []));
}

const rowKey = ({ view, address }: Candidate): string => `${view}:${address}`;

/** Semantic mode shows what the model alone says; its scores are cosines. */
const COSINE_ALONE: RankingOptions = { ...NEUTRAL_RANKING, cosine: 1 };

/** A row's score as a share of what the terms' rarity adds up to; 0 where there are no scores. */
function sharesOfIdf(scores: Bm25Scores | undefined): (view: number, address: number) => number {
  const most = scores?.idf.reduce((sum, weight) => sum + weight, 0) ?? 0;
  return scores !== undefined && most > 0 ? (view, address) => scores.of(view, address) / most : () => 0;
}

interface FragmentNames {
  /** By fileId. */
  readonly paths: ReadonlyMap<number, string>;
  /** By row. */
  readonly symbols: readonly (string | null)[];
}

/** What the priors look at, of every row: two small dictionary columns that stay with the table. */
async function readNames({ view, signal }: SearchedView): Promise<ReadonlyMap<number, FragmentNames>> {
  const { table } = view;
  const entries = table.fragments.map(async ({ id }): Promise<[number, FragmentNames]> => {
    const [paths, symbols] = await Promise.all([
      fileNames(table, { fragment: id, column: "path", signal }),
      symbolsOf(table, id, signal),
    ]);
    return [id, { paths, symbols }];
  });
  return new Map(await Promise.all(entries));
}

/** Each row once, in order of first appearance. */
function union(lists: readonly (readonly Candidate[])[]): Candidate[] {
  const seen = new Map<string, Candidate>();
  for (const candidate of lists.flat()) {
    const key = rowKey(candidate);
    if (!seen.has(key)) seen.set(key, candidate);
  }
  return Array.from(seen.values());
}

/** The best `limit` files and those that tie with the last of them: who comes last among equals is decided by path. */
function withTies(ranked: readonly RankedFile[], limit: number): RankedFile[] {
  const last = ranked[limit - 1]?.best.score;
  return last === undefined ? [...ranked] : ranked.filter(({ best }) => best.score >= last);
}

function toHit(
  file: HydratedFile,
  of: { readonly terms: readonly string[]; readonly explain: boolean; readonly lines: number | undefined },
): SearchHit {
  const { terms, explain, lines } = of;
  const { view, path, language, contents, best, others } = file;
  return {
    repoId: view.repoId,
    path,
    filename: path.slice(path.lastIndexOf("/") + 1),
    language,
    ...best,
    snippet: makeSnippet({ contents, startLine: best.startLine, symbol: best.symbol, terms, lines }),
    commit: view.commit,
    chunks: others,
    ...(explain && { explain: file.explain }),
  };
}

const compareFiles = (a: HydratedFile, b: HydratedFile) =>
  b.best.score - a.best.score ||
  compare(a.view.repoId, b.view.repoId) ||
  compare(a.path, b.path) ||
  a.best.startLine - b.best.startLine;

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
