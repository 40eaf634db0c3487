/** `/v1/search`: the engine of the command line over the caller's bucket. GET for links and phones, POST when the client brings its own vector. */
import { Hono } from "hono";
import type { Context } from "hono";
import type { RepobaseError } from "../../protocol/errors.ts";
import { checkRepoId } from "../../protocol/keys.ts";
import type { SourceLink, SearchRequest, SearchResponse } from "../../protocol/search-api.ts";
import { parseSearchRequest, SEARCH_BODY } from "../../protocol/search-question.ts";
import { plainSourceUrl } from "../../protocol/source-url.ts";
import { openView } from "../../search/open-view.ts";
import { openViews } from "../../search/open-views.ts";
import type { IndexView } from "../../search/index-view.ts";
import { DAMAGE, searchWhole } from "../../search/search-whole.ts";
import { search } from "../../search/search.ts";
import type { AppEnv, Services } from "../app-env.ts";
import { readQuestion } from "../limits.ts";
import { listRepos } from "../describe-repos.ts";

export function searchRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get("/search", (c) => {
    const { q, mode, limit, ref, path, lang, explain } = c.req.query();
    const repos = (c.req.queries("repo") ?? []).flatMap((names) => names.split(",")).filter((name) => name !== "");
    return answer(
      c,
      services,
      parseSearchRequest({ q, mode, limit, repos, ref, path, lang: lang ?? c.req.query("language"), explain }),
    );
  });

  app.post("/search", async (c) => {
    const { repo, language, ...body } = await readQuestion(c.req.raw, services.limits.smallBody, SEARCH_BODY);
    const repos = typeof repo === "string" ? [repo] : (body.repos ?? repo);
    return answer(c, services, parseSearchRequest({ ...body, repos, lang: body.lang ?? language }));
  });
  return app;
}

/** A repository that was named must open; of all of them, those without the wanted ref and damaged ones are left out and named. */
async function answer(c: Context<AppEnv>, services: Services, request: SearchRequest): Promise<Response> {
  const { home: store, caller } = c.var;
  const { signal } = c.req.raw;
  const named = [...new Set(request.repos.map(checkRepoId))];
  const sources = new Map<string, SourceLink>();
  const opened = await openViews({
    repos: named.length > 0 ? named : await listRepos(store, signal),
    leaveOut: named.length > 0 ? [] : ["ref_not_found", "repo_not_found", ...DAMAGE],
    open: async (repo) => {
      const view = await openView({
        store,
        repo,
        ref: request.ref,
        cache: services.views,
        owner: caller.userId,
        signal,
      });
      sources.set(repo, { name: view.ref.source.name, url: plainSourceUrl(view.ref.source.url) });
      return [view];
    },
  });
  const embedQuery = (modelId: string) => services.embedQuery(modelId, request.q);
  const run = (views: readonly IndexView[]) => search({ views, request, embedQuery, signal });
  if (named.length > 0) return c.json(withSources(await run(opened.views), sources));
  const onDamage = (error: RepobaseError) => {
    if (error.code === "corrupt_index") services.views.forget(caller.userId);
    services.onFailure({ error, method: c.req.method, path: c.req.path });
  };
  return c.json(withSources(await searchWhole({ opened, search: run, onDamage }), sources));
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
