/**
 * The server: one Hono app over an ObjectStore, the same on Cloudflare (worker/index.ts) and on Bun (`repobase serve`). Order of the
 * walls: shape of the path, then who is asking, then that user's part of the bucket; only then a route. Every error leaves
 * as problem+json through problem.ts.
 */
import { type Context, Hono } from "hono";
import { RepobaseError, isRepobaseError } from "../protocol/errors.ts";
import { DEFAULT_QUOTA, type QuotaChange } from "../protocol/quota.ts";
import { withRepairHint } from "../protocol/repair-hint.ts";
import { ViewCache } from "../search/view-cache.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { allowOrigins } from "./allow-origins.ts";
import type { AppEnv, ClientAddress, EmbedQuery, Services } from "./app-env.ts";
import { requireAdmin, requireAsker, requireUser } from "./auth.ts";
import { createIdentity, type IdentityOptions } from "./identity/identity.ts";
import { BUCKET_GRACES, type Graces } from "../gc/collect-garbage.ts";
import { collectInTurn } from "./collect-garbage.ts";
import { FAILURE_LIMIT, FAILURE_PERIOD, FailedAttempts } from "./failed-attempts.ts";
import { isServerFailure } from "./failure.ts";
import type { Failure } from "./failure.ts";
import { KnownKeys } from "./known-keys.ts";
import { asBucket } from "./bucket.ts";
import { requireKnownHost } from "./known-host.ts";
import { nameOfAsker } from "./identity/asker.ts";
import { pushRefused, quotaNear } from "./notices/drafts.ts";
import { createNoticeServices } from "./notices/notice-services.ts";
import type { ServerChat } from "./chat/server-chat.ts";
import { openApiRoutes } from "./openapi.ts";
import { type PageFiles, pageRoutes } from "./page.ts";
import { memoryRateLimit, type RateLimit } from "./rate-limit.ts";
import { createBackground, type Later } from "./later.ts";
import { DEFAULT_REQUEST_LIMITS } from "./limits.ts";
import type { Limits } from "./limits.ts";
import { Outbound, type OutboundOptions } from "./outbound.ts";
import { checkRequestPath } from "./path-guard.ts";
import { problemResponse } from "./problem.ts";
import { adminSpaceRoutes } from "./routes/admin-spaces.ts";
import { adminRoutes } from "./routes/admin.ts";
import { authRoutes } from "./routes/auth.ts";
import { browseRoutes } from "./routes/browse.ts";
import { chatRoutes } from "./routes/chat.ts";
import { configRoutes } from "./routes/config.ts";
import { fileRoutes } from "./routes/files.ts";
import { historyRoutes } from "./routes/history.ts";
import { keyRoutes } from "./routes/keys.ts";
import { manifestRoutes } from "./routes/manifests.ts";
import { mcpRoutes, onlyPost } from "./routes/mcp.ts";
import { meRoutes } from "./routes/me.ts";
import { notificationRoutes } from "./routes/notifications.ts";
import { objectRoutes } from "./routes/objects.ts";
import { pushRoutes } from "./routes/push.ts";
import { refRoutes } from "./routes/refs.ts";
import { repoRoutes } from "./routes/repos.ts";
import { searchRoutes } from "./routes/search.ts";
import { snapshotRoutes } from "./routes/snapshots.ts";
import { spaceModelRoutes } from "./routes/space-model.ts";
import { spaceRoutes } from "./routes/space.ts";
import { spacesRoutes } from "./routes/spaces.ts";
import { webhookRoutes } from "./routes/webhooks.ts";
import { whoamiRoutes } from "./routes/whoami.ts";
import { UsageMeter } from "./usage-meter.ts";

const USER_ROUTES = [
  whoamiRoutes,
  repoRoutes,
  // before the files: `files` alone is a list
  browseRoutes,
  historyRoutes,
  fileRoutes,
  searchRoutes,
  chatRoutes,
  manifestRoutes,
  snapshotRoutes,
  refRoutes,
  configRoutes,
];

/** An isolate has 128 MB for everything, requests under way included. */
const CACHE = { maxRangeBytes: 32 * 1024 * 1024, maxHeldBytes: 32 * 1024 * 1024 };

/** A file count is some hundred bytes with its name. */
const COUNTS = { maxRangeBytes: 0, maxHeldBytes: 1024 * 1024 };

/** Questions to the chat model of one space in a minute, counted in this process. */
const CHAT_LIMIT = 30;

const MAX_DRAIN = 1024 * 1024;

/** Agents and scripts, all of a space together. */
const NOTICE_LIMIT = 60;

export interface AppOptions {
  /** The whole bucket, all users. */
  readonly store: ObjectStore;
  readonly embedQuery: EmbedQuery;
  /** It listens on loopback: what asks for another host was led here by a page (known-host.ts). */
  readonly localOnly?: boolean;
  /** At least 16 characters; undefined or shorter: no keys can be issued. */
  readonly adminToken: string | undefined;
  /** Origins whose pages may call the API; `*` for any. None: only our own page. */
  readonly corsOrigins?: readonly string[];
  readonly limits?: Partial<Limits>;
  /** What a user may keep until the admin says otherwise; what is absent is as in DEFAULT_QUOTA. */
  readonly quota?: QuotaChange;
  /** Of the requests of one user; absent: none. */
  readonly rateLimit?: RateLimit | undefined;
  /** Of wrong keys and wrong admin tokens from one address; absent: FAILURE_LIMIT, counted in this process. */
  readonly failureLimit?: RateLimit | undefined;
  /** Absent: nobody's address is known, and all share one count of failures. */
  readonly clientAddress?: ClientAddress;
  /** Of the notifications that one space is sent; absent: NOTICE_LIMIT a minute, counted in this process. */
  readonly noticeLimit?: RateLimit | undefined;
  /** Who answers the questions of spaces that have no chat model of their own; absent: nobody, answers are sources alone. */
  readonly chat?: ServerChat | undefined;
  /** How people sign in; absent: with API keys of the admin alone. */
  readonly identity?: IdentityOptions;
  /** Absent: there is no page and no description of the API, only the API. */
  readonly pageFiles?: PageFiles;
  /** Told of every error that is not the caller's doing; the caller is told nothing of its inside. */
  readonly onFailure?: (failure: Failure) => void;
  /** Cloudflare's `waitUntil`; absent: work after an answer is waited for by `settled`. */
  readonly keepAlive?: ((work: Promise<unknown>) => void) | undefined;
  /** How addresses that users name are asked. */
  readonly outbound?: OutboundOptions;
  /** How long what nobody needs stays; absent: BUCKET_GRACES. */
  readonly graces?: Graces;
}

export interface Server {
  readonly app: Hono<AppEnv>;
  /** Ends when the work that answers left behind has ended. Not on Cloudflare, which keeps it itself. */
  readonly settled: () => Promise<void>;
  /** Sends webhooks that are to be tried again: to be called every few minutes. */
  readonly sendDue: () => Promise<void>;
  /** Cleans up the next few repositories: likewise. */
  readonly collectDue: () => Promise<void>;
}

export const createApp = (options: AppOptions): Hono<AppEnv> => createServer(options).app;

export function createServer(options: AppOptions): Server {
  const { onFailure = () => undefined, keepAlive } = options;
  const { later, settled } = createBackground({ onFailure, keepAlive });
  const services = servicesOf(options, later);
  // nobody waits for it who could handle its failure
  const sendDue = async () => {
    try {
      await services.webhooks.sendDue();
    } catch (error) {
      onFailure({ error, method: "LATER", path: "webhooks" });
    }
  };
  const collectDue = async () => {
    const tell = (error: unknown) => onFailure({ error, method: "LATER", path: "gc" });
    try {
      await collectInTurn({ ...services, now: services.identity.now, onFailure: tell });
    } catch (error) {
      tell(error);
    }
  };
  return { app: appOver(services, options), settled, sendDue, collectDue };
}

function appOver(services: Services, options: AppOptions): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.use("*", async (c, next) => {
    await next();
    protect(c.res.headers);
  });
  for (const path of ["/v1/*", "/mcp"]) app.use(path, allowOrigins(options.corsOrigins ?? []));
  app.use("*", async (c, next) => {
    await next();
    await drainBody(c.req.raw);
  });
  app.use("*", async (c, next) => {
    checkRequestPath(c.req.url);
    await next();
  });
  app.route("/", pageRoutes(options.pageFiles));
  app.get("/healthz", (c) => c.json({ ok: true }));
  app.route("/v1", openApiRoutes(options.pageFiles));
  app.use("/v1/admin/*", requireAdmin(services));
  app.route("/v1/admin", adminRoutes(services));
  app.route("/v1/admin", adminSpaceRoutes(services));
  app.route("/v1/auth", authRoutes(services));
  for (const path of ["/v1/me", "/v1/spaces", "/v1/invitations/*"]) app.use(path, requireAsker(services));
  for (const routes of [meRoutes, spacesRoutes]) app.route("/v1", routes(services));
  // what changes here is the caller's own, or takes the scope `admin`: the routes say which
  for (const path of ["/v1/keys/*", "/v1/space/*"]) app.use(path, requireUser(services, "read"));
  app.route("/v1/keys", keyRoutes(services));
  app.route("/v1/space/webhooks", webhookRoutes(services));
  app.route("/v1/space/model", spaceModelRoutes(services));
  app.route("/v1/space", spaceRoutes(services));
  app.route("/v1/notifications", notificationRoutes(services));
  app.route("/v1/push", pushRoutes(services));
  const { corsOrigins, localOnly, identity: { publicUrl } = {} } = options;
  app.use("/mcp", requireKnownHost({ corsOrigins, localOnly, publicUrl }), onlyPost, requireUser(services, "read"));
  app.route("/mcp", mcpRoutes(services));
  app.use("/v1/*", requireUser(services));
  app.route("/v1/index", objectRoutes(services));
  for (const routes of USER_ROUTES) app.route("/v1", routes(services));
  app.notFound((c) =>
    problemResponse(new RepobaseError("not_found", `there is no ${c.req.method} ${new URL(c.req.url).pathname}`)),
  );
  app.onError((error, c) => {
    if (isRepobaseError(error, "corrupt_index") && c.var.caller) services.views.forget(c.var.caller.userId);
    if (isServerFailure(error)) services.onFailure({ error, method: c.req.method, path: c.req.path });
    tellOfRefusal(services, error, c);
    return problemResponse(withRepairHint(error, { remote: true }));
  });
  return app;
}

function servicesOf(options: AppOptions, later: Later): Services {
  const bucket = asBucket(options.store);
  const { adminToken } = options;
  const limits = { ...DEFAULT_REQUEST_LIMITS, ...options.limits };
  const identity = createIdentity({
    options: options.identity ?? {},
    bucket,
    adminToken,
    keySeconds: limits.keySeconds,
  });
  const { now } = identity;
  const outbound = new Outbound(options.outbound);
  const noticeServices = createNoticeServices({ bucket, identity, outbound, later });
  return {
    bucket,
    limits,
    adminToken,
    identity,
    ...noticeServices,
    noticeLimit: options.noticeLimit ?? memoryRateLimit({ limit: NOTICE_LIMIT, period: 60, now }),
    rateLimit: options.rateLimit,
    chatLimit: memoryRateLimit({ limit: CHAT_LIMIT, period: 60 }),
    chat: options.chat,
    failedAttempts: new FailedAttempts(
      options.failureLimit ?? memoryRateLimit({ limit: FAILURE_LIMIT, period: FAILURE_PERIOD }),
    ),
    clientAddress: options.clientAddress ?? (() => undefined),
    embedQuery: options.embedQuery,
    knownKeys: new KnownKeys(),
    usage: new UsageMeter({
      bucket,
      quota: { ...DEFAULT_QUOTA, ...options.quota },
      onCrossing: (userId, crossing) => noticeServices.notices.tellOnce(userId, quotaNear(crossing, now())),
    }),
    graces: options.graces ?? BUCKET_GRACES,
    views: new ViewCache(CACHE),
    counts: new ViewCache(COUNTS),
    onFailure: options.onFailure ?? (() => undefined),
    later,
    outbound,
  };
}

/** To the space whose push it was. */
function tellOfRefusal({ notices, identity }: Services, error: unknown, c: Context<AppEnv>): void {
  const { caller, asker } = c.var;
  // where nobody has come past the walls, both are undefined
  if (!caller) return;
  const refused = pushRefused(error, { path: c.req.path, by: nameOfAsker(asker), now: identity.now() });
  if (refused) notices.tellOnce(caller.userId, refused);
}

/** Answers hold private code: no cache may keep them and no page may frame or sniff them. */
function protect(headers: Headers): void {
  const defaults = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
  };
  for (const [name, value] of Object.entries(defaults)) if (!headers.has(name)) headers.set(name, value);
}

/**
 * An answer given before the body was read leaves its bytes on the connection, and workerd then drops the connection under the
 * client's next request. A small body is read to its end to spare the connection; a large one costs more than a new connection.
 */
async function drainBody(request: Request): Promise<void> {
  if (!request.body || request.bodyUsed || Number(request.headers.get("content-length") ?? 0) > MAX_DRAIN) return;
  try {
    let left = MAX_DRAIN;
    for await (const chunk of request.body as ReadableStream<Uint8Array>) if ((left -= chunk.length) < 0) break;
  } catch {
    // the client is gone or broke off: there is no connection to spare
  }
}
