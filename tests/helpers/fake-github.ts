/**
 * A small GitHub on 127.0.0.1 that signs people in as the real one documents it: device flow, web flow with PKCE, the signed-in
 * person, and that person's membership of an organisation. Addresses are those of GitHub Enterprise: pages at `/`, the API at
 * `/api/v3`. OAuth errors come with status 200, as GitHub's do. The clock can be the test's.
 */
export interface Person {
  /** Never changes, while a login may. */
  readonly id: number;
  readonly login: string;
  readonly name: string | null;
  /** Organisation -> state of the membership. */
  readonly orgs: Readonly<Record<string, "active" | "pending">>;
}

export interface FakeGitHubOptions {
  /** ms since the epoch. */
  readonly now?: () => number;
  /** Seconds between two polls of a device code; GitHub says 5. */
  readonly interval?: number;
  /** What the app is registered with; a `redirect_uri` must be below it. Default: any on a loopback address. */
  readonly callback?: string;
  /** false: the app may not use the device flow, which is how GitHub registers one. */
  readonly deviceFlow?: boolean;
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | null;
  /** Of a form. */
  readonly form: Readonly<Record<string, string>>;
}

export interface FakeGitHub {
  /** What a server takes for GITHUB_BASE_URL. */
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Every request so far, the oldest first. */
  readonly requests: SeenRequest[];
  /** Every token that it has given out. */
  tokens(): string[];
  /** Adds a person, or changes what is given here of one with this id. */
  person(of: Partial<Person> & { readonly login: string }): Person;
  /** Who sits at the browser: the authorize page approves as this login; null: denies. */
  browser: string | null;
  /** The person with this login types the code of the device flow in; null: and declines. */
  enter(userCode: string, login: string | null): void;
  /** Asked before every request; an answer from here takes its place. */
  intercept: ((request: Request) => Response | undefined | Promise<Response | undefined>) | undefined;
  stop(): Promise<void>;
}

/** Seconds that a device code and a code are good for. */
export const DEVICE_CODE_SECONDS = 900;
export const CODE_SECONDS = 600;

interface Device {
  readonly scope: string;
  readonly userCode: string;
  readonly ends: number;
  interval: number;
  polled: number;
  answer: "pending" | "denied" | "used" | { readonly login: string };
}

interface Code {
  readonly id: number;
  readonly scope: string;
  readonly ends: number;
  readonly redirectUri: string | null;
  readonly challenge: string | null;
}

interface Token {
  readonly id: number;
  readonly scopes: readonly string[];
}

type Form = Readonly<Record<string, string>>;

const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes)).toHex();
const oauthError = (error: string, more: object = {}) => Response.json({ error, error_description: error, ...more });

export function startFakeGitHub(options: FakeGitHubOptions = {}): FakeGitHub {
  const { now = Date.now, interval = 5, deviceFlow = true } = options;
  const people = new Map<number, Person>();
  const devices = new Map<string, Device>();
  const codes = new Map<string, Code>();
  const tokens = new Map<string, Token>();
  const personCalled = (login: string) => {
    const found = people.values().find((person) => person.login.toLowerCase() === login.toLowerCase());
    if (!found) throw new Error(`nobody is called ${login}`);
    return found;
  };
  const give = (id: number, scope: string) => {
    const token = `gho_${random(18)}`;
    tokens.set(token, { id, scopes: scope.split(/[ ,]+/).filter((one) => one !== "") });
    return Response.json({ access_token: token, token_type: "bearer", scope: scope.replaceAll(" ", ",") });
  };

  function deviceCode(form: Form): Response {
    if (form["client_id"] !== github.clientId) return Response.json({ error: "Not Found" }, { status: 404 });
    if (!deviceFlow) return oauthError("device_flow_disabled");
    const code = random(20);
    const letters = random(4).toUpperCase();
    const userCode = `${letters.slice(0, 4)}-${letters.slice(4)}`;
    const ends = now() + DEVICE_CODE_SECONDS * 1000;
    devices.set(code, { scope: form["scope"] ?? "", userCode, ends, interval, polled: -Infinity, answer: "pending" });
    return Response.json({
      device_code: code,
      user_code: userCode,
      verification_uri: `${github.baseUrl}/login/device`,
      expires_in: DEVICE_CODE_SECONDS,
      interval,
    });
  }

  function deviceToken(form: Form): Response {
    if (form["client_id"] !== github.clientId) return oauthError("incorrect_client_credentials");
    const device = devices.get(form["device_code"] ?? "");
    if (!device || device.answer === "used") return oauthError("incorrect_device_code");
    if (now() >= device.ends) return oauthError("expired_token");
    const early = now() - device.polled < device.interval * 1000;
    device.polled = now();
    if (early) {
      device.interval += 5;
      return oauthError("slow_down", { interval: device.interval });
    }
    if (device.answer === "pending") return oauthError("authorization_pending");
    if (device.answer === "denied") return oauthError("access_denied");
    const { id } = personCalled(device.answer.login);
    device.answer = "used";
    return give(id, device.scope);
  }

  function authorize(query: URLSearchParams): Response {
    if (query.get("client_id") !== github.clientId) return new Response("no such app", { status: 404 });
    const redirectUri = query.get("redirect_uri");
    const target = redirectUri ?? options.callback;
    if (target === undefined || !mayReturnTo(target)) return new Response("redirect_uri mismatch", { status: 400 });
    const back = new URL(target);
    const state = query.get("state");
    if (state !== null) back.searchParams.set("state", state);
    if (github.browser === null) {
      back.searchParams.set("error", "access_denied");
      back.searchParams.set("error_description", "The user has denied your application access.");
      return redirect(back);
    }
    const code = random(10);
    const s256 = query.get("code_challenge_method") === "S256";
    codes.set(code, {
      id: personCalled(github.browser).id,
      scope: query.get("scope") ?? "",
      ends: now() + CODE_SECONDS * 1000,
      redirectUri,
      challenge: s256 ? query.get("code_challenge") : null,
    });
    back.searchParams.set("code", code);
    return redirect(back);
  }

  function mayReturnTo(uri: string): boolean {
    const { origin, hostname, pathname } = new URL(uri);
    if (options.callback === undefined) return ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
    const registered = new URL(options.callback);
    return origin === registered.origin && pathname.startsWith(registered.pathname);
  }

  async function codeToken(form: Form): Promise<Response> {
    if (form["client_id"] !== github.clientId || form["client_secret"] !== github.clientSecret)
      return oauthError("incorrect_client_credentials");
    const code = codes.get(form["code"] ?? "");
    codes.delete(form["code"] ?? "");
    if (!code || now() >= code.ends) return oauthError("bad_verification_code");
    if ((form["redirect_uri"] ?? null) !== code.redirectUri) return oauthError("redirect_uri_mismatch");
    if (code.challenge !== null && (await challengeOf(form["code_verifier"] ?? "")) !== code.challenge)
      return oauthError("bad_verification_code");
    return give(code.id, code.scope);
  }

  function api(path: string, request: Request): Response {
    const token = tokens.get(/^(?:Bearer|token) (\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? "");
    const person = token && people.get(token.id);
    if (!request.headers.get("user-agent")) return Response.json({ message: "needs a User-Agent" }, { status: 403 });
    if (!token || !person) return Response.json({ message: "Bad credentials" }, { status: 401 });
    const { id, login, name } = person;
    if (path === "/user") return Response.json({ login, id, node_id: `U_${id}`, type: "User", name, email: null });
    if (path === "/user/memberships/orgs") return memberships(token, person, new URL(request.url).searchParams);
    const org = /^\/user\/memberships\/orgs\/([A-Za-z0-9-]+)$/.exec(path)?.[1]?.toLowerCase();
    if (org === undefined) return Response.json({ message: "Not Found" }, { status: 404 });
    if (!token.scopes.includes("read:org")) return Response.json({ message: "needs read:org" }, { status: 403 });
    const [, state] = Object.entries(person.orgs).find(([known]) => known.toLowerCase() === org) ?? [];
    if (state === undefined) return Response.json({ message: "Not Found" }, { status: 404 });
    return Response.json({ state, role: "member", organization: { login: org }, user: { login, id } });
  }

  function memberships(token: Token, person: Person, query: URLSearchParams): Response {
    if (!token.scopes.includes("read:org")) return Response.json({ message: "needs read:org" }, { status: 403 });
    const state = query.get("state");
    const [page, perPage] = [Number(query.get("page") ?? 1), Number(query.get("per_page") ?? 30)];
    const all = Object.entries(person.orgs).filter(([, one]) => state === null || one === state);
    const shown = all.slice((page - 1) * perPage, page * perPage);
    return Response.json(shown.map(([login, one]) => ({ state: one, role: "member", organization: { login } })));
  }

  async function answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const form = request.method === "POST" ? formOf(await request.clone().text()) : {};
    const authorization = request.headers.get("authorization");
    github.requests.push({ method: request.method, path: pathname, authorization, form });
    const instead = await github.intercept?.(request);
    if (instead) return instead;
    if (pathname.startsWith("/api/v3/")) return api(pathname.slice("/api/v3".length), request);
    if (request.method === "GET" && pathname === "/login/oauth/authorize") return authorize(searchParams);
    if (request.method !== "POST") return new Response("not found", { status: 404 });
    if (pathname === "/login/device/code") return asAsked(request, deviceCode(form));
    if (pathname !== "/login/oauth/access_token") return new Response("not found", { status: 404 });
    const { grant_type: grant = "authorization_code" } = form;
    if (grant === "urn:ietf:params:oauth:grant-type:device_code") return asAsked(request, deviceToken(form));
    if (grant === "authorization_code") return asAsked(request, await codeToken(form));
    return asAsked(request, oauthError("unsupported_grant_type"));
  }

  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
  const github: FakeGitHub = {
    baseUrl: server.url.origin,
    clientId: `Iv1.${random(8)}`,
    clientSecret: random(20),
    requests: [],
    tokens: () => [...tokens.keys()],
    browser: null,
    intercept: undefined,
    person(of) {
      const id = of.id ?? 1000 + people.size;
      const person = { name: null, orgs: {}, ...people.get(id), ...of, id };
      people.set(id, person);
      return person;
    },
    enter(userCode, login) {
      const device = devices.values().find((one) => one.userCode === userCode);
      if (!device || now() >= device.ends) throw new Error(`no such code: ${userCode}`);
      device.answer = login === null ? "denied" : { login: personCalled(login).login };
    },
    stop: () => server.stop(true),
  };
  return github;
}

const redirect = (to: URL) => new Response(null, { status: 302, headers: { location: to.href } });

const formOf = (body: string): Form => Object.fromEntries(new URLSearchParams(body));

/** GitHub answers as a form to whoever does not ask for JSON. */
async function asAsked(request: Request, json: Response): Promise<Response> {
  if (request.headers.get("accept")?.includes("application/json")) return json;
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries((await json.json()) as object)) fields.set(name, String(value));
  return new Response(fields.toString(), { status: json.status });
}

async function challengeOf(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return new Uint8Array(digest).toBase64({ alphabet: "base64url", omitPadding: true });
}
