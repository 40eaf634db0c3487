/** `/v1/keys`: the caller's own keys for one space; an admin of the space sees and revokes all of them. */
import { Hono } from "hono";
import { fields } from "../../protocol/decode.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import type { ListedKey } from "../../protocol/cloud-api.ts";
import type { AppEnv, Asker, Services } from "../app-env.ts";
import { requireScope } from "../auth.ts";
import { issueOwnKey } from "../identity/own-key.ts";
import { findKey, keyId, listKeys, revokeKey } from "../key-store.ts";
import { readQuestion } from "../limits.ts";
import { KEY_BODY, wantedKey } from "./key-body.ts";

/** The body of `POST /v1/keys`. */
export const ISSUE_OWN_KEY = fields(KEY_BODY);

export function keyRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const { bucket, limits, identity } = services;

  app.get("/", async (c) => {
    const { userId } = c.var.caller;
    const all = c.req.query("all") === "1";
    if (all) requireScope(c.var.caller, "admin");
    const keys = await listKeys(bucket, userId);
    return c.json({ keys: all ? keys : keys.filter(isOwn(c.var.asker)) });
  });

  app.post("/", async (c) => {
    const { asker, caller } = c.var;
    // a session that is a key's makes none: they would outlive it
    if (!asker.person) requireScope(caller, "admin");
    const key = wantedKey(await readQuestion(c.req.raw, limits.smallBody, ISSUE_OWN_KEY), identity.now());
    const { userId, scopes: allowed } = caller;
    return c.json(await issueOwnKey(services, { userId, person: personOf(asker), allowed, key }), 201);
  });

  app.delete("/:id", async (c) => {
    const { userId, scopes } = c.var.caller;
    const id = c.req.param("id");
    const hash = await findKey(bucket, userId, id);
    const key = hash && (await listKeys(bucket, userId)).find((one) => one.id === keyId(hash));
    // another's key is not there for who may not see it
    if (!hash || !key || !(scopes.includes("admin") || isOwn(c.var.asker)(key)))
      throw new RepobaseError("not_found", `no key has the id ${JSON.stringify(id.slice(0, 70))}`);
    const revoked = await revokeKey(bucket, hash);
    services.knownKeys.doubtAll();
    return c.json({ revoked });
  });
  return app;
}

const personOf = ({ person, key }: Asker): string | null => person?.id ?? key?.record.person ?? null;

/** A person's are all of theirs; a key without a person is its own alone. */
const isOwn =
  (asker: Asker) =>
  ({ id, person }: ListedKey): boolean => {
    const whose = personOf(asker);
    return whose === null ? asker.key !== undefined && id === keyId(asker.key.hash) : person === whose;
  };
