/**
 * One user's part of a bucket, over the HTTP API. One request a call and no repeats: withRetry does those. Bodies are
 * sent whole, with their length, because R2 takes no others. An answer whose headers or bytes are not the ones of the
 * object asked for is no answer.
 */
import type { ByteRange } from "../bytes/byte-source.ts";
import { MAX_OBJECT_BODY, REPAIR_HEADER, SHA256_HEADER } from "../protocol/cloud-api.ts";
import { isRepobaseError, RepobaseError } from "../protocol/errors.ts";
import { sha256Hex } from "../protocol/hash.ts";
import type {
  CallOptions,
  GetOptions,
  ObjectInfo,
  ObjectStore,
  PutOptions,
  StoredObject,
} from "../store/object-store.ts";
import { checkStoreRange } from "../store/store-key.ts";
import { type Answer, isProblem, malformed } from "./answer.ts";
import { type Call, HttpClient, type RemoteOptions } from "./http-client.ts";
import { errorOf } from "./http-error.ts";
import { apiPath } from "./remote-key.ts";

interface StoreCall extends Omit<Call, "path"> {
  readonly key: string;
}

export class RemoteStore implements ObjectStore {
  readonly #http: HttpClient;

  /** @throws RepobaseError `usage` for an endpoint that is not allowed */
  constructor(options: RemoteOptions) {
    this.#http = new HttpClient(options);
  }

  async get(key: string, { range, signal }: GetOptions = {}): Promise<StoredObject | undefined> {
    const headers: Record<string, string> = {};
    if (range !== undefined) {
      checkStoreRange(range, key);
      headers.range = `bytes=${range.offset}-${range.offset + range.length - 1}`;
    }
    return this.#call({ method: "GET", key, headers, signal }, async (answer) => {
      const info = infoOf(key, answer);
      if (range !== undefined) return { ...info, size: sizeOfPart(key, range, answer), bytes: answer.bytes };
      await checkBody(info, answer.bytes);
      return { ...info, size: answer.bytes.length, bytes: answer.bytes };
    });
  }

  async head(key: string, { signal }: CallOptions = {}): Promise<ObjectInfo | undefined> {
    return this.#call({ method: "HEAD", key, signal }, async (answer) => infoOf(key, answer));
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
    if (options.repair === true) headers[REPAIR_HEADER] = "1";
    if (options.onlyIf !== undefined) {
      if ("etag" in options.onlyIf) headers["if-match"] = `"${options.onlyIf.etag}"`;
      else headers["if-none-match"] = "*";
    }
    try {
      return await this.#call({ method: "PUT", key, headers, body: bytes }, async (answer) => ({
        ...infoOf(key, answer),
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
  async #call<T>(call: StoreCall, use: (answer: Answer) => Promise<T>): Promise<T | undefined> {
    const { key, ...rest } = call;
    const path = apiPath(key);
    const answer = await this.#http.send({ ...rest, path, alsoTakes: 404 });
    if (answer.status !== 404) return use(answer);
    const error = errorOf(answer, `${call.method} ${path}`, Date.now());
    if (isProblem(answer) && (call.method === "HEAD" || isRepobaseError(error, ...ABSENT))) return undefined;
    throw error;
  }
}

/** HEAD has no body: its content type is all there is to tell our server's 404 from another's. */
const ABSENT = ["not_found", "ref_not_found", "repo_not_found"] as const;

/** Weakened or not, quoted: what is between the quotes is what the store said. */
function infoOf(key: string, { headers }: Answer): ObjectInfo {
  const etag = /^(?:W\/)?"(.*)"$/.exec(headers.get("etag") ?? "")?.[1];
  if (etag === undefined)
    throw malformed(`the answer for "${key}" came without its ETag`, "does a proxy on the way take headers off?");
  const sha256 = headers.get(SHA256_HEADER) ?? undefined;
  const uploaded = Date.parse(headers.get("last-modified") ?? "");
  return {
    key,
    size: Number(headers.get("content-length") ?? 0),
    etag,
    ...(sha256 === undefined ? {} : { sha256 }),
    uploaded: Number.isNaN(uploaded) ? 0 : uploaded,
  };
}

/**
 * Bytes that were damaged on the way are right the next time; those that were damaged where they lie stay so.
 * @throws RepobaseError `hash_mismatch` (fields: `key`, the `sha256` of the bytes, `malformed`: may pass)
 */
async function checkBody({ key, sha256 }: ObjectInfo, bytes: Uint8Array): Promise<void> {
  if (sha256 === undefined) return;
  const actual = await sha256Hex(bytes);
  if (actual === sha256) return;
  throw new RepobaseError(
    "hash_mismatch",
    `the bytes of "${key}" do not have the sha256 that the server gives for them`,
    {
      hint: "they were damaged on the way or where they lie",
      fields: { key, sha256: actual, malformed: true },
    },
  );
}

/** The size of the whole, of an answer with just the part that was asked for: `Content-Range: bytes 0-4/10` says 10. */
function sizeOfPart(key: string, range: ByteRange, { status, headers, bytes }: Answer): number {
  const given = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers.get("content-range") ?? "");
  const [first, last, size] = (given ?? []).slice(1).map(Number);
  if (status !== 206 || first !== range.offset || last === undefined || size === undefined)
    throw malformed(
      `the answer for "${key}" is not the range that was asked for`,
      "does a proxy on the way change it?",
    );
  const wanted = Math.min(range.length, size - range.offset);
  if (bytes.length === wanted && last - first + 1 === wanted) return size;
  throw malformed(`the answer for "${key}" has ${bytes.length} bytes of the ${wanted} that were asked for`);
}
