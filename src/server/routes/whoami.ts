/** `/v1/whoami`: what the caller's key is good for, and what is used of the quota. */
import { Hono } from "hono";
import type { WhoAmI } from "../../protocol/cloud-api.ts";
import type { AppEnv, Services } from "../app-env.ts";
import { spaceIdOf } from "../space-id.ts";

export function whoamiRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get("/whoami", async (c) => {
    const { userId, scopes } = c.var.caller;
    const spaceId = await spaceIdOf(c.var.home);
    const { plan, quota } = await services.usage.describe(userId);
    const bytes = { quotaUsed: quota.bytes.used, quotaLimit: quota.bytes.limit };
    return c.json({ userId, plan, scopes, ...bytes, quota, spaceId } satisfies WhoAmI);
  });
  return app;
}
