/** `/v1/refs/:repo`: the one thing of a repository that changes in place, moved by compare-and-swap. */
import { Hono } from "hono";
import { RepobaseError } from "../../protocol/errors.ts";
import { checkRepoId, refKey } from "../../protocol/keys.ts";
import type { AppEnv, Services } from "../app-env.ts";
import { writeCondition } from "../etag.ts";
import { finishFor } from "../finish.ts";
import { readBody } from "../limits.ts";
import { moveRef } from "../move-ref.ts";
import { nameOfAsker } from "../identity/asker.ts";
import { indexUpdated } from "../notices/drafts.ts";
import { repoNotFound } from "../read-index.ts";
import { describeStored, sendObject } from "../stored-answer.ts";

export function refRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get("/refs/:repo", async (c) => {
    const repo = checkRepoId(c.req.param("repo"));
    try {
      return await sendObject({ request: c.req.raw, home: c.var.home, key: refKey(repo) });
    } catch (error) {
      throw error instanceof RepobaseError && error.code === "not_found" ? repoNotFound(repo) : error;
    }
  });

  app.put("/refs/:repo", async (c) => {
    const repo = checkRepoId(c.req.param("repo"));
    const onlyIf = writeCondition(c.req.raw);
    const bytes = await readBody(c.req.raw, services.limits.smallBody);
    const { home, caller } = c.var;
    const stored = await moveRef({
      home,
      repo,
      bytes,
      onlyIf,
      userId: caller.userId,
      usage: services.usage,
      now: services.identity.now,
      signal: c.req.raw.signal,
      finish: finishFor(c),
      onMoved(before, after) {
        const draft = indexUpdated(repo, { before, after, by: nameOfAsker(c.var.asker) });
        if (draft) services.notices.tell(caller.userId, draft);
      },
    });
    return c.json({ repo, etag: stored.etag }, 200, describeStored(stored));
  });
  return app;
}
