/** A search of the indexes of one space: `/v1/search`, and the tools of agents. */
import type { RepobaseError } from "../protocol/errors.ts";
import { checkRepoId } from "../protocol/keys.ts";
import type { SearchRequest, SearchResponse, SourceLink } from "../protocol/search-api.ts";
import { plainSourceUrl } from "../protocol/source-url.ts";
import { listRepos } from "../search/describe-repos.ts";
import type { IndexView } from "../search/index-view.ts";
import { openView } from "../search/open-view.ts";
import { openViews } from "../search/open-views.ts";
import { SearchTrace, withCost } from "../search/search-trace.ts";
import { search } from "../search/search.ts";
import { DAMAGE, searchWhole } from "../search/search-whole.ts";
import type { Services } from "./app-env.ts";
import type { Bucket } from "./bucket.ts";

/** The part of the bucket that a request may read, and what becomes of the request. */
export interface SpaceReader {
  readonly services: Pick<Services, "views" | "counts" | "embedQuery">;
  /** The caller's part of the bucket. */
  readonly home: Bucket;
  /** Whose it is. */
  readonly owner: string;
  readonly signal: AbortSignal;
  /** Told of each repository that is damaged. */
  readonly onDamage: (error: RepobaseError) => void;
}

/**
 * A repository that was named must open; of all of them, those without the wanted ref and damaged ones are left out and named.
 * @param request with the ids of repositories
 * @param trace over `reader.home`
 * @throws as `openView` and `search`
 */
export async function searchSpace(
  reader: SpaceReader,
  request: SearchRequest,
  trace = new SearchTrace(reader.home),
): Promise<SearchResponse> {
  const { services, owner, signal } = reader;
  const { store } = trace;
  const named = [...new Set(request.repos.map(checkRepoId))];
  const sources = new Map<string, SourceLink>();
  const opened = await trace.time("open", async () =>
    openViews({
      repos: named.length > 0 ? named : await listRepos(store, signal),
      leaveOut: named.length > 0 ? [] : ["ref_not_found", "repo_not_found", ...DAMAGE],
      open: async (repo) => {
        const view = await openView({ store, repo, ref: request.ref, cache: services.views, owner, signal, trace });
        sources.set(repo, { name: view.ref.source.name, url: plainSourceUrl(view.ref.source.url) });
        return [view];
      },
    }),
  );
  const embedQuery = (modelId: string) => services.embedQuery(modelId, request.q);
  const run = (views: readonly IndexView[]) => search({ views, request, embedQuery, signal, trace });
  const answer = (found: SearchResponse) => withCost(withSources(found, sources), { request, trace });
  if (named.length > 0) return answer(await run(opened.views));
  const onDamage = (error: RepobaseError) => {
    if (error.code === "corrupt_index") services.views.forget(owner);
    reader.onDamage(error);
  };
  return answer(await searchWhole({ opened, search: run, onDamage }));
}

/** Of the repositories that are in the results. */
function withSources(found: SearchResponse, sources: ReadonlyMap<string, SourceLink>): SearchResponse {
  const shown: [string, SourceLink][] = [];
  for (const repoId of new Set(found.results.map((hit) => hit.repoId))) {
    const source = sources.get(repoId);
    if (source !== undefined) shown.push([repoId, source]);
  }
  return { ...found, sources: Object.fromEntries(shown) };
}
