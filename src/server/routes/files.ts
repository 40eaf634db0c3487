/** `/v1/repos/:id/files/*path`: one file, or some of its lines, put together again from the index. */
import { Hono } from "hono";
import { RepobaseError } from "../../protocol/errors.ts";
import { checkRepoId } from "../../protocol/keys.ts";
import { openView } from "../../search/open-view.ts";
import { readFile } from "../../search/read-file.ts";
import { shownFile } from "../../search/shown-file.ts";
import { splitLines } from "../../text/lines.ts";
import type { AppEnv, Services } from "../app-env.ts";
import { filePathOf } from "../path-guard.ts";

export function fileRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get("/repos/:id/files/*", async (c) => {
    const repo = checkRepoId(c.req.param("id"));
    const path = filePathOf(c.req.url);
    const { signal } = c.req.raw;
    const view = await openView({
      store: c.var.home,
      repo,
      ref: c.req.query("ref") || null,
      cache: services.views,
      owner: c.var.caller.userId,
      signal,
    });
    const file = await readFile({ view, path, signal });
    if (!file)
      throw new RepobaseError("not_found", `${repo} has no file ${JSON.stringify(path)} at ${view.commit}`, {
        fields: { repo, path },
      });
    const lineCount = splitLines(file.contents).length;
    const from = lineNumber(c.req.query("from")) ?? 1;
    const to = Math.min(lineNumber(c.req.query("to")) ?? lineCount, lineCount);
    if (from > to && lineCount > 0)
      throw new RepobaseError(
        from > lineCount ? "range_not_satisfiable" : "usage",
        `there are no lines ${from} to ${to} in a file of ${lineCount}`,
      );
    return c.json({
      ...(await shownFile(file, { from, to })),
      filename: path.slice(path.lastIndexOf("/") + 1),
      startLine: from,
      endLine: to,
      lineCount,
    });
  });
  return app;
}

function lineNumber(text: string | undefined): number | null {
  if (text === undefined || text === "") return null;
  const line = Number(text);
  if (!Number.isSafeInteger(line) || line < 1)
    throw new RepobaseError("usage", `not a line number: ${JSON.stringify(text.slice(0, 20))}`);
  return line;
}
