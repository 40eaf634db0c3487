/**
 * The HTTP side of isomorphic-git, on fetch: credentials, redirects, cancelling, a limit on silence, and failures as our
 * errors. One client serves one clone or fetch and asks for the list of refs once, so that the branch that was
 * chosen from the list is the very commit that is then fetched.
 */
import type { GitHttpRequest, GitHttpResponse } from "isomorphic-git";
import { RepobaseError } from "../../protocol/errors.ts";
import type { RemoteUrl } from "./canonical-url.ts";
import { askForThinPack } from "./thin-pack.ts";

export interface HttpClientOptions {
  readonly remote: RemoteUrl;
  readonly signal: AbortSignal | undefined;
  /** Milliseconds without a byte after which the server counts as gone. */
  readonly silenceMs: number;
  /** Called with all bytes received so far, whenever some arrive. */
  readonly onBytes: (total: number) => void;
}

export interface GitHttpClient {
  request(request: GitHttpRequest): Promise<GitHttpResponse>;
}

const MAX_REDIRECTS = 5;

export function createHttpClient(options: HttpClientOptions): GitHttpClient {
  return new FetchClient(options);
}

/** The answer to the question for refs, kept so that it is asked once. */
interface RefList {
  readonly url: string;
  readonly response: GitHttpResponse;
  readonly body: Uint8Array[];
}

class FetchClient implements GitHttpClient {
  /** Where the repository turned out to live, after redirects: later requests go there at once, as git's do. */
  private base: string;
  private received = 0;
  private refs: RefList | undefined;

  constructor(private readonly options: HttpClientOptions) {
    this.base = options.remote.url;
  }

  async request(request: GitHttpRequest): Promise<GitHttpResponse> {
    const { refs, options } = this;
    if (refs !== undefined && request.url === refs.url) return { ...refs.response, body: iterate(refs.body) };
    const { url, response } = await this.follow(this.base + request.url.slice(options.remote.url.length), request);
    if (response.statusCode !== 200 || !url.includes("/info/refs?")) return response;
    this.base = url.slice(0, url.indexOf("/info/refs?"));
    const body: Uint8Array[] = [];
    for await (const chunk of response.body ?? []) body.push(chunk);
    refuseCutOff(response, body, options.remote.url);
    this.refs = { url: request.url, response, body };
    return { ...response, body: iterate(body) };
  }

  /** The first answer that is no redirect, or the last one allowed, and where it came from. */
  private async follow(from: string, request: GitHttpRequest): Promise<{ url: string; response: GitHttpResponse }> {
    let url = from;
    for (let hop = 0; ; hop++) {
      const response = await this.send(url, request);
      const location = response.headers?.location;
      const redirects = response.statusCode >= 300 && response.statusCode < 400 && location !== undefined;
      if (!redirects || hop >= MAX_REDIRECTS) return { url, response };
      url = new URL(location, url).href;
    }
  }

  private async send(url: string, request: GitHttpRequest): Promise<GitHttpResponse> {
    const { options } = this;
    const watch = watchSilence(options);
    const method = request.method ?? "GET";
    try {
      const headers = this.headersFor(url, request);
      const body = await this.bodyOf(request);
      const response = await fetch(url, { method, headers, body, redirect: "manual", signal: watch.signal });
      return {
        url,
        method,
        headers: Object.fromEntries(response.headers),
        statusCode: response.status,
        statusMessage: response.statusText,
        body: readBody(response, watch, {
          onBytes: (length) => options.onBytes((this.received += length)),
          explain: (cause) => transportError(cause, options, watch.silent()),
        }),
      };
    } catch (cause) {
      watch.stop();
      throw transportError(cause, options, watch.silent());
    }
  }

  private headersFor(url: string, request: GitHttpRequest): Headers {
    const { remote } = this.options;
    const headers = new Headers(request.headers);
    // Some servers tell git from browsers by this.
    headers.set("user-agent", "git/2.0 (repobase)");
    // Credentials are for the host they were given for, and not for one that it redirects to.
    if (remote.credentials !== null && new URL(url).origin === new URL(remote.url).origin)
      headers.set("authorization", basicAuth(remote.credentials));
    return headers;
  }

  private async bodyOf(request: GitHttpRequest): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (request.body === undefined) return undefined;
    const body = await collect(request.body);
    return offersThinPack(this.refs?.body) ? askForThinPack(body) : body;
  }
}

/** Aborts on the caller's signal, and when `alive` was not called for `silenceMs`. */
function watchSilence({ signal, silenceMs }: HttpClientOptions) {
  const controller = new AbortController();
  let silent = false;
  const onSilence = () => {
    silent = true;
    controller.abort();
  };
  let timer = setTimeout(onSilence, silenceMs);
  const onAbort = () => controller.abort();
  if (signal?.aborted) controller.abort();
  signal?.addEventListener("abort", onAbort);
  return {
    signal: controller.signal,
    silent: () => silent,
    alive() {
      clearTimeout(timer);
      timer = setTimeout(onSilence, silenceMs);
    },
    stop() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    },
  };
}

async function* readBody(
  response: Response,
  watch: ReturnType<typeof watchSilence>,
  { onBytes, explain }: { onBytes: (length: number) => void; explain: (cause: unknown) => RepobaseError },
): AsyncIterableIterator<Uint8Array> {
  try {
    for await (const chunk of response.body ?? []) {
      watch.alive();
      onBytes(chunk.length);
      yield chunk;
    }
  } catch (cause) {
    throw explain(cause);
  } finally {
    watch.stop();
  }
}

/** A list of refs ends with a flush packet. isomorphic-git takes one that was cut off for a repository with fewer branches. */
function refuseCutOff({ headers }: GitHttpResponse, body: readonly Uint8Array[], url: string): void {
  if (headers?.["content-type"] !== "application/x-git-upload-pack-advertisement") return;
  if (Buffer.concat(body).toString("latin1").trimEnd().endsWith("0000")) return;
  throw new RepobaseError("transient", `the list of branches of "${url}" broke off`, {
    hint: "run it again",
    fields: { url },
  });
}

/** Capabilities stand behind a NUL on the first ref's line. */
const offersThinPack = (body: readonly Uint8Array[] = []): boolean =>
  /\0[^\n]*\bthin-pack\b/.test(Buffer.concat(body).toString("latin1"));

async function* iterate(chunks: readonly Uint8Array[]): AsyncIterableIterator<Uint8Array> {
  yield* chunks;
}

async function collect(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const basicAuth = ({ username, password }: { username: string; password: string }): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

/** Failures below HTTP: cancelled, silent, no such host, refused, reset, bad certificate. */
function transportError(cause: unknown, { remote, signal }: HttpClientOptions, silent: boolean): RepobaseError {
  if (cause instanceof RepobaseError) return cause;
  if (signal?.aborted) return new RepobaseError("interrupted", `stopped reading "${remote.url}"`);
  const code = (cause as { code?: unknown } | null)?.code;
  const reason = silent ? "the server fell silent" : typeof code === "string" ? code : "the connection failed";
  if (/CERT|TLS|SSL|SELF_SIGNED|LEAF_SIGNATURE/.test(reason))
    return new RepobaseError("failure", `the certificate of "${remote.url}" is not trusted (${reason})`, { cause });
  return new RepobaseError("transient", `cannot reach "${remote.url}": ${reason}`, {
    hint: "check the address and the network, then run it again",
    fields: { url: remote.url },
    cause,
  });
}
