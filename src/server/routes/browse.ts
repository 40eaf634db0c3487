/** `/v1/repos/:id/...`: looking around in one commit: its files, a file's outline, where a name stands. Shapes: protocol/browse-api.ts. */
import { Hono } from "hono";
import { RepobaseError } from "../../protocol/errors.ts";
import { listFiles } from "../../search/browse/list-files.ts";
import { findOccurrences } from "../../search/browse/occurrences.ts";
import { readOutline } from "../../search/browse/read-outline.ts";
import { openView } from "../../search/open-view.ts";
import type { AppEnv, Services } from "../app-env.ts";
import { askedIndex, pageOf, required } from "../browse-request.ts";

export function browseRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get("/repos/:id/files", async (c) => {
    const index = askedIndex(services, c);
    const { ref, path, lang, dir } = c.req.query();
    // the root is an empty name, which is not the same as none
    const page = pageOf(c, ["files", index.repo, ref, path, lang, dir === undefined ? null : `/${dir}`]);
    const view = await openView({ ...index, ref: page.cursor?.commits[0] ?? (ref || null) });
    const asked = { path: path || null, lang: lang || null, dir: dir ?? null };
    const list = await listFiles({ view, ...asked, ...page.part, signal: index.signal });
    return c.json({ ...list, next: page.next(list.next, [view.commit]) });
  });

  app.get("/repos/:id/outline", async (c) => {
    const index = askedIndex(services, c);
    const path = required(c, "path");
    const view = await openView({ ...index, ref: c.req.query("ref") || null });
    const outline = await readOutline({ view, path, signal: index.signal });
    if (outline === undefined)
      throw new RepobaseError(
        "not_found",
        `${index.repo} has no file ${JSON.stringify(path.slice(0, 200))} at ${view.commit}`,
        { fields: { repo: index.repo, path } },
      );
    return c.json(outline);
  });

  app.get("/repos/:id/occurrences", async (c) => {
    const index = askedIndex(services, c);
    const { ref, path } = c.req.query();
    const name = required(c, "name");
    const page = pageOf(c, ["occurrences", index.repo, ref, path, name]);
    const view = await openView({ ...index, ref: page.cursor?.commits[0] ?? (ref || null) });
    const list = await findOccurrences({ view, name, path: path || null, ...page.part, signal: index.signal });
    return c.json({ ...list, next: page.next(list.next, [view.commit]) });
  });
  return app;
}
