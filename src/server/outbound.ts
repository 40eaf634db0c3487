/**
 * Every request that the server makes to an address which its users name: webhooks, push services, model endpoints. https only, to
 * public hosts only, no redirects, a time limit, an answer of limited length. A host that resolves to a private address is found
 * out only where the runtime can resolve names (`resolve`); on Cloudflare there is no private network behind the server.
 */
import { isRepobaseError, RepobaseError } from "../protocol/errors.ts";
import { isLoopbackHost, isPrivateHost } from "./private-address.ts";

export interface OutboundOptions {
  /** http and https to this machine too: for a server that only this machine reaches, and for tests. */
  readonly allowLoopback?: boolean;
  /** Addresses of a host; absent: names are taken as they are. */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

export interface OutboundRequest {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Time limit of all of it, the body of the answer included. */
  readonly seconds: number;
  /** Longest body of an answer that is read, in bytes; one byte more breaks the answer off with `too_large`. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

const MAX_URL = 2000;

export class Outbound {
  readonly #options: OutboundOptions;
  constructor(options: OutboundOptions = {}) {
    this.#options = options;
  }

  /** An address as a user gives it. @param what for the message. @throws RepobaseError `usage` for one that is not asked */
  check(what: string, value: string): URL {
    const refuse = (why: string) =>
      new RepobaseError("usage", `${what} ${why}: ${JSON.stringify(value.slice(0, 100))}`, {
        hint: "give an https address that anybody on the internet can reach",
      });
    const url = value.length <= MAX_URL && URL.canParse(value) ? new URL(value) : undefined;
    if (!url) throw refuse("is no URL");
    if (url.username + url.password !== "") throw refuse("must not have a user name or password in it");
    const local = this.#options.allowLoopback === true && isLoopbackHost(url.hostname);
    if (url.protocol !== "https:" && !(local && url.protocol === "http:")) throw refuse("must begin with https:");
    if (!local && isPrivateHost(url.hostname)) throw refuse("leads into a private network");
    url.hash = "";
    return url;
  }

  /**
   * @returns any answer, a redirect too; its body can be read as it comes
   * @throws RepobaseError `usage` as `check`, `transient` when it cannot be reached or is too slow, `interrupted` by `signal`
   */
  async send(request: OutboundRequest): Promise<Response> {
    const url = this.check("the address", request.url);
    await this.#refusePrivate(url);
    const limit = AbortSignal.timeout(request.seconds * 1000);
    const signal = request.signal ? AbortSignal.any([limit, request.signal]) : limit;
    try {
      const answer = await (this.#options.fetch ?? fetch)(url.href, {
        method: request.method,
        headers: { ...request.headers },
        redirect: "manual",
        signal,
        ...(request.body === undefined ? {} : { body: request.body as string | Uint8Array<ArrayBuffer> }),
      });
      return limited(answer, request.maxBytes);
    } catch (cause) {
      throw failed(url, request, limit, cause);
    }
  }

  async #refusePrivate({ hostname }: URL): Promise<void> {
    const { resolve, allowLoopback } = this.#options;
    if (!resolve || (allowLoopback && isLoopbackHost(hostname))) return;
    let addresses: readonly string[];
    try {
      addresses = await resolve(hostname.replace(/^\[|\]$/g, ""));
    } catch (cause) {
      throw new RepobaseError("transient", `no address is known of "${hostname}"`, { cause });
    }
    if (addresses.some(isPrivateHost))
      throw new RepobaseError("usage", `"${hostname}" leads into a private network`, {
        hint: "give an https address that anybody on the internet can reach",
      });
  }
}

/** The whole body as text. @throws RepobaseError `too_large`, `transient` when it breaks off or is too slow */
export async function outboundText(answer: Response): Promise<string> {
  try {
    return await answer.text();
  } catch (cause) {
    if (isRepobaseError(cause)) throw cause;
    throw new RepobaseError("transient", "the answer broke off", { cause });
  }
}

function failed(url: URL, request: OutboundRequest, limit: AbortSignal, cause: unknown): RepobaseError {
  if (request.signal?.aborted) return new RepobaseError("interrupted", "the request was given up", { cause });
  const why = limit.aborted ? `did not answer within ${request.seconds} s` : "cannot be reached";
  return new RepobaseError("transient", `"${url.host}" ${why}`, { cause });
}

/** The same answer, whose body ends in an error after `maxBytes`. */
function limited(answer: Response, maxBytes: number): Response {
  if (!answer.body) return answer;
  let size = 0;
  const counted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      size += chunk.length;
      if (size > maxBytes)
        controller.error(new RepobaseError("too_large", `the answer has more than ${maxBytes} bytes`));
      else controller.enqueue(chunk);
    },
  });
  const { status, statusText, headers } = answer;
  return new Response(answer.body.pipeThrough(counted), { status, statusText, headers });
}
