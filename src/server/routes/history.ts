/** `/v1/repos/:id/commits` and `/diff`: what the index has of the past, and what differs. Shapes: protocol/browse-api.ts. */
import { Hono } from "hono";
import { RepobaseError } from "../../protocol/errors.ts";
import type { CommitReader } from "../../search/browse/commit-order.ts";
import { diffCommits } from "../../search/browse/diff-commits.ts";
import { diffFile } from "../../search/browse/diff-file.ts";
import { fileHistory, listCommits } from "../../search/browse/list-commits.ts";
import type { IndexView } from "../../search/index-view.ts";
import { openCommits, openNamedView, withCurrentIndex } from "../../search/open-view.ts";
import type { AppEnv, Services } from "../app-env.ts";
import { askedIndex, pageOf, required } from "../browse-request.ts";

export function historyRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get("/repos/:id/commits", async (c) => {
    const index = askedIndex(services, c);
    const path = c.req.query("path") || null;
    const page = pageOf(c, ["commits", index.repo, path]);
    const list = await withCurrentIndex(index, async (current) => {
      const reader: CommitReader = { ...index, ...current };
      if (path === null) return listCommits(reader, page.part);
      return fileHistory(reader, { ...page.part, view: await lentView(reader), path });
    });
    return c.json({ ...list, next: page.next(list.next, []) });
  });

  app.get("/repos/:id/diff", async (c) => {
    const index = askedIndex(services, c);
    const [from, to] = [required(c, "from"), required(c, "to")];
    const path = c.req.query("path") || null;
    const page = pageOf(c, ["diff", index.repo, from, to, path]);
    const [older, newer] = await openCommits(index, [page.cursor?.commits[0] ?? from, page.cursor?.commits[1] ?? to]);
    if (older === undefined || newer === undefined) throw new Error("two commits were asked for");
    const sides = { from: older, to: newer, signal: index.signal };
    if (path !== null) return c.json(await diffFile({ ...sides, path }));
    const list = await diffCommits({ ...sides, ...page.part });
    return c.json({ ...list, next: page.next(list.next, [list.from, list.to]) });
  });
  return app;
}

/** Any commit, for what is asked of the table alone. */
async function lentView(reader: CommitReader): Promise<IndexView> {
  const { ref, manifest, repo } = reader;
  const [[commit, snapshot] = []] = Object.entries(manifest.snapshots);
  if (commit === undefined || snapshot === undefined)
    throw new RepobaseError("ref_not_found", `no commit of ${repo} is indexed`);
  return openNamedView({ ...reader, manifest: ref.manifest, snapshot, commit });
}
