/** `/mcp`: the tools of agents, over the caller's bucket. Nothing is remembered between requests, so there is nothing to GET or DELETE. */
import { Hono } from "hono";
import type { MiddlewareHandler } from "hono";
import { runTool } from "../../lookup/tools.ts";
import { answerHttp } from "../../mcp/http.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import type { AppEnv, Services } from "../app-env.ts";
import { serverLibrary, spaceReader } from "../library.ts";
import { readSmallBody } from "../limits.ts";

export function mcpRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.post("/", async (c) => {
    const type = c.req.header("content-type");
    if (type !== undefined && !/^application\/([\w.-]+\+)?json\b/i.test(type))
      throw new RepobaseError("usage", "the body must be application/json");
    const body = await readSmallBody(c.req.raw, services.limits.smallBody);
    const library = serverLibrary(spaceReader(services, c));
    return answerHttp(
      { body, headers: c.req.raw.headers },
      {
        call: (name, args) => runTool(library, name, args),
        onFailure: (error) => services.onFailure({ error, method: c.req.method, path: c.req.path }),
      },
    );
  });
  return app;
}

/** Clients of older versions ask for a stream, or to end a session: as the protocol says, by 405 they learn that there is none. */
export const onlyPost: MiddlewareHandler = async (c, next) => {
  if (c.req.method === "POST") return next();
  return new Response(null, { status: 405, headers: { allow: "POST" } });
};
