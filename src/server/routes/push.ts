/** `/v1/push`: the devices on which the caller is shown what happens in the space. Whoever may read it may subscribe; each sees their own. */
import { Hono } from "hono";
import { RepobaseError } from "../../protocol/errors.ts";
import { sha256Hex } from "../../protocol/hash.ts";
import { DEFAULT_PUSH_KINDS, MAX_PUSH_LABEL, NOTICE_KINDS, SUBSCRIBE } from "../../protocol/notice-api.ts";
import type { AppEnv, Services } from "../app-env.ts";
import { requireUser } from "../auth.ts";
import { ownerOf } from "../identity/asker.ts";
import { ownOrigin, sealsOf } from "../identity/sessions.ts";
import { readQuestion } from "../limits.ts";
import {
  describeSubscription,
  putSubscription,
  readSubscriptions,
  removeSubscriptions,
} from "../notices/push-store.ts";

const ID_LENGTH = 32;
const POINT_BYTES = 65;
const AUTH_BYTES = 16;

export function pushRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const { identity, limits, outbound, webPush } = services;
  app.use("*", requireUser(services, "read"));

  app.get("/key", async (c) => {
    const { publicKey } = await webPush.keys.findOrMake(sealsOf(identity));
    return c.json({ publicKey });
  });

  app.get("/subscriptions", async (c) => {
    const owner = ownerOf(c.var.asker);
    const own = (await readSubscriptions(c.var.home)).filter((one) => one.owner === owner);
    return c.json({ subscriptions: own.map(describeSubscription) });
  });

  app.post("/subscriptions", async (c) => {
    const { endpoint, keys, kinds = [], label = null } = await readQuestion(c.req.raw, limits.smallBody, SUBSCRIBE);
    const url = outbound.check("endpoint", endpoint);
    if (url.protocol !== "https:") throw new RepobaseError("usage", "endpoint must begin with https:");
    await checkKeys(keys);
    if (label !== null && label.length > MAX_PUSH_LABEL)
      throw new RepobaseError("usage", `label has ${label.length} characters, the limit is ${MAX_PUSH_LABEL}`);
    const kept = await putSubscription(c.var.home, {
      id: (await sha256Hex(new TextEncoder().encode(url.href))).slice(0, ID_LENGTH),
      service: url.host,
      // each once
      kinds: kinds.length === 0 ? DEFAULT_PUSH_KINDS : NOTICE_KINDS.filter((kind) => kinds.includes(kind)),
      label: label && label.toWellFormed(),
      created: new Date(identity.now()).toISOString(),
      owner: ownerOf(c.var.asker),
      endpoint: url.href,
      keys,
      contact: contactOf(ownOrigin(identity, c.req.raw)),
      serverKey: (await webPush.keys.findOrMake(sealsOf(identity))).publicKey,
    });
    return c.json(describeSubscription(kept), 201);
  });

  app.delete("/subscriptions/:id", async (c) => {
    const id = c.req.param("id");
    const owner = ownerOf(c.var.asker);
    const removed = await removeSubscriptions(c.var.home, (one) => one.id === id && one.owner === owner);
    if (removed === 0)
      throw new RepobaseError("not_found", `no subscription of yours has the id ${JSON.stringify(id.slice(0, 40))}`);
    return c.json({ id });
  });
  return app;
}

/** Push services want an https address; a server on this machine alone has none. */
const contactOf = (origin: string): string => (origin.startsWith("https:") ? origin : "https://localhost");

/** @throws RepobaseError `usage` for keys that nothing can be encrypted with */
async function checkKeys(keys: { readonly p256dh: string; readonly auth: string }): Promise<void> {
  const [point, auth] = [fromBase64(keys.p256dh), fromBase64(keys.auth)];
  try {
    if (auth?.length !== AUTH_BYTES || point?.length !== POINT_BYTES) throw new TypeError("length");
    await crypto.subtle.importKey("raw", point, { name: "ECDH", namedCurve: "P-256" }, false, []);
  } catch (cause) {
    throw new RepobaseError("usage", "keys are not those of a push subscription", {
      hint: "send what PushSubscription.toJSON() gives",
      cause,
    });
  }
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.fromBase64(text, { alphabet: "base64url" });
  } catch {
    return undefined; // it is none, which is what undefined says
  }
}
