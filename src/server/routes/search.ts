/** `/v1/search`: the engine of the command line over the caller's bucket. GET for links and phones, POST when the client brings its own vector. */
import { type Context, Hono } from "hono";
import { parseSearchRequest, SEARCH_BODY } from "../../protocol/search-question.ts";
import type { AppEnv, Services } from "../app-env.ts";
import type { SearchRequest } from "../../protocol/search-api.ts";
import { SearchTrace, serverTiming } from "../../search/search-trace.ts";
import { readQuestion } from "../limits.ts";
import { spaceReader } from "../library.ts";
import { searchSpace } from "../search-space.ts";

export function searchRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const answer = async (c: Context<AppEnv>, request: SearchRequest): Promise<Response> => {
    const reader = spaceReader(services, c);
    const trace = new SearchTrace(reader.home);
    const found = await searchSpace(reader, request, trace);
    return c.json(found, 200, { "server-timing": serverTiming(trace.stats()) });
  };

  app.get("/search", async (c) => {
    const { q, mode, limit, ref, path, lang, explain, stats } = c.req.query();
    const repos = (c.req.queries("repo") ?? []).flatMap((names) => names.split(",")).filter((name) => name !== "");
    const asked = { q, mode, limit, repos, ref, path, lang: lang ?? c.req.query("language"), explain, stats };
    return answer(c, parseSearchRequest(asked));
  });

  app.post("/search", async (c) => {
    const { repo, language, ...body } = await readQuestion(c.req.raw, services.limits.smallBody, SEARCH_BODY);
    const repos = typeof repo === "string" ? [repo] : (body.repos ?? repo);
    const request = parseSearchRequest({ ...body, repos, lang: body.lang ?? language });
    return answer(c, request);
  });
  return app;
}
