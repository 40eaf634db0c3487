/** `/v1/config`: the synced part of config.json, moved by compare-and-swap. */
import { Hono } from "hono";
import { RepobaseError } from "../../protocol/errors.ts";
import { CONFIG_KEY } from "../../protocol/keys.ts";
import type { AppEnv, Services } from "../app-env.ts";
import { writeCondition } from "../etag.ts";
import { readJsonObject } from "../limits.ts";
import { describeStored, sendObject } from "../stored-answer.ts";

export function configRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get("/config", (c) => sendObject({ request: c.req.raw, home: c.var.home, key: CONFIG_KEY }));

  app.put("/config", async (c) => {
    const onlyIf = writeCondition(c.req.raw);
    const config = await readJsonObject(c.req.raw, services.limits.smallBody);
    const stored = await c.var.home.put(CONFIG_KEY, new TextEncoder().encode(JSON.stringify(config)), { onlyIf });
    if (!stored) {
      const now = await c.var.home.head(CONFIG_KEY);
      throw new RepobaseError("remote_moved", "the config was changed meanwhile", {
        fields: { etag: now?.etag ?? null },
      });
    }
    return c.json({ etag: stored.etag }, 200, describeStored(stored));
  });
  return app;
}
