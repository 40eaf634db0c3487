/** `/v1/notifications`: what happened in the space, and results of agents and scripts, whose key needs the scope `notify` alone. */
import { Hono } from "hono";
import type { InferOutput } from "valibot";
import { RepobaseError } from "../../protocol/errors.ts";
import {
  DEFAULT_NOTICES,
  MAX_IDEMPOTENCY_KEY,
  MAX_NOTICE_BODY,
  MAX_NOTICE_TITLE,
  MAX_NOTICE_URL,
  MAX_NOTICES,
  NOTIFY_REQUEST,
} from "../../protocol/notice-api.ts";
import type { AppEnv, Services } from "../app-env.ts";
import { requireUser } from "../auth.ts";
import { pageLimit } from "../../search/browse/page-cursor.ts";
import { readQuestion } from "../limits.ts";
import { nameOfAsker } from "../identity/asker.ts";
import type { Draft } from "../notices/notice-store.ts";
import { holdToRate } from "../rate-limit.ts";

/** The longest texts, each character escaped, and some more. */
const MAX_BODY = 64 * 1024;

export function notificationRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const { notices } = services;

  app.get("/", requireUser(services, "read"), async (c) => {
    const limit = pageLimit(c.req.query("limit"), DEFAULT_NOTICES, MAX_NOTICES);
    return c.json(await notices.list(c.var.caller.userId, { limit, cursor: c.req.query("cursor") }));
  });

  app.post("/", requireUser(services, "notify"), async (c) => {
    const { userId } = c.var.caller;
    await holdToRate(services.noticeLimit, userId, "too many notifications");
    const request = await readQuestion(c.req.raw, MAX_BODY, NOTIFY_REQUEST);
    const key = request.idempotencyKey ?? undefined;
    checkLength("idempotencyKey", key, MAX_IDEMPOTENCY_KEY);
    const draft = taskResult(request, nameOfAsker(c.var.asker));
    const { notice, created } = await notices.record(userId, draft, key === undefined ? undefined : `client: ${key}`);
    return c.json(notice, created ? 201 : 200);
  });
  return app;
}

function taskResult(request: InferOutput<typeof NOTIFY_REQUEST>, by: string | null): Draft {
  const { title, body = null, url = null, status = "ok" } = request;
  if (title.trim() === "") throw new RepobaseError("usage", "title must not be empty");
  checkLength("title", title, MAX_NOTICE_TITLE);
  checkLength("body", body, MAX_NOTICE_BODY);
  checkLength("url", url, MAX_NOTICE_URL);
  // it becomes a link on the page and in a notification
  if (url !== null && !(URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)))
    throw new RepobaseError("usage", `url must begin with https: or http:, not ${JSON.stringify(url.slice(0, 60))}`);
  return { kind: "task.result", title: title.toWellFormed(), body: body && body.toWellFormed(), url, status, by };
}

function checkLength(name: string, value: string | null | undefined, most: number): void {
  if (value && value.length > most)
    throw new RepobaseError("usage", `${name} has ${value.length} characters, the limit is ${most}`);
}
