/**
 * GitHub as a server needs it: the device flow, the web flow, and then once who the person is and of which organisations. A token
 * lives in the request that got it and nowhere else: it is not kept, logged or given out. Every answer is bounded in time and size
 * and checked in shape; a redirect is no answer.
 */
import { array, exactOptional, number, pipe, safeInteger } from "valibot";
import { checkDocument, count, fields, text, textThat } from "../../protocol/decode.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { isLogin } from "./records.ts";

export interface GitHubOptions {
  /** `https://github.com`, or of an Enterprise server. */
  readonly baseUrl: string;
  readonly clientId: string;
  /** undefined: no sign-in on the page. */
  readonly clientSecret: string | undefined;
  /** Time limit of one request. */
  readonly seconds: number;
}

export interface GitHubPerson {
  readonly id: number;
  readonly login: string;
  readonly name: string | null;
}

export type DeviceAnswer =
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "pending"; /** Seconds; undefined: as before. */ readonly interval: number | undefined }
  | { readonly kind: "denied" }
  | { readonly kind: "expired" };

const MAX_ANSWER = 1024 * 1024;
const MAX_NAME = 200;
/** Of a hundred organisations each. */
const MAX_PAGES = 5;
const PAGE = 100;
/** What GitHub adds when a question comes too early. */
const SLOW_DOWN_SECONDS = 5;

const DEVICE_CODE = fields({
  device_code: textThat((code) => /^[\x21-\x7e]{1,200}$/.test(code), "a code"),
  user_code: textThat((code) => /^[A-Za-z0-9-]{4,20}$/.test(code), "a code"),
  verification_uri: textThat((uri) => uri.length <= 300 && URL.canParse(uri), "an address"),
  expires_in: count,
  interval: exactOptional(count),
});
const TOKEN = fields({
  access_token: exactOptional(textThat((token) => /^[\x21-\x7e]{1,500}$/.test(token), "a token")),
  error: exactOptional(text),
  interval: exactOptional(count),
});
const USER = fields({
  id: pipe(number("must be a number"), safeInteger("must be a whole number")),
  login: textThat(isLogin, "a login"),
});
const MEMBERSHIPS = array(fields({ state: text, organization: fields({ login: text }) }), "must be a list");

/** @throws RepobaseError `transient` from every method, when GitHub does not answer as it should */
export class GitHub {
  constructor(readonly options: GitHubOptions) {}

  get #api(): string {
    const { baseUrl } = this.options;
    return baseUrl === "https://github.com" ? "https://api.github.com" : `${baseUrl}/api/v3`;
  }

  async startDevice(scope: string) {
    const answer = await this.#post("/login/device/code", { scope });
    if (typeof answer === "object" && answer !== null && "error" in answer)
      throw new RepobaseError("forbidden", "GitHub does not allow this server the device flow", {
        hint: "the server's admin turns it on: GitHub, settings of the OAuth app, Enable Device Flow",
      });
    const { device_code, user_code, verification_uri, expires_in, interval } = checked(DEVICE_CODE, answer);
    // it is shown to people, who follow it
    if (new URL(verification_uri).origin !== new URL(this.options.baseUrl).origin) throw unreadable();
    const seconds = Math.min(expires_in, 3600);
    return {
      deviceCode: device_code,
      userCode: user_code,
      verificationUri: verification_uri,
      seconds,
      interval: interval ?? 5,
    };
  }

  /** @param interval seconds that were waited */
  async askDevice(deviceCode: string, interval: number): Promise<DeviceAnswer> {
    const grant = "urn:ietf:params:oauth:grant-type:device_code";
    const answer = await this.#post("/login/oauth/access_token", { device_code: deviceCode, grant_type: grant });
    const { access_token: token, error, interval: slower } = checked(TOKEN, answer);
    if (token !== undefined) return { kind: "token", token };
    if (error === "authorization_pending") return { kind: "pending", interval: undefined };
    if (error === "slow_down")
      return { kind: "pending", interval: Math.min(slower ?? interval + SLOW_DOWN_SECONDS, 900) };
    if (error === "access_denied") return { kind: "denied" };
    if (error === "expired_token" || error === "incorrect_device_code") return { kind: "expired" };
    throw unreadable();
  }

  /** Where the browser is sent to. @param of.challenge S256 of the verifier */
  authorizeUrl(of: { redirectUri: string; state: string; challenge: string; scope: string }): string {
    const query = new URLSearchParams({
      client_id: this.options.clientId,
      redirect_uri: of.redirectUri,
      state: of.state,
      scope: of.scope,
      code_challenge: of.challenge,
      code_challenge_method: "S256",
    });
    return `${this.options.baseUrl}/login/oauth/authorize?${query.toString()}`;
  }

  /** undefined: GitHub does not take the code. */
  async exchange(of: { code: string; verifier: string; redirectUri: string }): Promise<string | undefined> {
    const { clientSecret = "" } = this.options;
    const { code, verifier, redirectUri } = of;
    const form = { client_secret: clientSecret, code, code_verifier: verifier, redirect_uri: redirectUri };
    return checked(TOKEN, await this.#post("/login/oauth/access_token", form)).access_token;
  }

  async whoIs(token: string): Promise<GitHubPerson> {
    const answer = await this.#get("/user", token);
    const { id, login } = checked(USER, answer);
    if (id < 1) throw unreadable();
    const name: unknown = (answer as { name?: unknown }).name;
    return { id, login, name: typeof name === "string" ? plain(name) : null };
  }

  /** Those that the person is an active member of, in lower case. */
  async organisationsOf(token: string): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (let page = 1; page <= MAX_PAGES; page++) {
      const answer = await this.#get(`/user/memberships/orgs?state=active&per_page=${PAGE}&page=${page}`, token);
      const memberships = checked(MEMBERSHIPS, answer);
      for (const { state, organization } of memberships)
        if (state === "active") found.add(organization.login.toLowerCase());
      if (memberships.length < PAGE) break;
    }
    return found;
  }

  #post(path: string, form: Readonly<Record<string, string>>): Promise<unknown> {
    const body = new URLSearchParams({ client_id: this.options.clientId, ...form }).toString();
    const type = "application/x-www-form-urlencoded";
    return this.#ask(this.options.baseUrl + path, {
      method: "POST",
      headers: { accept: "application/json", "content-type": type },
      body,
    });
  }

  #get(path: string, token: string): Promise<unknown> {
    const headers = { accept: "application/vnd.github+json", authorization: `Bearer ${token}` };
    return this.#ask(this.#api + path, { headers });
  }

  async #ask(url: string, init: { method?: string; headers: Record<string, string>; body?: string }): Promise<unknown> {
    const signal = AbortSignal.timeout(this.options.seconds * 1000);
    let bytes: string;
    try {
      const headers = { ...init.headers, "user-agent": "repobase" };
      const answer = await fetch(url, { ...init, headers, redirect: "manual", signal });
      if (answer.status !== 200) throw unreadable(`status ${answer.status}`);
      bytes = await textUpTo(answer.body, MAX_ANSWER);
    } catch (cause) {
      if (cause instanceof RepobaseError) throw cause;
      // the cause is not kept: what a runtime says of a request may quote it
      throw unreadable(signal.aborted ? "no answer in time" : "no connection");
    }
    try {
      return JSON.parse(bytes) as unknown;
    } catch {
      throw unreadable("no JSON");
    }
  }
}

function checked<T>(schema: Parameters<typeof checkDocument<T>>[0]["schema"], value: unknown): T {
  return checkDocument({ name: "GitHub's answer", damaged: "transient", schema }, value);
}

const unreadable = (why?: string) =>
  new RepobaseError("transient", `GitHub did not answer as it should${why === undefined ? "" : ` (${why})`}`, {
    hint: "try again in a while",
  });

async function textUpTo(stream: ReadableStream<Uint8Array> | null, limit: number): Promise<string> {
  const decoder = new TextDecoder();
  let [read, size] = ["", 0];
  for await (const chunk of (stream ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > limit) throw unreadable("too long");
    read += decoder.decode(chunk, { stream: true });
  }
  return read + decoder.decode();
}

/** For people to read: no control characters, no more than some words. */
function plain(name: string): string | null {
  const shown = name
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "")
    .trim()
    .slice(0, MAX_NAME);
  return shown === "" ? null : shown;
}
