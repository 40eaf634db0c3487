/** `/v1/whoami`: what the caller's key is good for. */
import { Hono } from "hono";
import type { WhoAmI } from "../../protocol/cloud-api.ts";
import type { AppEnv } from "../app-env.ts";
import { spaceIdOf } from "../space-id.ts";

export function whoamiRoutes(): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get("/whoami", async (c) => {
    const { userId, scopes } = c.var.caller;
    const spaceId = await spaceIdOf(c.var.home);
    return c.json({ userId, plan: "self-hosted", scopes, quotaUsed: null, quotaLimit: null, spaceId } satisfies WhoAmI);
  });
  return app;
}
