/** `/v1/admin/keys`: the operator issues, lists and revokes API keys. A key is shown once, in the answer that makes it. */
import { Hono } from "hono";
import { RepobaseError } from "../../protocol/errors.ts";
import type { AppEnv, Services } from "../app-env.ts";
import { requireAdmin } from "../auth.ts";
import { checkScopes, issueKey, listKeys, revokeKey } from "../key-store.ts";
import { readJsonObject } from "../limits.ts";

const MAX_LABEL = 200;

export function adminRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.use("*", requireAdmin(services));

  app.post("/keys", async (c) => {
    const body = await readJsonObject(c.req.raw, services.limits.smallBody);
    const { userId, label = null, scopes } = body;
    if (typeof userId !== "string") throw new RepobaseError("usage", "userId must be text");
    if (label !== null && (typeof label !== "string" || label.length > MAX_LABEL))
      throw new RepobaseError("usage", `label must be text of at most ${MAX_LABEL} characters`);
    const issued = await issueKey(services.bucket, {
      userId,
      label,
      ...(scopes === undefined ? {} : { scopes: checkScopes(scopes) }),
    });
    return c.json(issued, 201);
  });

  app.get("/keys", async (c) => {
    const userId = c.req.query("userId");
    if (!userId) throw new RepobaseError("usage", "say whose keys: ?userId=");
    return c.json({ keys: await listKeys(services.bucket, userId) });
  });

  app.delete("/keys/:id", async (c) => {
    const revoked = await revokeKey(services.bucket, c.req.param("id"));
    // the map is small and this is rare: forgetting all of it is surer than finding one
    services.knownKeys.clear();
    return c.json({ revoked });
  });
  return app;
}
