/** A server that signs people in with the GitHub of our tests, in this process; and people at it: with a browser, or a terminal. */
import { createApp } from "../../../src/server/app.ts";
import type { IdentityOptions } from "../../../src/server/identity/identity.ts";
import type { ObjectStore } from "../../../src/store/object-store.ts";
import { MemoryStore } from "../../../src/store/memory-store.ts";
import type { DeviceKey, DeviceStarted } from "../../../src/protocol/identity-api.ts";
import { type FakeGitHub, startFakeGitHub } from "../../helpers/fake-github.ts";

export const ORIGIN = "https://repobase.example";
export const ADMIN_TOKEN = "an-admin-token-of-some-length";

export type Send = (request: Request) => Promise<Response>;

export interface Place {
  readonly origin: string;
  readonly send: Send;
}

export interface TestServer extends Place {
  readonly github: FakeGitHub;
  readonly store: ObjectStore;
  /** ms; both the server's and GitHub's clock. */
  now: number;
  /** Another isolate over the same bucket: it remembers nothing. */
  isolate(options?: IdentityOptions, store?: ObjectStore): Place;
  /** The admin's request. */
  admin(path: string, method?: string, body?: object): Promise<Response>;
  stop(): Promise<void>;
}

export function startTestServer(options: IdentityOptions & { readonly store?: ObjectStore } = {}): TestServer {
  const { store = new MemoryStore(), ...identity } = options;
  const server = { now: Date.now() };
  const github = startFakeGitHub({ now: () => server.now, callback: `${ORIGIN}/v1/auth/github/callback` });
  const isolate = (change: IdentityOptions = {}, over: ObjectStore = store): Place => {
    const app = createApp({
      store: over,
      adminToken: ADMIN_TOKEN,
      embedQuery: async () => undefined,
      // the widest that an operator may set
      corsOrigins: ["*"],
      identity: {
        github: { baseUrl: github.baseUrl, clientId: github.clientId, clientSecret: github.clientSecret },
        signUp: "open",
        now: () => server.now,
        ...identity,
        ...change,
      },
    });
    return { origin: ORIGIN, send: async (request) => app.fetch(request) };
  };
  const place = isolate();
  return Object.assign(server, {
    github,
    store,
    isolate,
    ...place,
    admin: (path: string, method = "GET", body?: object) =>
      place.send(
        new Request(`${ORIGIN}/v1/admin${path}`, {
          method,
          headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
          ...(body ? { body: JSON.stringify(body) } : {}),
        }),
      ),
    stop: () => github.stop(),
  });
}

export interface Call {
  readonly method?: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Keeps cookies of the server, follows redirects between it and GitHub, and asks as our page does. */
export class Browser {
  readonly jar = new Map<string, string>();
  constructor(readonly at: Place) {}

  get cookies(): string {
    return Array.from(this.jar, ([name, value]) => `${name}=${value}`).join("; ");
  }

  /** As our page's script. */
  call(path: string, { method = "GET", body, headers = {} }: Call = {}): Promise<Response> {
    const page = method === "GET" ? {} : { origin: this.at.origin, "x-repobase-page": "1" };
    return this.raw(path, { method, body: body && JSON.stringify(body), headers: { ...page, ...headers } });
  }

  /** As anybody's page would have it send, with its cookies. */
  async raw(path: string, init: { method?: string; body?: string | undefined; headers?: Record<string, string> } = {}) {
    const headers = { ...(this.jar.size > 0 ? { cookie: this.cookies } : {}), ...init.headers };
    const { body, method = "GET" } = init;
    const answer = await this.at.send(
      new Request(this.at.origin + path, { method, headers, ...(body === undefined ? {} : { body }) }),
    );
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") this.jar.delete(name);
      else this.jar.set(name, value);
    }
    return answer;
  }

  /** @returns GitHub's address that `start` leads to */
  async start(query = ""): Promise<URL> {
    const answer = await this.raw(`/v1/auth/github/start${query}`);
    if (answer.status !== 302) throw new Error(`start: ${answer.status} ${await answer.text()}`);
    return new URL(answer.headers.get("location") ?? "");
  }

  /** GitHub's page, where the browser's person approves. @returns the path of the callback, with its query */
  async approve(github: FakeGitHub, login: string | null, at: URL): Promise<string> {
    github.browser = login;
    const back = await fetch(at, { redirect: "manual" });
    const location = new URL(back.headers.get("location") ?? "");
    return location.pathname + location.search;
  }

  /** The whole way. @returns where it ends */
  async signIn(github: FakeGitHub, login: string | null, query = ""): Promise<string> {
    const answer = await this.raw(await this.approve(github, login, await this.start(query)));
    return answer.headers.get("location") ?? String(answer.status);
  }
}

const post = (at: Place, path: string, body: object) =>
  at.send(new Request(at.origin + path, { method: "POST", body: JSON.stringify(body) }));

/** `cloud login` by device flow, as one who types the code in at once. @returns the last answer */
export async function deviceLogin(
  at: Place,
  github: FakeGitHub,
  login: string | null,
  body: object = {},
): Promise<Response> {
  const started = await post(at, "/v1/auth/device", {});
  if (started.status !== 200) return started;
  const { deviceToken, userCode } = (await started.json()) as DeviceStarted;
  github.enter(userCode, login);
  return post(at, "/v1/auth/device/token", { deviceToken, ...body });
}

export async function deviceKey(at: Place, github: FakeGitHub, login: string, body: object = {}): Promise<DeviceKey> {
  const answer = await deviceLogin(at, github, login, body);
  if (answer.status !== 200) throw new Error(`no key for ${login}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as DeviceKey;
}

/** A program with a key. */
export const withKey =
  (at: Place, apiKey: string) =>
  (path: string, { method = "GET", body, headers = {} }: Call = {}) =>
    at.send(
      new Request(at.origin + path, {
        method,
        headers: { authorization: `Bearer ${apiKey}`, ...headers },
        ...(body ? { body: JSON.stringify(body) } : {}),
      }),
    );

export const jsonOf = async <T>(answer: Response | Promise<Response>): Promise<T> => (await (await answer).json()) as T;
