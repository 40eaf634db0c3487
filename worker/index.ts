/**
 * The Worker on Cloudflare: bindings in, app out. Made once per isolate, outside of any request; what is kept between
 * requests is values only (see ViewCache, KnownKeys, ShardedPieceTable).
 */
import { env, waitUntil } from "cloudflare:workers";
import { STATIC_MODEL_ID } from "../src/embed/static-embedder.ts";
import { parseQuota } from "../src/protocol/quota.ts";
import { createServer } from "../src/server/app.ts";
import { describeFailure } from "../src/server/failure.ts";
import { R2Store } from "./r2-store.ts";
import { pageAssets } from "./page-assets.ts";
import { serverChat } from "./server-chat.ts";
import { staticModel } from "./static-model.ts";
import type { WorkersAiRun } from "./workers-ai-chat.ts";
import { workersAiModel } from "./workers-ai-model.ts";

/** Seconds; the `period` of all limiters in wrangler.jsonc. The binding does not say how long is left. */
const RATE_PERIOD = 60;

const limitBy = (binding: RateLimit | undefined) =>
  binding && (async (key: string) => ({ ok: (await binding.limit({ key })).success, retryAfter: RATE_PERIOD }));

const model = staticModel(env.ASSETS);
// oxlint-disable-next-line no-console -- the operator's log on Cloudflare is the console
const log = (text: string, error: unknown) => console.error(text, error);
const edge = env.AI && workersAiModel(env.AI, (error) => log("Workers AI failed:", error));

const { app, sendDue, collectDue } = createServer({
  store: new R2Store(env.BUCKET),
  embedQuery: async (modelId, text) => (modelId === STATIC_MODEL_ID ? model.embedQuery(text) : edge?.(modelId, text)),
  pageFiles: pageAssets(env.ASSETS),
  adminToken: env.ADMIN_TOKEN,
  corsOrigins: (env.CORS_ORIGINS ?? "")
    .split(",")
    .map((origin) => origin.trim())
    .filter((origin) => origin !== ""),
  quota: parseQuota(
    { repos: env.QUOTA_REPOS, files: env.QUOTA_FILES, bytes: env.QUOTA_BYTES },
    (name) => `QUOTA_${name}`,
  ),
  rateLimit: limitBy(env.RATE_LIMITER),
  failureLimit: limitBy(env.FAILURE_LIMITER),
  noticeLimit: limitBy(env.NOTICE_LIMITER),
  chat: serverChat(env, env.AI as WorkersAiRun | undefined),
  identity: {
    signUp: env.SIGN_UP,
    sessionSecret: env.SESSION_SECRET,
    github: {
      baseUrl: env.GITHUB_BASE_URL,
      clientId: env.GITHUB_CLIENT_ID,
      clientSecret: env.GITHUB_CLIENT_SECRET,
    },
    signInLimit: limitBy(env.SIGN_IN_LIMITER),
  },
  // Cloudflare sets it itself, whatever the client sent
  clientAddress: (c) => c.req.header("cf-connecting-ip"),
  onFailure: (failure) => log(describeFailure(failure, { stack: false }), failure.error),
  keepAlive: waitUntil,
  outbound: { allowLoopback: env.ALLOW_LOOPBACK === "1" },
});

export default {
  fetch: app.fetch,
  /** By the cron trigger in wrangler.jsonc. */
  async scheduled() {
    await sendDue();
    await collectDue();
  },
};
