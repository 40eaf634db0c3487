/**
 * The HTTP side of isomorphic-git, on fetch: credentials, redirects, cancelling, a limit on silence, and failures as our
 * errors. One client serves one clone or fetch and asks for the list of refs once, so that the branch that was
 * chosen from the list is the very commit that is then fetched. isomorphic-git never sees that list.
 */
import type { GitHttpRequest, GitHttpResponse } from "isomorphic-git";
import { certificateError } from "../../protocol/certificate-error.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { type Advertisement, encodeAdvertisement, parseAdvertisement, type RemoteRef } from "./advertisement.ts";
import type { Credentials, RemoteUrl } from "./canonical-url.ts";
import { isSameHost, REFS, redirectTarget } from "./redirects.ts";
import { askForThinPack } from "./thin-pack.ts";

export interface HttpClientOptions {
  /** Its credentials, too, are sent only to a host that asks for them. */
  readonly remote: RemoteUrl;
  /** Asked at most once, when the host of `remote` wants credentials and the URL has none. */
  readonly askCredentials?: ((url: string) => Promise<Credentials | null>) | undefined;
  readonly signal: AbortSignal | undefined;
  /** Milliseconds without a byte after which the server counts as gone. */
  readonly silenceMs: number;
  /** Called with all bytes received so far, whenever some arrive. */
  readonly onBytes: (total: number) => void;
  /** Told of each request: method, URL without credentials, status, ms until the answer began. */
  readonly trace?: ((text: string) => void) | undefined;
}

export interface GitHttpClient {
  /** What the remote offers. Asked once. */
  listRefs(): Promise<Advertisement>;
  /** For isomorphic-git, which is shown no ref but this one: it writes files named after what it is shown. */
  fetchOnly(ref: RemoteRef): Pick<GitHttpClient, "request">;
  request(request: GitHttpRequest): Promise<GitHttpResponse>;
}

const MAX_REDIRECTS = 5;

/** An answer other than 200. */
export class GitHttpError extends Error {
  constructor(
    readonly status: number,
    /** Who gave it: after redirects that may be another host than the one that was named. */
    readonly url: string,
    readonly hadCredentials: boolean,
  ) {
    super(`HTTP ${status}`);
  }
}

export function createHttpClient(options: HttpClientOptions): GitHttpClient {
  return new FetchClient(options);
}

/** Larger lists are refused: the largest public repositories have a million refs, of some 60 bytes each. */
const MAX_LIST_BYTES = 128 << 20;

/** An answer whose body is read to its end, or given up. */
interface Answer extends GitHttpResponse {
  discard(): void;
}

class FetchClient implements GitHttpClient {
  /** Where the repository turned out to live, after redirects: later requests go there at once, as git's do. */
  private base: string;
  private received = 0;
  private offered: Advertisement | undefined;
  /** undefined: nobody asked yet. */
  private credentials: Credentials | null | undefined;

  constructor(private readonly options: HttpClientOptions) {
    this.base = options.remote.url;
  }

  async listRefs(): Promise<Advertisement> {
    if (this.offered !== undefined) return this.offered;
    const { remote } = this.options;
    const { url, response } = await this.follow(this.base + REFS, { url: remote.url + REFS, method: "GET" });
    if (response.statusCode !== 200) {
      response.discard();
      throw new GitHttpError(response.statusCode, url, Boolean(this.credentials));
    }
    if (url.endsWith(REFS)) this.base = url.slice(0, -REFS.length);
    const offered = parseAdvertisement(await collect(response.body ?? [], { atMost: MAX_LIST_BYTES }));
    if (offered === "cut" && response.headers?.["content-type"] === "application/x-git-upload-pack-advertisement")
      throw new RepobaseError("transient", `the list of branches of "${remote.url}" broke off`, {
        hint: "run it again",
        fields: { url: remote.url },
      });
    if (typeof offered === "string")
      throw new RepobaseError("not_a_repository", `"${remote.url}" does not answer as a git repository`, {
        hint: "check the address: it is the one that git clone takes",
        fields: { url: remote.url },
      });
    return (this.offered = offered);
  }

  fetchOnly(ref: RemoteRef): Pick<GitHttpClient, "request"> {
    return {
      request: async (request) => {
        if (!request.url.endsWith(REFS)) return this.request(request);
        const { capabilities } = await this.listRefs();
        const headers = { "content-type": "application/x-git-upload-pack-advertisement" };
        const body = iterate([encodeAdvertisement(ref, capabilities)]);
        return { url: request.url, method: "GET", statusCode: 200, statusMessage: "OK", headers, body };
      },
    };
  }

  async request(request: GitHttpRequest): Promise<GitHttpResponse> {
    const { remote } = this.options;
    const response = await this.ask(this.base + request.url.slice(remote.url.length), request);
    if (isRedirect(response)) {
      response.discard();
      throw new RepobaseError(
        "refused_remote",
        `"${remote.url}" redirects a request for its contents, which git does not follow`,
        {
          hint: "add the repository by its new address",
          fields: { url: remote.url },
        },
      );
    }
    return response;
  }

  /** The first answer that is no redirect, or the last one allowed, and where it came from. */
  private async follow(from: string, request: GitHttpRequest): Promise<{ url: string; response: Answer }> {
    let url = from;
    for (let hop = 0; ; hop++) {
      const response = await this.ask(url, request);
      if (!isRedirect(response) || hop >= MAX_REDIRECTS) return { url, response };
      response.discard();
      url = redirectTarget({ from: url, location: response.headers?.location ?? "" });
    }
  }

  /** Sends it, and once more with credentials where the host that the user named asks for them. */
  private async ask(url: string, request: GitHttpRequest): Promise<Answer> {
    const { remote, askCredentials } = this.options;
    const response = await this.send(url, request);
    if (response.statusCode !== 401 || this.credentials !== undefined || !isSameHost(remote.url, url)) return response;
    this.credentials = remote.credentials ?? (await askCredentials?.(url)) ?? null;
    if (this.credentials === null) return response;
    response.discard();
    return this.send(url, request);
  }

  private async send(url: string, request: GitHttpRequest): Promise<Answer> {
    const { options } = this;
    const watch = watchSilence(options);
    const method = request.method ?? "GET";
    try {
      const headers = this.headersFor(url, request);
      const body = await this.bodyOf(request);
      const began = performance.now();
      const response = await fetch(url, { method, headers, body, redirect: "manual", signal: watch.signal });
      const sent = body === undefined ? "" : `${body.length} bytes sent, `;
      options.trace?.(
        `${method} ${withoutSecrets(url)}: ${sent}HTTP ${response.status}, ${Math.round(performance.now() - began)} ms`,
      );
      return {
        url,
        method,
        headers: Object.fromEntries(response.headers),
        statusCode: response.status,
        statusMessage: response.statusText,
        discard() {
          watch.stop();
          response.body?.cancel().catch(() => undefined); // nobody reads it any more
        },
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
    if (this.credentials && isSameHost(remote.url, url)) headers.set("authorization", basicAuth(this.credentials));
    return headers;
  }

  private async bodyOf(request: GitHttpRequest): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (request.body === undefined) return undefined;
    const body = await collect(request.body);
    return this.offered?.capabilities.has("thin-pack") ? askForThinPack(body) : body;
  }
}

/** A redirect may bring a user, a password or a signed question. */
function withoutSecrets(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

const isRedirect = ({ statusCode, headers }: GitHttpResponse): boolean =>
  statusCode >= 300 && statusCode < 400 && headers?.location !== undefined;

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

async function* iterate(chunks: readonly Uint8Array[]): AsyncIterableIterator<Uint8Array> {
  yield* chunks;
}

async function collect(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { atMost }: { readonly atMost?: number } = {},
): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (atMost !== undefined && length > atMost)
      throw new RepobaseError(
        "refused_remote",
        `the server sent more than ${atMost >> 20} MiB where a list of branches belongs`,
      );
  }
  return Buffer.concat(chunks);
}

const basicAuth = ({ username, password }: { username: string; password: string }): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

/** Failures below HTTP: cancelled, silent, no such host, refused, reset, bad certificate. */
function transportError(cause: unknown, { remote, signal }: HttpClientOptions, silent: boolean): RepobaseError {
  if (cause instanceof RepobaseError) return cause;
  if (signal?.aborted) return new RepobaseError("interrupted", `stopped reading "${remote.url}"`);
  const untrusted = certificateError(cause, remote.url);
  if (untrusted !== undefined) return untrusted;
  const code = (cause as { code?: unknown } | null)?.code;
  const reason = silent ? "the server fell silent" : typeof code === "string" ? code : "the connection failed";
  return new RepobaseError("transient", `cannot reach "${remote.url}": ${reason}`, {
    hint: "check the address and the network, then run it again",
    fields: { url: remote.url },
    cause,
  });
}
