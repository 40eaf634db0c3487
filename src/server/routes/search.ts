/** `/v1/search`: the engine of the command line over the caller's bucket. GET for links and phones, POST when the client brings its own vector. */
import { Hono } from "hono";
import type { Context } from "hono";
import { checkRepoId } from "../../protocol/keys.ts";
import { parseSearchRequest } from "../../protocol/search-api.ts";
import type { SearchRequest } from "../../protocol/search-api.ts";
import { openView } from "../../search/open-view.ts";
import { openViews } from "../../search/open-views.ts";
import type { OpenedViews } from "../../search/open-views.ts";
import { search } from "../../search/search.ts";
import type { AppEnv, Services } from "../app-env.ts";
import { readJsonObject } from "../limits.ts";
import { listRepos } from "../describe-repos.ts";

export function searchRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get("/search", (c) => {
    const { q, mode, limit, ref, path, lang } = c.req.query();
    const repos = (c.req.queries("repo") ?? []).flatMap((names) => names.split(",")).filter((name) => name !== "");
    return answer(
      c,
      services,
      parseSearchRequest({ q, mode, limit, repos, ref, path, lang: lang ?? c.req.query("language") }),
    );
  });

  app.post("/search", async (c) => {
    const body = await readJsonObject(c.req.raw, services.limits.smallBody);
    const repos = typeof body["repo"] === "string" ? [body["repo"]] : (body["repos"] ?? body["repo"]);
    return answer(c, services, parseSearchRequest({ ...body, repos, lang: body["lang"] ?? body["language"] }));
  });
  return app;
}

async function answer(c: Context<AppEnv>, services: Services, request: SearchRequest): Promise<Response> {
  const { signal } = c.req.raw;
  const { views, warnings } = await openSearched(c, services, request);
  const embedQuery = (modelId: string) => services.embedQuery(modelId, request.q);
  const found = await search({ views, request, embedQuery, signal });
  return c.json({ ...found, warnings: [...warnings, ...found.warnings] });
}

/** A repository that was named must open; of all of them, those without the wanted ref are left out and named in a warning. */
async function openSearched(c: Context<AppEnv>, services: Services, request: SearchRequest): Promise<OpenedViews> {
  const { home: store, caller } = c.var;
  const { signal } = c.req.raw;
  const named = [...new Set(request.repos.map(checkRepoId))];
  return openViews({
    repos: named.length > 0 ? named : await listRepos(store, signal),
    leaveOut: named.length > 0 ? [] : ["ref_not_found", "unsupported_format"],
    open: async (repo) => [
      await openView({ store, repo, ref: request.ref, cache: services.views, owner: caller.userId, signal }),
    ],
  });
}
