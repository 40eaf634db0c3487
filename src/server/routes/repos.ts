/** `/v1/repos`: what is synced, and how to remove all of one, or what is left of its past. */
import { Hono } from "hono";
import {
  checkRepoId,
  clockKey,
  indexPrefix,
  manifestPrefix,
  planKey,
  refKey,
  snapshotPrefix,
  sweepMarkerKey,
} from "../../protocol/keys.ts";
import { isMetered } from "../account.ts";
import type { AppEnv, Services } from "../app-env.ts";
import { untilGone } from "../bucket.ts";
import type { Bucket } from "../bucket.ts";
import { describeRepos } from "../../search/describe-repos.ts";
import type { ObjectInfo } from "../../store/object-store.ts";
import { collectRepo, describeRepoGarbage } from "../collect-garbage.ts";
import { finishFor } from "../finish.ts";
import { repoNotFound } from "../read-index.ts";
import { sweep } from "../sweep.ts";

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
    const { objects, bytes } = await deleteRepo(c.var.home, repo, c.req.raw.signal);
    await services.usage.removed(c.var.caller.userId, repo, bytes);
    if (objects === 0) throw repoNotFound(repo);
    return c.json({ deleted: true, id: repo, objects });
  });
  app.post("/repos/:id/sweep", async (c) => {
    const repo = checkRepoId(c.req.param("id"));
    const { objects, bytes, left } = await finishFor(c)(sweep({ home: c.var.home, repo, now: Date.now }));
    await services.usage.took(c.var.caller.userId, -bytes);
    return c.json({ id: repo, objects, bytes, left: left.length });
  });
  app.get("/repos/:id/gc", async (c) => {
    const repo = checkRepoId(c.req.param("id"));
    return c.json({ id: repo, ...(await describeRepoGarbage(untilGone(c.var.home, c.req.raw.signal), repo)) });
  });
  app.post("/repos/:id/gc", async (c) => {
    const repo = checkRepoId(c.req.param("id"));
    const found = await finishFor(c)(
      collectRepo({ ...services, now: services.identity.now, home: c.var.home, repo, userId: c.var.caller.userId }),
    );
    return c.json({ id: repo, ...found });
  });
  return app;
}

/**
 * The ref goes first: from then on there is no such index, however far the rest gets. A second call finishes a broken one.
 * @returns how much there was; `bytes` as a user's account counts them
 */
async function deleteRepo(
  home: Bucket,
  repo: string,
  signal: AbortSignal,
): Promise<{ objects: number; bytes: number }> {
  const found: ObjectInfo[] = [];
  for (const prefix of [manifestPrefix(repo), snapshotPrefix(repo), indexPrefix(repo)])
    for await (const info of home.list(prefix, { signal })) found.push(info);
  const ref = await home.head(refKey(repo));
  if (ref) await home.delete(refKey(repo));
  await home.deleteMany([...found.map(({ key }) => key), planKey(repo), clockKey(repo), sweepMarkerKey(repo)]);
  const bytes = found.reduce((sum, { key, size }) => sum + (isMetered(key) ? size : 0), 0);
  return { objects: found.length + (ref ? 1 : 0), bytes };
}
