/**
 * The one HTTP client under the ObjectStore over the API and the API's JSON calls. One call of `send` is one attempt (and the
 * redirects within the same server); repeating is repeat.ts's. An answer comes whole or not at all, every failure is one of
 * our errors, and the key goes to no other server than the one it is for.
 *
 * Time: a server that sends nothing for `stallMs`, before its answer or within it, is given up as `transient`; so is one that
 * is slower than MIN_RATE. An upload gets the time its size needs at that rate on top, since fetch does not tell how far it is.
 */
import { throwIfAborted } from "../protocol/abort.ts";
import { certificateError } from "../protocol/certificate-error.ts";
import { isRepobaseError, RepobaseError } from "../protocol/errors.ts";
import { readEvents, type StreamEvent } from "../protocol/event-stream.ts";
import { anySignal } from "../store/repeat.ts";
import { type Answer, isWebPage, malformed, readAnswer } from "./answer.ts";
import { checkEndpoint } from "./endpoint.ts";
import { errorOf } from "./http-error.ts";
import { StallWatch } from "./stall-watch.ts";

/** A server and who we are there; plain values, wherever they come from. */
export interface RemoteOptions {
  /** Base URL. https, or http to this machine. */
  readonly endpoint: string;
  /** Empty: the request brings none. */
  readonly apiKey: string;
  /** Empty or absent: the key says it. */
  readonly userId?: string;
  readonly userAgent?: string;
  /** Plain http to other machines, too. */
  readonly allowHttp?: boolean;
  /** ms without a byte after which a server counts as gone. */
  readonly stallMs?: number;
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** ms since the epoch: what Retry-After dates count from. */
  readonly now?: () => number;
  /** Ends every request under way with `interrupted`. */
  readonly signal?: AbortSignal | undefined;
  /** Told of each attempt: method, path without its query, status or error, bytes, ms. */
  readonly trace?: (text: string) => void;
}

export interface Call {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** Starts with `/v1/`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** A status that is handed back like success, for the caller to judge. */
  readonly alsoTakes?: number;
  readonly signal?: AbortSignal | undefined;
}

export const DEFAULT_STALL_MS = 30_000;
/** Of a stream: a server says every ten seconds that it is still there. */
const MIN_SILENCE_MS = 30_000;
const MAX_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export class HttpClient {
  readonly endpoint: string;
  readonly #options: RemoteOptions;

  /** @throws RepobaseError `usage` for an endpoint that is no URL, or that would take the key in the clear */
  constructor(options: RemoteOptions) {
    this.endpoint = checkEndpoint(options.endpoint, options);
    this.#options = options;
  }

  /**
   * @returns an answer that says success (2xx), or has the status that the call takes as well
   * @throws RepobaseError the server's own code where it gives one; `transient` (field `unreachable`: no connection at all;
   *   `malformed`: no answer of a Repobase server), `usage` (redirected to another server),
   *   `not_a_server`, `untrusted_certificate`, `interrupted`
   */
  async send(call: Call): Promise<Answer> {
    const { stallMs = DEFAULT_STALL_MS, now = Date.now } = this.#options;
    const signal = anySignal(call.signal, this.#options.signal);
    const what = `${call.method} ${call.path}`;
    throwIfAborted(signal);
    const watch = new StallWatch(stallMs, signal);
    const tell = this.#teller(call);
    try {
      const answer = await readAnswer(await this.#follow(call, watch), watch, call.method !== "HEAD");
      tell?.(`HTTP ${answer.status}, ${answer.bytes.length} bytes received`);
      if (answer.status === call.alsoTakes) return answer;
      if (answer.status < 200 || answer.status >= 300) throw errorOf(answer, what, now());
      if (isWebPage(answer)) throw malformed(`"${this.endpoint}" answered ${what} with a web page`);
      return answer;
    } catch (error) {
      const explained = this.#errorOf(error, { watch, signal, what, silentMs: stallMs });
      if (explained !== error) tell?.(explained.message);
      throw explained;
    } finally {
      watch.stop();
    }
  }

  /**
   * An answer of server-sent events, each as it comes. Whoever stops reading ends the request.
   * @throws as `send`; `transient` too when the answer is no such stream
   */
  async *events(call: Call): AsyncGenerator<StreamEvent> {
    const { now = Date.now } = this.#options;
    const silentMs = Math.max(this.#options.stallMs ?? DEFAULT_STALL_MS, MIN_SILENCE_MS);
    const signal = anySignal(call.signal, this.#options.signal);
    const what = `${call.method} ${call.path}`;
    throwIfAborted(signal);
    const watch = new StallWatch(silentMs, signal);
    try {
      const tell = this.#teller(call);
      const response = await this.#follow(call, watch);
      tell?.(`HTTP ${response.status}, a stream`);
      const isStream = /^text\/event-stream\b/i.test(response.headers.get("content-type") ?? "");
      if (!response.ok || !isStream || !response.body) {
        const answer = await readAnswer(response, watch, true);
        throw response.ok
          ? malformed(`"${this.endpoint}" answered ${what} with no events`)
          : errorOf(answer, what, now());
      }
      // slow is well: a model writes some letters a second
      yield* readEvents(response.body, { onBytes: () => watch.begin(0), signal: watch.signal });
    } catch (error) {
      throw this.#errorOf(error, { watch, signal, what, silentMs });
    } finally {
      watch.stop();
    }
  }

  /** Says how the call ended. What follows `?` is left out: a question is nobody's who reads a log. */
  #teller({ method, path, body }: Call): ((how: string) => void) | undefined {
    const { trace } = this.#options;
    if (trace === undefined) return undefined;
    const began = performance.now();
    const sent = body === undefined ? "" : `${body.length} bytes sent, `;
    return (how) =>
      trace(`${method} ${path.replace(/\?.*/s, "")}: ${sent}${how}, ${Math.round(performance.now() - began)} ms`);
  }

  #errorOf(
    error: unknown,
    of: { watch: StallWatch; signal: AbortSignal | undefined; what: string; silentMs: number },
  ): RepobaseError {
    const { watch, signal, what, silentMs } = of;
    if (isRepobaseError(error)) return error;
    if (signal?.aborted) return new RepobaseError("interrupted", `${what} was interrupted`, { cause: error });
    const silence = watch.stalled ? `sent nothing for ${silentMs / 1000} s` : undefined;
    return this.#connectionError(told(error), silence, what);
  }

  async #follow(call: Call, watch: StallWatch): Promise<Response> {
    let url = this.endpoint + call.path;
    for (let hop = 0; ; hop++) {
      watch.begin(call.body?.length ?? 0);
      const response = await this.#fetch(url, call, watch.signal);
      const location = response.headers.get("location");
      const follows = REDIRECTS.has(response.status) && location !== null && hop < MAX_REDIRECTS;
      // 301 to 303 make a GET of everything else; only 307 and 308 mean the same request again
      if (!follows || !(response.status >= 307 || call.method === "GET" || call.method === "HEAD")) return response;
      await response.body?.cancel();
      url = this.#sameServer(new URL(location, url));
    }
  }

  #fetch(url: string, call: Call, signal: AbortSignal): Promise<Response> {
    const { apiKey, userId, userAgent } = this.#options;
    return (this.#options.fetch ?? fetch)(url, {
      method: call.method,
      headers: {
        ...(apiKey !== "" && { authorization: `Bearer ${apiKey}` }),
        // sizes and etags are of the stored bytes, so nothing may be compressed on the way
        "accept-encoding": "identity",
        ...(userId ? { "x-user-id": userId } : {}),
        ...(userAgent ? { "user-agent": userAgent } : {}),
        ...call.headers,
      },
      body: call.body === undefined ? undefined : new Blob([call.body as Uint8Array<ArrayBuffer>]),
      signal,
      redirect: "manual",
    });
  }

  /** @throws RepobaseError `usage` for another one: the key is not for it */
  #sameServer(to: URL): string {
    if (to.origin === new URL(this.endpoint).origin) return to.href;
    throw new RepobaseError("usage", `"${this.endpoint}" sends us to another server, "${to.origin}"`, {
      hint: "if that is yours, sign in there with: repobase cloud login",
    });
  }

  #connectionError(cause: unknown, silence: string | undefined, what: string): RepobaseError {
    const untrusted = certificateError(cause, this.endpoint);
    if (untrusted !== undefined) return untrusted;
    const unreachable = silence === undefined && isUnreachable(cause);
    const message = unreachable
      ? `cannot reach "${this.endpoint}"`
      : `"${this.endpoint}" ${silence ?? "broke the connection off"} (${what})`;
    return new RepobaseError("transient", message, {
      hint: "check the address and the network, then run it again",
      cause,
      fields: unreachable ? { unreachable } : {},
    });
  }
}

/** Node's fetch says in `cause` what went wrong. */
const told = (error: unknown): unknown =>
  error instanceof TypeError && error.cause instanceof Error ? error.cause : error;

const UNREACHABLE: ReadonlySet<string> = new Set([
  "ConnectionRefused",
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "FailedToOpenSocket",
  "DNSException",
]);

const isUnreachable = (error: unknown): boolean =>
  error instanceof Error && "code" in error && UNREACHABLE.has(String(error.code));
