/**
 * The search engine: one request over any number of views, the same in the CLI, in `serve` and in the Worker. Three rounds
 * of reads at most: terms, codes and file columns together; vectors of the candidates of both halves; what the results show.
 */
import { fragmentOf, offsetOf } from "../lance/table.ts";
import { RepobaseError } from "../protocol/errors.ts";
import type { SearchHit, SearchRequest, SearchResponse } from "../protocol/search-api.ts";
import { fileNames, symbolsOf } from "./file-columns.ts";
import { hydrate } from "./hydrate.ts";
import type { HydratedFile } from "./hydrate.ts";
import type { Bm25Scores } from "./bm25.ts";
import type { Candidate, IndexView, SearchedView } from "./index-view.ts";
import { scoreByKeyword } from "./keyword-retriever.ts";
import { compilePathGlob } from "./path-glob.ts";
import { findPhrase, queriedPhrase } from "./phrase.ts";
import { profileQuery } from "./query-profile.ts";
import { DEFAULT_RANKING, NEUTRAL_RANKING, rankFiles } from "./ranking.ts";
import type { RankedFile, RankingOptions, ScoredRow } from "./ranking.ts";
import { selectRows } from "./row-selection.ts";
import { refine, scanByMeaning } from "./vector-retriever.ts";
import type { SemanticCandidates } from "./vector-retriever.ts";
import { makeSnippet } from "./snippet.ts";
import { queriedDefinitions, queryTerms } from "./terms.ts";

/**
 * Rows the semantic half brings. Of the exact ten best vectors 97.7 % are among the 100 best codes (538 questions, 38,876
 * chunks). Each candidate costs the read of its vector, 768 bytes anywhere in the table.
 */
export const MIN_CANDIDATES = 100;
/** The keyword half's own scores are exact, so it needs only as many as can still win. */
const MIN_KEYWORD_CANDIDATES = 50;
/** Rows that define a name in the query, brought whatever else they say. */
const MAX_DEFINITIONS = 20;
const CANDIDATES_PER_FILE = 10;

export interface SearchArguments {
  /** Results of one repository may come from several views (its table and its uncommitted work). */
  readonly views: readonly IndexView[];
  readonly request: SearchRequest;
  /** The query's vector by that model, unit length; undefined: the model cannot run here. */
  readonly embedQuery: (modelId: string) => Promise<Float32Array | undefined>;
  readonly ranking?: RankingOptions;
}

/**
 * @throws RepobaseError `usage` for a vector or path pattern that does not fit, `model_unavailable` when a semantic search
 *   can embed its query for none of the views; what reading the index throws passes through
 */
export async function search({
  views: given,
  request,
  embedQuery,
  ranking = DEFAULT_RANKING,
}: SearchArguments): Promise<SearchResponse> {
  const views = given.toSorted((a, b) => compare(a.repoId, b.repoId)); // sort is stable: a repository's views stay in order
  const { mode, limit } = request;
  const filter = { matchesPath: request.path === null ? null : compilePathGlob(request.path), language: request.lang };
  const terms = queryTerms(request.q);
  const capacity = Math.max(MIN_CANDIDATES, CANDIDATES_PER_FILE * limit);
  // alone it is also all there is to fill the files with, and costs no vectors
  const keywordCapacity =
    mode === "keyword" ? capacity : Math.max(MIN_KEYWORD_CANDIDATES, (CANDIDATES_PER_FILE / 2) * limit);
  const searched = views.map((view, index) => ({ view, index, selection: selectRows(view, filter) }));
  const embed = queryEmbedder(request, views, embedQuery);

  const [selections, columns, keyword, semantic] = await Promise.all([
    Promise.all(searched.map(({ selection }) => selection)),
    mode === "semantic" ? undefined : Promise.all(views.map(readNames)),
    mode === "semantic" ? undefined : scoreByKeyword(searched, terms, queriedDefinitions(request.q)),
    mode === "keyword" ? [] : scanByModels({ views: searched, embed, capacity }),
  ]);
  refuseIfNothingRan(semantic, mode);

  const byKeyword = keyword?.terms.best(keywordCapacity) ?? [];
  const candidates = union([
    byKeyword,
    keyword?.definitions.best(MAX_DEFINITIONS) ?? [],
    ...semantic.map(({ found }) => found?.best ?? []),
  ]);
  const phrase = mode === "semantic" ? null : queriedPhrase(request.q);
  const [cosines, quoted] = await Promise.all([
    refineByModels(semantic, views, candidates),
    phrase === null ? undefined : findPhrase(phrase, byKeyword, views), // who has the phrase has its words
  ]);
  const idf = keyword?.terms.idf ?? [];
  const [keywordShare, definedShare] = [sharesOfIdf(keyword?.terms), sharesOfIdf(keyword?.definitions)];
  const rows = candidates.map((candidate, at): ScoredRow => {
    const { view, address } = candidate;
    const [fragment, offset] = [fragmentOf(address), offsetOf(address)];
    const fileId = selections[view]?.get(fragment)?.fileIds[offset] ?? -1;
    const names = columns?.[view]?.get(fragment);
    return {
      view,
      address,
      fileId,
      keyword: keywordShare(view, address),
      defines: Math.min(1, definedShare(view, address)),
      cosine: cosines[at] ?? 0,
      phrase: quoted?.has(candidate) === true,
      path: names?.paths.get(fileId) ?? "",
      symbol: names?.symbols[offset] ?? null,
    };
  });
  const options = mode === "semantic" ? COSINE_ALONE : ranking;
  const ranked = rankFiles(rows, profileQuery({ query: request.q, terms, idf }), options);
  const files = (await hydrate(withTies(ranked, limit), views)).sort(compareFiles).slice(0, limit);
  const warnings = keyword !== undefined && terms.length === 0 ? ["the query has no words to look up"] : [];
  const missing = semantic.filter(({ found }) => found === undefined);
  const missingModels = missing.map(({ modelId }) => modelId);
  return {
    mode,
    results: files.map((file) => toHit(file, { terms, explain: request.explain === true })),
    warnings: [...warnings, ...missing.map((model) => missingWarning(model, mode))],
    ...(missingModels.length > 0 && { missingModels }),
  };
}

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
async function readNames({ table }: IndexView): Promise<ReadonlyMap<number, FragmentNames>> {
  const entries = table.fragments.map(async ({ id }): Promise<[number, FragmentNames]> => {
    const [paths, symbols] = await Promise.all([fileNames(table, id, "path"), symbolsOf(table, id)]);
    return [id, { paths, symbols }];
  });
  return new Map(await Promise.all(entries));
}

interface ModelCandidates {
  readonly modelId: string;
  readonly views: readonly SearchedView[];
  /** undefined: the model cannot run here. */
  readonly found: SemanticCandidates | undefined;
}

async function scanByModels(args: {
  views: readonly SearchedView[];
  embed: (modelId: string) => Promise<Float32Array | undefined>;
  capacity: number;
}): Promise<ModelCandidates[]> {
  const byModel = Map.groupBy(args.views, ({ view }) => view.modelId);
  return await Promise.all(
    Array.from(byModel, async ([modelId, views]) => ({
      modelId,
      views,
      found: await scanByMeaning({ views, embedding: args.embed(modelId), capacity: args.capacity }),
    })),
  );
}

/**
 * Cosines of different models do not compare. Where several ran, a cosine is replaced by its place between the worst and the
 * best of its model's candidates, times what lies between them for the built-in model.
 */
const USUAL_SPREAD = 0.4;

/** The exact cosine of every candidate whose model ran, in their order; the others have none. One round of reads. */
async function refineByModels(
  models: readonly ModelCandidates[],
  views: readonly IndexView[],
  candidates: readonly Candidate[],
): Promise<(number | undefined)[]> {
  const cosines: (number | undefined)[] = candidates.map(() => undefined);
  const ran = models.filter(({ found }) => found !== undefined);
  await Promise.all(
    ran.map(async ({ found, views: ofModel }) => {
      const scored = await Promise.all(
        ofModel.map(async ({ index }) => {
          const places = candidates.flatMap(({ view }, place) => (view === index ? [place] : []));
          const rows = places.map((place) => candidates[place] as Candidate);
          const refined = await refine((views[index] as IndexView).table, found?.query ?? new Float32Array(), rows);
          return places.map((place, at) => [place, refined[at]?.score ?? 0] as const);
        }),
      );
      const all = scored.flat();
      const scores = all.map(([, cosine]) => cosine);
      const [worst, best] = [Math.min(...scores), Math.max(...scores)];
      for (const [place, cosine] of all)
        cosines[place] = ran.length === 1 ? cosine : USUAL_SPREAD * ((cosine - worst) / (best - worst || 1));
    }),
  );
  return cosines;
}

/** Each row once, in order of first appearance. */
function union(lists: readonly (readonly Candidate[])[]): Candidate[] {
  const seen = new Map<string, Candidate>();
  for (const candidate of lists.flat()) {
    const key = `${candidate.view}:${candidate.address}`;
    if (!seen.has(key)) seen.set(key, candidate);
  }
  return Array.from(seen.values());
}

/** The best `limit` files and those that tie with the last of them: who comes last among equals is decided by path. */
function withTies(ranked: readonly RankedFile[], limit: number): RankedFile[] {
  const last = ranked[limit - 1]?.best.score;
  return last === undefined ? [...ranked] : ranked.filter(({ best }) => best.score >= last);
}

/** @throws RepobaseError `model_unavailable`, with the models, when a semantic search has nothing else to answer with */
function refuseIfNothingRan(models: readonly ModelCandidates[], mode: SearchRequest["mode"]): void {
  if (mode !== "semantic" || models.length === 0 || models.some(({ found }) => found !== undefined)) return;
  throw new RepobaseError("model_unavailable", `the model ${models[0]?.modelId} cannot be run here`, {
    hint: "search with --mode keyword, or send the query's vector",
    fields: { missingModels: models.map(({ modelId }) => modelId) },
  });
}

function missingWarning({ modelId, views }: ModelCandidates, mode: SearchRequest["mode"]): string {
  const repos = [...new Set(views.map(({ view }) => view.repoId))].join(", ");
  return `${repos}: the model ${modelId} cannot be run here, ${mode === "semantic" ? "not searched" : "keyword matches only"}`;
}

/** The client's own vectors first, then what can be embedded here. */
function queryEmbedder(
  { vector, vectors = {} }: SearchRequest,
  views: readonly IndexView[],
  embedQuery: SearchArguments["embedQuery"],
) {
  const only = vector === null ? undefined : clientVector(vector, views);
  const named = new Map(
    views.flatMap((view) =>
      vectors[view.modelId] ? [[view.modelId, clientVector(vectors[view.modelId] ?? [], [view])] as const] : [],
    ),
  );
  return (modelId: string) => {
    const given = only ?? named.get(modelId);
    return given === undefined ? embedQuery(modelId) : Promise.resolve(given);
  };
}

/** The client's own vector. It names no model, so it can only be meant for one, and must have its length. */
function clientVector(numbers: readonly number[], views: readonly IndexView[]): Float32Array {
  const models = new Map(views.map(({ modelId, dim }) => [modelId, dim]));
  if (models.size > 1)
    throw new RepobaseError(
      "usage",
      `a query vector fits one model, the repositories have ${[...models.keys()].join(", ")}`,
      {
        hint: "name repositories of one model",
      },
    );
  for (const [modelId, dim] of models)
    if (dim !== numbers.length)
      throw new RepobaseError(
        "usage",
        `the query vector has ${numbers.length} numbers, the model ${modelId} makes ${dim}`,
      );
  const length = Math.hypot(...numbers);
  if (!(length > 0)) throw new RepobaseError("usage", "the query vector is zero");
  return Float32Array.from(numbers, (x) => x / length);
}

function toHit(file: HydratedFile, { terms, explain }: { terms: readonly string[]; explain: boolean }): SearchHit {
  const { view, path, language, contents, best, others } = file;
  return {
    repoId: view.repoId,
    path,
    filename: path.slice(path.lastIndexOf("/") + 1),
    language,
    ...best,
    snippet: makeSnippet({ contents, startLine: best.startLine, symbol: best.symbol, terms }),
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
