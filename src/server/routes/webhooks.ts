/** `/v1/space/webhooks`: where the space's notices are sent. For admins of the space. */
import { Hono } from "hono";
import { ADD_WEBHOOK, CHANGE_WEBHOOK, NOTICE_KINDS, type NoticeKind } from "../../protocol/notice-api.ts";
import type { AppEnv, Services } from "../app-env.ts";
import { requireScope } from "../auth.ts";
import { sealsOf } from "../identity/sessions.ts";
import { readQuestion } from "../limits.ts";
import { nameOfAsker } from "../identity/asker.ts";
import { DeliveryQueue } from "../notices/delivery-queue.ts";
import { newNotice } from "../notices/notice-store.ts";
import { newWebhookSecret } from "../notices/webhook-signature.ts";
import {
  addWebhook,
  changeWebhook,
  describeWebhook,
  readWebhook,
  readWebhooks,
  type WebhookRecord,
} from "../notices/webhook-store.ts";
import { holdToRate } from "../rate-limit.ts";

export function webhookRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const { bucket, identity, limits, outbound, webhooks } = services;
  const queueOf = (space: string, hook: string) => new DeliveryQueue(bucket, { space, hook });

  app.use("*", async (c, next) => {
    requireScope(c.var.caller, "admin");
    await next();
  });

  app.get("/", async (c) => c.json({ webhooks: (await readWebhooks(c.var.home)).map(describeWebhook) }));

  app.post("/", async (c) => {
    const { url, kinds } = await readQuestion(c.req.raw, limits.smallBody, ADD_WEBHOOK);
    const secret = newWebhookSecret();
    const made: WebhookRecord = {
      id: `wh_${crypto.getRandomValues(new Uint8Array(8)).toHex()}`,
      url: outbound.check("url", url).href,
      kinds: checkKinds(kinds),
      ...WELL,
      created: new Date(identity.now()).toISOString(),
      sealedSecret: await webhooks.seal(secret, sealsOf(identity)),
    };
    await addWebhook(c.var.home, made);
    return c.json({ ...describeWebhook(made), secret }, 201);
  });

  app.put("/:id", async (c) => {
    const { url, kinds, enabled } = await readQuestion(c.req.raw, limits.smallBody, CHANGE_WEBHOOK);
    const change = {
      ...(url === undefined ? {} : { url: outbound.check("url", url).href }),
      ...(kinds === undefined ? {} : { kinds: checkKinds(kinds) }),
      ...(enabled === undefined ? {} : enabled ? WELL : { state: "disabled" as const, reason: "an admin disabled it" }),
    };
    const changed = await changeWebhook(c.var.home, c.req.param("id"), (known) => ({ ...known, ...change }));
    if (changed?.state === "disabled") await queueOf(c.var.caller.userId, changed.id).clear();
    return c.json(changed && describeWebhook(changed));
  });

  app.delete("/:id", async (c) => {
    const { id } = await readWebhook(c.var.home, c.req.param("id"));
    await changeWebhook(c.var.home, id, () => null);
    await queueOf(c.var.caller.userId, id).clear();
    return c.json({ id });
  });

  app.post("/:id/test", async (c) => {
    const { userId } = c.var.caller;
    await holdToRate(services.noticeLimit, userId, "too many notifications");
    const hook = await readWebhook(c.var.home, c.req.param("id"));
    const by = nameOfAsker(c.var.asker);
    const draft = { kind: "task.result", title: "This is a test", body: null, url: null, status: "ok", by } as const;
    return c.json(await webhooks.test(userId, hook, newNotice(draft, identity.now())));
  });
  return app;
}

/** Of a webhook that nothing is known against. */
const WELL = { state: "active", reason: null, failingSince: null, lastError: null } as const;

/** Each once; none named: all. */
const checkKinds = (kinds: readonly NoticeKind[] | undefined): readonly NoticeKind[] =>
  kinds === undefined || kinds.length === 0 ? NOTICE_KINDS : NOTICE_KINDS.filter((kind) => kinds.includes(kind));
