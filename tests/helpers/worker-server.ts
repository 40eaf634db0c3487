/**
 * The server as it is deployed: the bundle and assets of scripts/build-worker.ts, on real workerd with R2, the rate limiter and
 * static assets simulated by Miniflare, all in this process and nothing outside 127.0.0.1. About a second to start.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Log, LogLevel, Miniflare } from "miniflare";
import { buildWorker } from "../../scripts/build-worker.ts";

const root = join(import.meta.dir, "../..");

export interface WorkerOptions {
  /** Variables of the Worker, for instance `CORS_ORIGINS`. */
  readonly vars?: Readonly<Record<string, string>>;
  /** Requests per user in `period` seconds; default: so many that no test meets it. */
  readonly rateLimit?: { readonly limit: number; readonly period: 10 | 60 };
  /** false: a server without an admin token. */
  readonly admin?: boolean;
  /** Source of a module with a WorkerEntrypoint `Ai`, bound in place of Workers AI; default: no such binding. */
  readonly ai?: string;
  /** 0 or nothing: any free port. */
  readonly port?: number;
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
  stop(): Promise<void>;
}

export async function startWorker(options: WorkerOptions = {}): Promise<WorkerServer> {
  const dir = await mkdtemp(join(tmpdir(), "repobase-worker-"));
  const { script, assets } = await buildWorker(join(dir, "worker"));
  const wrangler = await readWranglerConfig();
  const adminToken = crypto.randomUUID();
  const main = {
    name: "repobase",
    modulesRoot: join(dir, "worker"),
    modules: [{ type: "ESModule" as const, path: script }],
    compatibilityDate: wrangler.compatibility_date,
    bindings: { ...(options.admin === false ? {} : { ADMIN_TOKEN: adminToken }), ...options.vars },
    r2Buckets: [wrangler.r2_buckets[0].binding],
    ratelimits: {
      [wrangler.ratelimits[0].name]: {
        namespace_id: wrangler.ratelimits[0].namespace_id,
        simple: options.rateLimit ?? { limit: 1_000_000, period: 60 },
      },
    },
    ...(options.ai === undefined ? {} : { serviceBindings: { AI: { name: "fake-ai", entrypoint: "Ai" } } }),
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
  const fakes =
    options.ai === undefined
      ? []
      : [
          {
            name: "fake-ai",
            modules: true as const,
            script: options.ai,
            compatibilityDate: wrangler.compatibility_date,
          },
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
        method: "POST",
        headers: { authorization: `Bearer ${adminToken}` },
        body: JSON.stringify({ userId, ...(scopes ? { scopes } : {}) }),
      });
      if (answer.status !== 201) throw new Error(`no key for ${userId}: ${answer.status} ${await answer.text()}`);
      return ((await answer.json()) as { apiKey: string }).apiKey;
    },
    bucket: rawBucket(miniflare, wrangler.r2_buckets[0].binding),
    async stop() {
      await miniflare.dispose();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function rawBucket(miniflare: Miniflare, binding: string): RawBucket {
  const r2 = () => miniflare.getR2Bucket(binding);
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
  readonly r2_buckets: readonly [{ readonly binding: string }];
  readonly ratelimits: readonly [{ readonly name: string; readonly namespace_id: string }];
  readonly assets: {
    readonly binding: string;
    readonly run_worker_first: boolean;
    readonly html_handling: "none";
    readonly not_found_handling: "none";
  };
}

async function readWranglerConfig(): Promise<WranglerConfig> {
  return Bun.JSONC.parse(await Bun.file(join(root, "worker/wrangler.jsonc")).text()) as WranglerConfig;
}
