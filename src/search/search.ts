/**
 * The search engine: one request over any number of views, the same in the CLI, in `serve` and in the Worker. Three rounds
 * of reads at most: terms, codes and file columns together; vectors of the candidates; what the results show.
 */
import { RepobaseError } from "../protocol/errors.ts";
import type { SearchHit, SearchMode, SearchRequest, SearchResponse } from "../protocol/search-api.ts";
import { groupByFile } from "./file-groups.ts";
import { reciprocalRankFusion } from "./fusion.ts";
import type { Fuse } from "./fusion.ts";
import { hydrate } from "./hydrate.ts";
import type { HydratedFile } from "./hydrate.ts";
import type { Candidate, IndexView, SearchedView } from "./index-view.ts";
import { rankByKeyword } from "./keyword-leg.ts";
import { compilePathGlob } from "./path-glob.ts";
import { selectRows } from "./row-selection.ts";
import { rankBySemantics } from "./semantic-leg.ts";
import { makeSnippet } from "./snippet.ts";
import { queryTerms } from "./terms.ts";

/**
 * Rows each half ranks. Of the exact ten best vectors 97.7 % are among the 100 best codes and 99.5 % among the 200 best
 * (538 questions, 38,876 chunks); 200 also leaves enough chunks to fill ten files. A vector is 768 bytes, so refining
 * reads 150 KB.
 */
export const MIN_CANDIDATES = 200;
const CANDIDATES_PER_FILE = 10;

export interface SearchArguments {
  /** Results of one repository may come from several views (its table and its uncommitted work). */
  readonly views: readonly IndexView[];
  readonly request: SearchRequest;
  /** The query's vector by that model, unit length; undefined: the model cannot run here. */
  readonly embedQuery: (modelId: string) => Promise<Float32Array | undefined>;
  /** How rankings become one; reciprocal rank fusion unless given. */
  readonly fuse?: Fuse;
}

/**
 * @throws RepobaseError `usage` for a vector or path pattern that does not fit, `model_unavailable` when a semantic search
 *   can embed its query for none of the views; what reading the index throws passes through
 */
export async function search({ views: given, request, embedQuery, fuse = reciprocalRankFusion }: SearchArguments): Promise<SearchResponse> {
  const views = given.toSorted((a, b) => compare(a.repoId, b.repoId)); // sort is stable: a repository's views stay in order
  const { mode, limit } = request;
  const vector = request.vector === null ? undefined : clientVector(request.vector, views);
  const filter = { matchesPath: request.path === null ? null : compilePathGlob(request.path), language: request.lang };
  const terms = queryTerms(request.q);
  const capacity = Math.max(MIN_CANDIDATES, CANDIDATES_PER_FILE * limit);
  const searched = views.map((view, index) => ({ view, index, selection: selectRows(view, filter) }));
  const embed = (modelId: string) => (vector === undefined ? embedQuery(modelId) : Promise.resolve(vector));

  const [selections, keyword, semantic] = await Promise.all([
    Promise.all(searched.map(({ selection }) => selection)),
    mode === "semantic" ? undefined : rankByKeyword({ views: searched, terms, capacity }),
    mode === "keyword" ? [] : rankByModels({ views: searched, embed, capacity }),
  ]);

  const lists = [keyword, ...semantic.map(({ ranking }) => ranking)].filter((list) => list !== undefined);
  // one ranking keeps its scores; in hybrid they are always fused, so that its scores are of one kind
  const candidates = mode !== "hybrid" && lists.length === 1 ? (lists[0] ?? []) : fuse(lists);
  const groups = groupByFile({ candidates, selections, limit });
  const files = (await hydrate(groups, views)).sort(compareFiles).slice(0, limit);
  const warnings = keyword !== undefined && terms.length === 0 ? ["the query has no words to look up"] : [];
  return { mode, results: files.map((file) => toHit(file, terms)), warnings: [...warnings, ...missingModels(semantic, mode)] };
}

interface ModelRanking {
  readonly modelId: string;
  readonly repos: readonly string[];
  /** undefined: the model cannot run here. */
  readonly ranking: readonly Candidate[] | undefined;
}

/** One ranking for each model: cosines of different models do not compare, ranks do. */
async function rankByModels(args: {
  views: readonly SearchedView[];
  embed: (modelId: string) => Promise<Float32Array | undefined>;
  capacity: number;
}): Promise<ModelRanking[]> {
  const byModel = Map.groupBy(args.views, ({ view }) => view.modelId);
  return await Promise.all(
    Array.from(byModel, async ([modelId, views]) => ({
      modelId,
      repos: [...new Set(views.map(({ view }) => view.repoId))],
      ranking: await rankBySemantics({ views, embedding: args.embed(modelId), capacity: args.capacity }),
    })),
  );
}

/** A warning for each model that cannot run. @throws RepobaseError `model_unavailable` when nothing else answered either */
function missingModels(rankings: readonly ModelRanking[], mode: SearchMode): string[] {
  const missing = rankings.filter(({ ranking }) => ranking === undefined);
  if (mode === "semantic" && missing.length > 0 && missing.length === rankings.length)
    throw new RepobaseError("model_unavailable", `the model ${missing[0]?.modelId} cannot be run here`, {
      hint: "search with --mode keyword, or send the query's vector",
    });
  const instead = mode === "semantic" ? "not searched" : "keyword matches only";
  return missing.map(({ modelId, repos }) => `${repos.join(", ")}: the model ${modelId} cannot be run here, ${instead}`);
}

/** The client's own vector. It names no model, so it can only be meant for one, and must have its length. */
function clientVector(numbers: readonly number[], views: readonly IndexView[]): Float32Array {
  const models = new Map(views.map(({ modelId, dim }) => [modelId, dim]));
  if (models.size > 1)
    throw new RepobaseError("usage", `a query vector fits one model, the repositories have ${[...models.keys()].join(", ")}`, {
      hint: "name repositories of one model",
    });
  for (const [modelId, dim] of models)
    if (dim !== numbers.length)
      throw new RepobaseError("usage", `the query vector has ${numbers.length} numbers, the model ${modelId} makes ${dim}`);
  const length = Math.hypot(...numbers);
  if (!(length > 0)) throw new RepobaseError("usage", "the query vector is zero");
  return Float32Array.from(numbers, (x) => x / length);
}

function toHit(file: HydratedFile, terms: readonly string[]): SearchHit {
  const { view, path, language, contents, best, others } = file;
  return {
    repoId: view.repoId,
    path,
    filename: path.slice(path.lastIndexOf("/") + 1),
    language,
    ...best,
    snippet: makeSnippet({ contents, startLine: best.startLine, terms }),
    commit: view.commit,
    chunks: others,
  };
}

const compareFiles = (a: HydratedFile, b: HydratedFile) =>
  b.best.score - a.best.score ||
  compare(a.view.repoId, b.view.repoId) ||
  compare(a.path, b.path) ||
  a.best.startLine - b.best.startLine;

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
