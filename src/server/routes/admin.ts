/**
 * `/v1/admin`: the operator issues, lists and revokes API keys, and says what each user may keep. A key is shown once, in the
 * answer that makes it.
 */
import { Hono } from "hono";
import { fields, text } from "../../protocol/decode.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { QUOTA_CHANGE } from "../../protocol/quota.ts";
import type { AppEnv, Services } from "../app-env.ts";
import { checkOwner, checkScopes, issueKey, listKeys, listUsers, revokeKey } from "../key-store.ts";
import { readQuestion } from "../limits.ts";
import { KEY_BODY, wantedKey } from "./key-body.ts";

/** The body of `POST /v1/admin/keys`. */
export const ISSUE_KEY = fields({ userId: text, ...KEY_BODY });

export function adminRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.post("/keys", async (c) => {
    const { userId, ...wanted } = await readQuestion(c.req.raw, services.limits.smallBody, ISSUE_KEY);
    const { scopes, ...key } = wantedKey(wanted, Date.now());
    const issued = await issueKey(services.bucket, { userId, ...key, ...(scopes && { scopes: checkScopes(scopes) }) });
    return c.json(issued, 201);
  });

  app.get("/keys", async (c) => {
    const userId = c.req.query("userId");
    if (!userId) throw new RepobaseError("usage", "say whose keys: ?userId=");
    return c.json({ keys: await listKeys(services.bucket, userId) });
  });

  app.delete("/keys/:id", async (c) => {
    const revoked = await revokeKey(services.bucket, c.req.param("id"));
    // the map is small and this is rare: doubting all of it is surer than finding one
    services.knownKeys.doubtAll();
    return c.json({ revoked });
  });

  app.get("/users", async (c) => c.json({ users: await listUsers(services.bucket) }));

  app.get("/users/:id", async (c) => c.json(await services.usage.describe(checkOwner(c.req.param("id")))));

  app.put("/users/:id/quota", async (c) => {
    const userId = checkOwner(c.req.param("id"));
    const change = await readQuestion(c.req.raw, services.limits.smallBody, QUOTA_CHANGE);
    return c.json(await services.usage.setQuota(userId, change));
  });

  app.delete("/users/:id/quota", async (c) =>
    c.json(await services.usage.setQuota(checkOwner(c.req.param("id")), null)),
  );

  app.post("/users/:id/recount", async (c) => c.json(await services.usage.recount(checkOwner(c.req.param("id")))));
  return app;
}
