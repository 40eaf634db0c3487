/**
 * A search over indexes of which some have search packs and others, of an older program, none: each kind is searched its own way, and
 * the answers are joined by their scores. How rare a word is, is then counted in each kind by itself.
 */
import { isRepobaseError, type RepobaseError } from "../protocol/errors.ts";
import type { SearchHit, SearchRequest, SearchResponse } from "../protocol/search-api.ts";
import type { IndexView } from "./index-view.ts";
import { missingWarning } from "./model-retrievers.ts";
import { groupViews, onceEach } from "./same-repository.ts";

type Engine = (views: readonly IndexView[]) => Promise<SearchResponse>;

/** @throws as `search` */
export async function searchApart(
  { views, request }: { readonly views: readonly IndexView[]; readonly request: SearchRequest },
  engines: { readonly byPacks: Engine; readonly byColumns: Engine },
): Promise<SearchResponse> {
  const packed = views.filter(({ packs }) => packs !== undefined);
  const others = views.filter(({ packs }) => packs === undefined);
  if (others.length === 0 && packed.length > 0) return engines.byPacks(packed);
  if (packed.length === 0) return engines.byColumns(others);
  const answers = await Promise.all([refusalOf(engines.byPacks(packed)), refusalOf(engines.byColumns(others))]);
  const [first, second] = answers;
  if (isRepobaseError(first) && isRepobaseError(second)) throw first;
  const parts = answers.map((answer, at) =>
    isRepobaseError(answer) ? notSearched(answer, at === 0 ? packed : others, request) : answer,
  );
  const missingModels = [...new Set(parts.flatMap((part) => part.missingModels ?? []))];
  return {
    mode: request.mode,
    results: joinHits(
      parts.flatMap(({ results }) => results),
      views,
    ).slice(0, request.limit),
    warnings: [...new Set(parts.flatMap(({ warnings }) => warnings))],
    ...(missingModels.length > 0 && { missingModels }),
  };
}

/** A semantic search whose models cannot run: the other kind may still answer. */
async function refusalOf(answer: Promise<SearchResponse>): Promise<SearchResponse | RepobaseError> {
  try {
    return await answer;
  } catch (error) {
    if (isRepobaseError(error, "model_unavailable")) return error;
    throw error;
  }
}

function notSearched(error: RepobaseError, views: readonly IndexView[], { mode }: SearchRequest): SearchResponse {
  const missingModels = error.fields["missingModels"] as readonly string[];
  const warnings = missingModels.map((modelId) => {
    const repoIds = views.filter((view) => view.modelId === modelId).map(({ repoId }) => repoId);
    return missingWarning({ modelId, repoIds }, mode);
  });
  return { mode, results: [], warnings, missingModels };
}

/** Best first; of a repository that is there twice each file once. */
function joinHits(hits: readonly SearchHit[], views: readonly IndexView[]): SearchHit[] {
  const viewOf = new Map(views.map((view) => [view.repoId, view]));
  const files = hits.flatMap((hit) => {
    const view = viewOf.get(hit.repoId);
    return view === undefined ? [] : [{ hit, view, path: hit.path }];
  });
  files.sort(
    ({ hit: a }, { hit: b }) =>
      b.score - a.score || compare(a.repoId, b.repoId) || compare(a.path, b.path) || a.startLine - b.startLine,
  );
  return onceEach(files, { views, groups: groupViews(views) }).map(({ hit }) => hit);
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
