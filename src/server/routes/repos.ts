/** `/v1/whoami` and `/v1/repos`: who the caller is, what is synced, what a file in it says, and how to remove all of it. */
import { Hono } from "hono";
import type { RemoteRepo, WhoAmI } from "../../protocol/cloud-api.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import {
  checkRepoId,
  indexPrefix,
  manifestPrefix,
  REF_PREFIX,
  refKey,
  repoOfRefKey,
  snapshotPrefix,
} from "../../protocol/keys.ts";
import { selectLines, splitLines } from "../../text/lines.ts";
import { openView } from "../../search/open-view.ts";
import { readFile } from "../../search/read-file.ts";
import type { AppEnv, Services } from "../app-env.ts";
import type { Bucket } from "../bucket.ts";
import { filePathOf } from "../path-guard.ts";
import { repoNotFound } from "../read-index.ts";

export function repoRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get("/whoami", (c) => {
    const { userId, scopes } = c.var.caller;
    return c.json({ userId, plan: "self-hosted", scopes, quotaUsed: null, quotaLimit: null } satisfies WhoAmI);
  });

  app.get("/repos", async (c) => {
    const ids = await listRepos(c.var.home);
    const repos: RemoteRepo[] = [];
    for (const repo of ids) {
      const view = await openView({
        store: c.var.home,
        repo,
        ref: null,
        cache: services.views,
        owner: c.var.caller.userId,
      });
      const { ref, commit, visible } = view;
      const { name, url } = ref.source;
      repos.push({
        id: repo,
        name,
        url,
        fileCount: visible?.length ?? 0,
        lastSyncedAt: ref.pushedAt,
        commit,
        refs: ref.heads,
      });
    }
    return c.json({ repos });
  });

  app.delete("/repos/:id", async (c) => {
    const repo = checkRepoId(c.req.param("id"));
    const objects = await deleteRepo(c.var.home, repo);
    if (objects === 0) throw repoNotFound(repo);
    return c.json({ deleted: true, id: repo, objects });
  });

  app.get("/repos/:id/files/*", async (c) => {
    const repo = checkRepoId(c.req.param("id"));
    const path = filePathOf(c.req.url);
    const view = await openView({
      store: c.var.home,
      repo,
      ref: c.req.query("ref") || null,
      cache: services.views,
      owner: c.var.caller.userId,
    });
    const file = await readFile({ view, path });
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
    const contents = selectLines(file.contents, { from, to });
    return c.json({
      ...file,
      contents,
      filename: path.slice(path.lastIndexOf("/") + 1),
      startLine: from,
      endLine: to,
      lineCount,
    });
  });
  return app;
}

/** Ids of everything this user has pushed, sorted. */
export async function listRepos(home: Bucket): Promise<string[]> {
  const ids: string[] = [];
  for await (const { key } of home.list(REF_PREFIX)) ids.push(repoOfRefKey(key));
  return ids;
}

/** The ref goes first: from then on there is no such index, however far the rest gets. A second call finishes a broken one. */
async function deleteRepo(home: Bucket, repo: string): Promise<number> {
  const keys: string[] = [];
  for (const prefix of [manifestPrefix(repo), snapshotPrefix(repo), indexPrefix(repo)])
    for await (const { key } of home.list(prefix)) keys.push(key);
  const ref = await home.head(refKey(repo));
  if (ref) await home.delete(refKey(repo));
  await home.deleteMany(keys);
  return keys.length + (ref ? 1 : 0);
}

function lineNumber(text: string | undefined): number | null {
  if (text === undefined || text === "") return null;
  const line = Number(text);
  if (!Number.isSafeInteger(line) || line < 1)
    throw new RepobaseError("usage", `not a line number: ${JSON.stringify(text.slice(0, 20))}`);
  return line;
}
