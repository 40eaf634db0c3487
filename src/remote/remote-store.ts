/**
 * One user's part of a bucket, over the HTTP API. One request a call and no repeats: withRetry does those. Bodies are
 * sent whole, with their length, because R2 takes no others. A request that does not move for `stallMs` is given up as
 * `transient`; uploads get the time their size needs at MIN_RATE on top, since fetch does not tell how far it is.
 */
import { MAX_OBJECT_BODY, SHA256_HEADER } from "../protocol/cloud-api.ts";
import { isRepobaseError, RepobaseError } from "../protocol/errors.ts";
import { errorOf, isProblem } from "./http-error.ts";
import { sha256Hex } from "../protocol/hash.ts";
import type {
  CallOptions,
  GetOptions,
  ObjectInfo,
  ObjectStore,
  PutOptions,
  StoredObject,
} from "../store/object-store.ts";
import { apiPath } from "./remote-key.ts";
import { checkStoreRange } from "../store/store-key.ts";
import { StallWatch } from "./stall-watch.ts";

/** Bytes per second: a line slower than an old modem counts as stalled. */
const MIN_RATE = 4096;

export interface RemoteStoreOptions {
  /** Base URL without a slash at the end. */
  readonly endpoint: string;
  readonly apiKey: string;
  readonly userId?: string;
  readonly userAgent?: string;
  readonly stallMs?: number;
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  readonly now?: () => number;
  /** Ends every request under way with `interrupted`. */
  readonly signal?: AbortSignal | undefined;
}

interface Call {
  readonly method: "GET" | "HEAD" | "PUT" | "DELETE";
  readonly key: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal | undefined;
}

export class RemoteStore implements ObjectStore {
  readonly #options: RemoteStoreOptions;

  constructor(options: RemoteStoreOptions) {
    this.#options = options;
  }

  async get(key: string, { range, signal }: GetOptions = {}): Promise<StoredObject | undefined> {
    const headers: Record<string, string> = {};
    if (range !== undefined) {
      checkStoreRange(range, key);
      headers.range = `bytes=${range.offset}-${range.offset + range.length - 1}`;
    }
    return this.#call({ method: "GET", key, headers, signal }, async (response, bytes) => {
      const info = infoOf(key, response);
      const whole = range === undefined || response.status === 206;
      if (!whole) throw new RepobaseError("failure", `the server ignored the range asked of "${key}"`);
      return { ...info, size: fullSize(response) ?? bytes.length, bytes };
    });
  }

  async head(key: string, { signal }: CallOptions = {}): Promise<ObjectInfo | undefined> {
    return this.#call({ method: "HEAD", key, signal }, async (response) => infoOf(key, response));
  }

  async put(key: string, bytes: Uint8Array, options: PutOptions = {}): Promise<ObjectInfo | undefined> {
    if (bytes.length > MAX_OBJECT_BODY)
      throw new RepobaseError(
        "too_large",
        `"${key}" has ${bytes.length} bytes, more than the ${MAX_OBJECT_BODY} of one request`,
      );
    const headers: Record<string, string> = {
      "content-type": key.endsWith(".json") ? "application/json" : "application/octet-stream",
    };
    headers[SHA256_HEADER] = options.sha256 ?? (await sha256Hex(bytes));
    if (options.onlyIf !== undefined) {
      if ("etag" in options.onlyIf) headers["if-match"] = `"${options.onlyIf.etag}"`;
      else headers["if-none-match"] = "*";
    }
    try {
      return await this.#call({ method: "PUT", key, headers, body: bytes }, async (response) => ({
        ...infoOf(key, response),
        size: bytes.length,
      }));
    } catch (error) {
      // the two ways the API says that a condition did not hold
      if (options.onlyIf !== undefined && isRepobaseError(error, "remote_moved", "exists")) return undefined;
      throw error;
    }
  }

  // eslint-disable-next-line require-yield -- refuses on first use, as the contract's iterables do
  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    throw new RepobaseError("usage", `the HTTP API does not list "${prefix}"`);
  }

  async delete(key: string): Promise<void> {
    // another route's "not found" must not pass for "gone"
    if (!apiPath(key).startsWith("/v1/index/"))
      throw new RepobaseError("usage", `the HTTP API does not delete "${key}"`);
    await this.#call({ method: "DELETE", key }, async () => undefined);
  }

  /** @returns undefined when the server says, in its own words, that there is no such object */
  async #call<T>(call: Call, use: (response: Response, bytes: Uint8Array) => Promise<T>): Promise<T | undefined> {
    const { endpoint, apiKey, userId, userAgent, now = Date.now } = this.#options;
    const signals = [call.signal, this.#options.signal].filter((one) => one !== undefined);
    const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
    const path = apiPath(call.key);
    const what = `${call.method} ${path}`;
    const watch = new StallWatch(this.#options.stallMs ?? 30_000, signal);
    try {
      watch.allow(((call.body?.length ?? 0) / MIN_RATE) * 1000);
      const response = await (this.#options.fetch ?? fetch)(endpoint + path, {
        method: call.method,
        headers: {
          authorization: `Bearer ${apiKey}`,
          // sizes and etags are of the stored bytes, so nothing may be compressed on the way
          "accept-encoding": "identity",
          ...(userId ? { "x-user-id": userId } : {}),
          ...(userAgent ? { "user-agent": userAgent } : {}),
          ...call.headers,
        },
        body: call.body === undefined ? undefined : new Blob([call.body as Uint8Array<ArrayBuffer>]),
        signal: watch.signal,
        // following one would carry the key to another server
        redirect: "manual",
      });
      const answer = await readBody(response, { watch, hasBody: call.method !== "HEAD" });
      // HEAD has no body: its content type is all there is to tell our server's 404 from another's
      if (answer.status === 404 && isProblem(answer)) {
        const error = await errorOf(answer, what, now());
        if (call.method === "HEAD" || isRepobaseError(error, "not_found", "ref_not_found", "repo_not_found"))
          return undefined;
        throw error;
      }
      if (!answer.ok) throw await errorOf(answer, what, now());
      return await use(answer, new Uint8Array(await answer.arrayBuffer()));
    } catch (error) {
      if (error instanceof RepobaseError) throw error;
      if (signal?.aborted) throw new RepobaseError("interrupted", `${what} was interrupted`, { cause: error });
      const why = watch.stalled ? "did not move and was given up" : "failed on the way";
      throw new RepobaseError("transient", `${what} ${why}`, {
        hint: `check the network and the address ${endpoint}`,
        cause: error,
        fields: isUnreachable(error) ? { unreachable: true } : {},
      });
    } finally {
      watch.stop();
    }
  }
}

/** The answer with its body in memory. @throws RepobaseError `transient` when it ended before its Content-Length */
async function readBody(
  response: Response,
  { watch, hasBody }: { watch: StallWatch; hasBody: boolean },
): Promise<Response> {
  watch.moved();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  if (response.body !== null) {
    for await (const chunk of response.body as ReadableStream<Uint8Array<ArrayBuffer>>) {
      watch.moved();
      chunks.push(chunk);
      size += chunk.length;
    }
  }
  const announced = response.headers.get("content-length");
  if (hasBody && announced !== null && !response.headers.has("content-encoding") && Number(announced) !== size)
    throw new RepobaseError("transient", `the answer had ${size} of ${announced} bytes`);
  const bodiless = response.status === 204 || response.status === 304;
  return new Response(bodiless ? null : new Blob(chunks), { status: response.status, headers: response.headers });
}

/** Weakened or not, quoted: what is between the quotes is what the store said. */
function infoOf(key: string, response: Response): ObjectInfo {
  const etag = /^(?:W\/)?"(.*)"$/.exec(response.headers.get("etag") ?? "")?.[1];
  if (etag === undefined) throw new RepobaseError("failure", `the server gave no etag for "${key}"`);
  const sha256 = response.headers.get(SHA256_HEADER) ?? undefined;
  const uploaded = Date.parse(response.headers.get("last-modified") ?? "");
  return {
    key,
    size: Number(response.headers.get("content-length") ?? 0),
    etag,
    ...(sha256 === undefined ? {} : { sha256 }),
    uploaded: Number.isNaN(uploaded) ? 0 : uploaded,
  };
}

/** Of a partial answer: `Content-Range: bytes 0-4/10` says 10. */
function fullSize(response: Response): number | undefined {
  const total = /\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1];
  return total === undefined ? undefined : Number(total);
}

function isUnreachable(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return ["ConnectionRefused", "ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "FailedToOpenSocket", "DNSException"].includes(
    code,
  );
}
