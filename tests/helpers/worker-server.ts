/**
 * The server as it is deployed: the bundle and assets of scripts/build-worker.ts, on real workerd with R2, the rate limiter and
 * static assets simulated by Miniflare, all in this process and nothing outside 127.0.0.1. About a second to start.
 */
import { join } from "node:path";
import { fetch as passOn, Log, LogLevel, Miniflare, type Request, Response } from "miniflare";
import { builtWorker } from "./built-worker.ts";

const root = join(import.meta.dir, "../..");

export interface WorkerOptions {
  /** Variables of the Worker, for instance `CORS_ORIGINS`. */
  readonly vars?: Readonly<Record<string, string>>;
  /** Requests per user in `period` seconds; default: so many that no test meets it. */
  readonly rateLimit?: { readonly limit: number; readonly period: 10 | 60 };
  /** Failures of one address in a minute; default: so many that no test meets it. */
  readonly failureLimit?: number;
  /** false: a server without an admin token. */
  readonly admin?: boolean;
  /** Source of a module with a WorkerEntrypoint `Ai`, bound in place of Workers AI; default: no such binding. */
  readonly ai?: string;
  /** Every read of the bucket by the Worker waits for this. */
  readonly gate?: (key: string) => Promise<void>;
  /** What the Worker asks of other hosts than this machine comes here, and is answered with this status. */
  readonly receiver?: (request: SentAway) => Promise<number>;
  /** 0 or nothing: any free port. */
  readonly port?: number;
}

/** A request of the Worker. */
export interface SentAway {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface BucketEntry {
  readonly key: string;
  readonly size: number;
  readonly sha256: string | undefined;
}

/** The bucket itself, behind the server's back: for looking, and for breaking things. */
export interface RawBucket {
  list(prefix?: string): Promise<BucketEntry[]>;
  get(key: string): Promise<Uint8Array | undefined>;
  /** As any tool would write it: without a sha256 in its checksums. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  delete(key: string): Promise<void>;
}

export interface WorkerServer {
  /** Without a slash at the end. */
  readonly url: string;
  readonly adminToken: string;
  /** A key that may read and write, unless `scopes` says less. */
  issueKey(userId: string, scopes?: readonly string[]): Promise<string>;
  readonly bucket: RawBucket;
  /** What the cron trigger does. */
  runCron(): Promise<void>;
  stop(): Promise<void>;
}

export async function startWorker(options: WorkerOptions = {}): Promise<WorkerServer> {
  const { dir, script, assets } = await builtWorker();
  const wrangler = await readWranglerConfig();
  const adminToken = crypto.randomUUID();
  const main = {
    name: "repobase",
    modulesRoot: dir,
    modules: [{ type: "ESModule" as const, path: script }],
    compatibilityDate: wrangler.compatibility_date,
    bindings: { ...(options.admin === false ? {} : { ADMIN_TOKEN: adminToken }), ...options.vars },
    ...(options.gate ? {} : { r2Buckets: [wrangler.r2_buckets[0].binding] }),
    ratelimits: rateLimits(wrangler.ratelimits, options),
    serviceBindings: {
      ...(options.ai === undefined ? {} : { AI: { name: "fake-ai", entrypoint: "Ai" } }),
      ...(options.gate ? { [wrangler.r2_buckets[0].binding]: { name: GATED_BUCKET, entrypoint: "Bucket" } } : {}),
    },
    ...(options.receiver ? { outboundService: sentTo(options.receiver) } : {}),
    assets: {
      directory: assets,
      binding: wrangler.assets.binding,
      routerConfig: { has_user_worker: true, invoke_user_worker_ahead_of_assets: wrangler.assets.run_worker_first },
      assetConfig: {
        html_handling: wrangler.assets.html_handling,
        not_found_handling: wrangler.assets.not_found_handling,
      },
    },
  };
  const fake = { modules: true as const, compatibilityDate: wrangler.compatibility_date };
  const { ai, gate } = options;
  const fakes = [
    ...(ai === undefined ? [] : [{ ...fake, name: "fake-ai", script: ai }]),
    ...(gate === undefined ? [] : [{ ...fake, ...gatedBucket(gate), r2Buckets: [wrangler.r2_buckets[0].binding] }]),
  ];
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: options.port ?? 0,
    cf: false,
    log: new Log(LogLevel.ERROR),
    workers: [main, ...fakes],
  });
  const url = (await miniflare.ready).origin;
  return {
    url,
    adminToken,
    async issueKey(userId, scopes) {
      const answer = await fetch(`${url}/v1/admin/keys`, {
        // as in tests/server/api-client.ts
        keepalive: false,
        method: "POST",
        headers: { authorization: `Bearer ${adminToken}` },
        body: JSON.stringify({ userId, ...(scopes ? { scopes } : {}) }),
      });
      if (answer.status !== 201) throw new Error(`no key for ${userId}: ${answer.status} ${await answer.text()}`);
      return ((await answer.json()) as { apiKey: string }).apiKey;
    },
    bucket: rawBucket(() => miniflare.getR2Bucket(wrangler.r2_buckets[0].binding, gate ? GATED_BUCKET : "repobase")),
    async runCron() {
      const worker = await miniflare.getWorker("repobase");
      const { outcome } = await worker.scheduled({ cron: wrangler.triggers.crons[0] });
      if (outcome !== "ok") throw new Error(`the scheduled run ended with ${outcome}`);
    },
    async stop() {
      await miniflare.dispose();
    },
  };
}

const sentTo =
  (receiver: NonNullable<WorkerOptions["receiver"]>) =>
  async (request: Request): Promise<Response> => {
    const { url, method } = request;
    const headers = Object.fromEntries(request.headers);
    const body = await request.bytes();
    if (new URL(url).hostname !== "127.0.0.1")
      return new Response(null, { status: await receiver({ url, headers, body }) });
    return passOn(url, { method, headers, redirect: "manual", ...(body.length > 0 && { body }) });
  };

function rateLimits([requests, failures, signIns, notices]: WranglerConfig["ratelimits"], options: WorkerOptions) {
  const many = { limit: 1_000_000, period: 60 as const };
  const failureLimit = { ...many, limit: options.failureLimit ?? many.limit };
  return {
    [requests.name]: { namespace_id: requests.namespace_id, simple: options.rateLimit ?? many },
    [failures.name]: { namespace_id: failures.namespace_id, simple: failureLimit },
    [signIns.name]: { namespace_id: signIns.namespace_id, simple: many },
    [notices.name]: { namespace_id: notices.namespace_id, simple: many },
  };
}

const GATED_BUCKET = "gated-bucket";

/** The simulated R2, each of whose reads first asks the gate, in this process. */
function gatedBucket(gate: (key: string) => Promise<void>) {
  return {
    name: GATED_BUCKET,
    serviceBindings: {
      GATE: async (request: { readonly url: string }) => {
        await gate(decodeURIComponent(new URL(request.url).pathname.slice(1)));
        return new Response();
      },
    },
    script: `
      import { WorkerEntrypoint } from "cloudflare:workers";
      export default {};
      const plain = (found) => found && {
        key: found.key, size: found.size, etag: found.etag, uploaded: found.uploaded,
        checksums: { sha256: found.checksums.sha256 },
      };
      export class Bucket extends WorkerEntrypoint {
        async pass(key) { await this.env.GATE.fetch("http://gate/" + encodeURIComponent(key)); }
        async head(key) { await this.pass(key); return plain(await this.env.BUCKET.head(key)); }
        async get(key, options) {
          await this.pass(key);
          const found = await this.env.BUCKET.get(key, options);
          if (!found) return null;
          const bytes = await found.bytes();
          return { ...plain(found), bytes: () => bytes, body: new Blob([bytes]).stream() };
        }
        async put(key, body, options) {
          return plain(await this.env.BUCKET.put(key, await new Response(body).arrayBuffer(), options));
        }
        async list(options) {
          const { objects, truncated, cursor } = await this.env.BUCKET.list(options);
          return { objects: objects.map(plain), truncated, cursor };
        }
        delete(keys) { return this.env.BUCKET.delete(keys); }
      }`,
  };
}

function rawBucket(r2: () => ReturnType<Miniflare["getR2Bucket"]>): RawBucket {
  return {
    async list(prefix = "") {
      const entries: BucketEntry[] = [];
      let cursor: string | undefined;
      do {
        const page = await (await r2()).list({ prefix, ...(cursor === undefined ? {} : { cursor }) });
        for (const { key, size, checksums } of page.objects)
          entries.push({ key, size, sha256: checksums.toJSON().sha256 });
        cursor = page.truncated ? page.cursor : undefined;
      } while (cursor !== undefined);
      return entries;
    },
    async get(key) {
      const found = await (await r2()).get(key);
      return found ? new Uint8Array(await found.arrayBuffer()) : undefined;
    },
    async put(key, bytes) {
      await (await r2()).put(key, bytes as Uint8Array<ArrayBuffer>);
    },
    delete: async (key) => (await r2()).delete(key),
  };
}

/** The part of wrangler.jsonc that a test server shares with a deployed one. */
interface WranglerConfig {
  readonly compatibility_date: string;
  readonly triggers: { readonly crons: readonly [string] };
  readonly r2_buckets: readonly [{ readonly binding: string }];
  /** Of requests, of failures, of sign-ins, of notifications. */
  readonly ratelimits: readonly [RateLimitConfig, RateLimitConfig, RateLimitConfig, RateLimitConfig];
  readonly assets: {
    readonly binding: string;
    readonly run_worker_first: boolean;
    readonly html_handling: "none";
    readonly not_found_handling: "none";
  };
}

interface RateLimitConfig {
  readonly name: string;
  readonly namespace_id: string;
}

async function readWranglerConfig(): Promise<WranglerConfig> {
  return Bun.JSONC.parse(await Bun.file(join(root, "worker/wrangler.jsonc")).text()) as WranglerConfig;
}
