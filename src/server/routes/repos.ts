/** `/v1/repos`: what is synced, and how to remove all of one. */
import { Hono } from "hono";
import { checkRepoId, indexPrefix, manifestPrefix, refKey, snapshotPrefix } from "../../protocol/keys.ts";
import type { AppEnv, Services } from "../app-env.ts";
import { untilGone } from "../bucket.ts";
import type { Bucket } from "../bucket.ts";
import { describeRepos } from "../describe-repos.ts";
import { repoNotFound } from "../read-index.ts";

export function repoRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get("/repos", async (c) => {
    const { counts } = services;
    const onDamage = (error: unknown) => services.onFailure({ error, method: c.req.method, path: c.req.path });
    const repos = await describeRepos({
      home: untilGone(c.var.home, c.req.raw.signal),
      owner: c.var.caller.userId,
      counts,
      onDamage,
    });
    return c.json({ repos });
  });

  app.delete("/repos/:id", async (c) => {
    const repo = checkRepoId(c.req.param("id"));
    const objects = await deleteRepo(c.var.home, repo, c.req.raw.signal);
    if (objects === 0) throw repoNotFound(repo);
    return c.json({ deleted: true, id: repo, objects });
  });
  return app;
}

/** The ref goes first: from then on there is no such index, however far the rest gets. A second call finishes a broken one. */
async function deleteRepo(home: Bucket, repo: string, signal: AbortSignal): Promise<number> {
  const keys: string[] = [];
  for (const prefix of [manifestPrefix(repo), snapshotPrefix(repo), indexPrefix(repo)])
    for await (const { key } of home.list(prefix, { signal })) keys.push(key);
  const ref = await home.head(refKey(repo));
  if (ref) await home.delete(refKey(repo));
  await home.deleteMany(keys);
  return keys.length + (ref ? 1 : 0);
}
