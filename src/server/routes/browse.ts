/** `/v1/repos/:id/...`: looking around in an index: its files, commits, what differs, outline and occurrences. Shapes: protocol/browse-api.ts. */
import { type Context, Hono } from "hono";
import { RepobaseError } from "../../protocol/errors.ts";
import { checkRepoId } from "../../protocol/keys.ts";
import type { CommitReader } from "../../search/browse/commit-order.ts";
import { diffCommits } from "../../search/browse/diff-commits.ts";
import { diffFile } from "../../search/browse/diff-file.ts";
import { fileHistory, listCommits } from "../../search/browse/list-commits.ts";
import { listFiles } from "../../search/browse/list-files.ts";
import { findOccurrences } from "../../search/browse/occurrences.ts";
import {
  decodePageCursor,
  encodePageCursor,
  type PageCursor,
  pageLimit,
  type PageQuestion,
} from "../../search/browse/page-cursor.ts";
import { readOutline } from "../../search/browse/read-outline.ts";
import type { IndexView } from "../../search/index-view.ts";
import { openCommits, openNamedView, openView, withCurrentIndex } from "../../search/open-view.ts";
import type { AppEnv, Services } from "../app-env.ts";

export function browseRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const indexOf = (c: Context<AppEnv>) => ({
    store: c.var.home,
    repo: checkRepoId(c.req.param("id") ?? ""),
    cache: services.views,
    owner: c.var.caller.userId,
    signal: c.req.raw.signal,
  });

  app.get("/repos/:id/files", async (c) => {
    const index = indexOf(c);
    const { ref, path, lang, dir } = c.req.query();
    // the root is an empty name, which is not the same as none
    const page = pageOf(c, ["files", index.repo, ref, path, lang, dir === undefined ? null : `/${dir}`]);
    const view = await openView({ ...index, ref: page.cursor?.commits[0] ?? (ref || null) });
    const asked = { path: path || null, lang: lang || null, dir: dir ?? null };
    const list = await listFiles({ view, ...asked, ...page.part, signal: index.signal });
    return c.json({ ...list, next: page.next(list.next, [view.commit]) });
  });

  app.get("/repos/:id/commits", async (c) => {
    const index = indexOf(c);
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
    const index = indexOf(c);
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

  app.get("/repos/:id/outline", async (c) => {
    const index = indexOf(c);
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
    const index = indexOf(c);
    const { ref, path } = c.req.query();
    const name = required(c, "name");
    const page = pageOf(c, ["occurrences", index.repo, ref, path, name]);
    const view = await openView({ ...index, ref: page.cursor?.commits[0] ?? (ref || null) });
    const list = await findOccurrences({ view, name, path: path || null, ...page.part, signal: index.signal });
    return c.json({ ...list, next: page.next(list.next, [view.commit]) });
  });
  return app;
}

/** @throws RepobaseError `usage` */
function required(c: Context<AppEnv>, name: string): string {
  const value = c.req.query(name);
  if (!value) throw new RepobaseError("usage", `the parameter ${name} is missing`);
  return value;
}

/** What of a list is asked for, and how its next part is named. @throws RepobaseError `usage` */
function pageOf(c: Context<AppEnv>, question: PageQuestion) {
  const limit = pageLimit(c.req.query("limit"));
  const cursor: PageCursor | undefined = decodePageCursor(question, c.req.query("cursor"));
  return {
    cursor,
    part: { limit, after: cursor?.after },
    next: (after: string | null, commits: readonly string[]) =>
      after === null ? null : encodePageCursor(question, { after, commits }),
  };
}

/** Any commit, for what is asked of the table alone. */
async function lentView(reader: CommitReader): Promise<IndexView> {
  const { ref, manifest, repo } = reader;
  const [[commit, snapshot] = []] = Object.entries(manifest.snapshots);
  if (commit === undefined || snapshot === undefined)
    throw new RepobaseError("ref_not_found", `no commit of ${repo} is indexed`);
  return openNamedView({ ...reader, manifest: ref.manifest, snapshot, commit });
}
