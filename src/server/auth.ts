/**
 * The walls before the routes: `Authorization: Bearer <key>` or a session says who is asking, `X-User-ID` (optional) names the
 * space and must be theirs, and everything after this point sees only that space's part of the bucket. Reading needs the scope
 * `read`, changing anything `write`, unless a route says otherwise.
 */
import type { MiddlewareHandler } from "hono";
import { RepobaseError } from "../protocol/errors.ts";
import type { Scope } from "../protocol/roles.ts";
import type { AppEnv, Caller, Services } from "./app-env.ts";
import { scopeTo } from "./bucket.ts";
import { askerOf, bearerOf, callerOf } from "./identity/asker.ts";
import { holdToRate } from "./rate-limit.ts";
import { sameText } from "./same-text.ts";

/** Shorter admin tokens can be guessed. */
const MIN_ADMIN_TOKEN = 16;

/** Somebody, with or without a space. */
export function requireAsker(services: Services): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const asker = await askerOf(services, c);
    await holdToRate(services.rateLimit, asker.key?.record.userId ?? `person ${asker.person?.id}`);
    c.set("asker", asker);
    await next();
  };
}

/** @param scope what it takes; absent: as the method says */
export function requireUser(services: Services, scope?: Scope): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const asker = await askerOf(services, c);
    const caller = await callerOf(services, asker, c.req.header("x-user-id"));
    if (!caller)
      throw new RepobaseError("forbidden", "you have no space on this server", {
        hint: "ask for an invitation to one",
      });
    requireScope(caller, scope ?? (isRead(c.req.raw) ? "read" : "write"));
    await holdToRate(services.rateLimit, caller.userId);
    c.set("asker", asker);
    c.set("caller", caller);
    c.set("home", scopeTo(services.bucket, `${caller.userId}/`));
    await next();
  };
}

/** @throws RepobaseError `forbidden` */
export function requireScope(caller: Caller, scope: Scope): void {
  if (!caller.scopes.includes(scope))
    throw new RepobaseError("forbidden", `this key or session may not ${scope}`, { fields: { scope } });
}

/**
 * @throws RepobaseError `forbidden` when this server has no admin token, `unauthorized` for a wrong one, `rate_limited` for any
 *   after too many wrong ones
 */
export function requireAdmin(services: Services): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const { adminToken } = services;
    if (adminToken === undefined || adminToken.length < MIN_ADMIN_TOKEN)
      throw new RepobaseError("forbidden", "this server issues no keys", {
        hint: `set an admin token of ${MIN_ADMIN_TOKEN} characters or more`,
      });
    const address = services.clientAddress(c);
    const token = bearerOf(c.req.raw);
    services.failedAttempts.refuse(address);
    if (!(await sameText(token, adminToken))) {
      await services.failedAttempts.count(address);
      throw new RepobaseError("unauthorized", "not the admin token");
    }
    await next();
  };
}

/** Where a POST changes nothing. */
const QUESTIONS: ReadonlySet<string> = new Set(["/v1/search", "/v1/chat"]);

function isRead(request: Request): boolean {
  const asks = request.method === "POST" && QUESTIONS.has(new URL(request.url).pathname);
  return request.method === "GET" || request.method === "HEAD" || asks;
}
