/**
 * Who is asking: `Authorization: Bearer <key>` names the user, `X-User-ID` (optional) must agree, and everything after
 * this point sees only that user's part of the bucket. Reading needs the scope `read`, changing anything `write`.
 */
import type { MiddlewareHandler } from "hono";
import { RepobaseError } from "../protocol/errors.ts";
import type { AppEnv, Services } from "./app-env.ts";
import { scopeTo } from "./bucket.ts";
import { hasEnded, keyHash, readKey } from "./key-store.ts";
import type { KeyRecord, Scope } from "./key-store.ts";

/** Shorter admin tokens can be guessed. */
const MIN_ADMIN_TOKEN = 16;

export function requireUser(services: Services): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const record = await recordOf(services, bearer(c.req.raw), services.clientAddress(c));
    const claimed = c.req.header("x-user-id");
    if (claimed !== undefined && claimed !== record.userId)
      throw new RepobaseError("forbidden", "X-User-ID is not the user of this key");
    const needed: Scope = isRead(c.req.raw) ? "read" : "write";
    if (!record.scopes.includes(needed))
      throw new RepobaseError("forbidden", `this key may not ${needed}`, { fields: { scope: needed } });
    const turn = await services.rateLimit?.(record.userId);
    if (turn && !turn.ok)
      throw new RepobaseError("rate_limited", "too many requests", {
        fields: { retryAfter: turn.retryAfter },
        hint: "wait, then try again",
      });
    c.set("caller", { userId: record.userId, scopes: record.scopes });
    c.set("home", scopeTo(services.bucket, `${record.userId}/`));
    await next();
  };
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
    const token = bearer(c.req.raw);
    services.failedAttempts.refuse(address);
    if (!(await sameText(token, adminToken))) {
      await services.failedAttempts.count(address);
      throw new RepobaseError("unauthorized", "not the admin token");
    }
    await next();
  };
}

/**
 * A key seen before is no guess: its user goes on while others at the same address (an office, a proxy) are turned away.
 * @throws RepobaseError `unauthorized`, `rate_limited` after too many wrong keys from this address
 */
async function recordOf(services: Services, apiKey: string, address: string | undefined): Promise<KeyRecord> {
  const { knownKeys, failedAttempts } = services;
  const hash = await keyHash(apiKey);
  let record = hash && knownKeys.get(hash);
  if (!record) {
    if (!hash || !knownKeys.has(hash)) failedAttempts.refuse(address);
    record = hash && (await readKey(services.bucket, hash));
    if (!hash || !record) {
      if (hash) knownKeys.forget(hash);
      await failedAttempts.count(address);
      throw new RepobaseError("unauthorized", "this API key is not known");
    }
    knownKeys.set(hash, record, services.limits.keySeconds);
  }
  if (hasEnded(record))
    throw new RepobaseError("unauthorized", `this API key ended at ${record.expires}`, {
      hint: "ask the server's admin for a new one",
    });
  return record;
}

function bearer(request: Request): string {
  const token = /^Bearer +(\S+) *$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (token === undefined)
    throw new RepobaseError("unauthorized", "the request brings no API key", {
      hint: "send Authorization: Bearer <key>",
    });
  return token;
}

function isRead(request: Request): boolean {
  const search = request.method === "POST" && new URL(request.url).pathname === "/v1/search";
  return request.method === "GET" || request.method === "HEAD" || search;
}

/** Takes the same time wherever the texts differ: digests of equal length, all their bytes compared. */
async function sameText(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all(
    [a, b].map((text) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))),
  );
  const x = new Uint8Array(left as ArrayBuffer);
  const y = new Uint8Array(right as ArrayBuffer);
  return x.reduce((difference, byte, i) => difference | (byte ^ (y[i] ?? 0)), 0) === 0;
}
