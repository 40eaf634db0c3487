/** `GET /v1/openapi.json`: the API's description for programs and their makers, a file of the page's build; without a key. */
import { Hono } from "hono";
import { RepobaseError } from "../protocol/errors.ts";
import { sha256Hex } from "../protocol/hash.ts";
import type { AppEnv } from "./app-env.ts";
import { isUnchanged, quoteEtag } from "./etag.ts";
import type { PageFiles } from "./page.ts";

/** Among the page's files. */
const FILE = "/openapi.json";

export function openApiRoutes(files: PageFiles | undefined): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.get("/openapi.json", async (c) => {
    const found = await files?.(FILE, { gzip: false });
    if (!found) throw new RepobaseError("not_found", "this server has no description of its API");
    const bytes = new Uint8Array(await found.arrayBuffer());
    const etag = (await sha256Hex(bytes)).slice(0, 32);
    const headers = { etag: quoteEtag(etag), "cache-control": "public, max-age=300" };
    if (isUnchanged(c.req.raw, etag)) return new Response(null, { status: 304, headers });
    return new Response(bytes, { headers: { ...headers, "content-type": "application/json" } });
  });
  return app;
}
