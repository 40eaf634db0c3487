/** `/v1/search`: the engine of the command line over the caller's bucket. GET for links and phones, POST when the client brings its own vector. */
import { Hono } from "hono";
import type { Context } from "hono";
import { isRepobaseError } from "../../protocol/errors.ts";
import type { RepobaseError } from "../../protocol/errors.ts";
import { checkRepoId } from "../../protocol/keys.ts";
import { parseSearchRequest } from "../../protocol/search-api.ts";
import type { SearchRequest } from "../../protocol/search-api.ts";
import { openView } from "../../search/open-view.ts";
import type { OpenedView } from "../../search/open-view.ts";
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
  const { views, warnings } = await openViews(c, services, request);
  const found = await search({ views, request, embedQuery: (modelId) => services.embedQuery(modelId, request.q) });
  return c.json({ ...found, warnings: [...warnings, ...found.warnings] });
}

/** A repository that was named must open; of all of them, those without the wanted ref are left out and named in a warning. */
async function openViews(c: Context<AppEnv>, services: Services, request: SearchRequest) {
  const store = c.var.home;
  const owner = c.var.caller.userId;
  const named = [...new Set(request.repos.map(checkRepoId))];
  const repos = named.length > 0 ? named : await listRepos(store);
  const views: OpenedView[] = [];
  const left: RepobaseError[] = [];
  for (const repo of repos) {
    try {
      views.push(await openView({ store, repo, ref: request.ref, cache: services.views, owner }));
    } catch (error) {
      if (named.length > 0 || !isRepobaseError(error, "ref_not_found", "unsupported_format")) throw error;
      left.push(error);
    }
  }
  if (views.length === 0 && left[0] !== undefined) throw left[0];
  return { views, warnings: left.map((error) => `not searched: ${error.message}`) };
}
