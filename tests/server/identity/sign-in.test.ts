/** Signing in: by device and by page, who gets in and to which space, how sessions end, and what a crash in the middle leaves. */
import { afterEach, describe, expect, test } from "bun:test";
import { checkDocument } from "../../../src/protocol/decode.ts";
import {
  AUTH_INFO,
  DEVICE_KEY,
  DEVICE_PENDING,
  DEVICE_STARTED,
  ME,
  type Me,
} from "../../../src/protocol/identity-api.ts";
import { issueKey } from "../../../src/server/key-store.ts";
import { MemoryStore } from "../../../src/store/memory-store.ts";
import { FaultPlan, withFaults } from "../../helpers/with-faults.ts";
import { outcome } from "../api-client.ts";
import {
  Browser,
  deviceKey,
  deviceLogin,
  jsonOf,
  ORIGIN,
  startTestServer,
  type TestServer,
  withKey,
} from "./signed-in.ts";

let server: TestServer;
const start = (options: Parameters<typeof startTestServer>[0] = {}) => {
  server = startTestServer(options);
  server.github.person({ id: 7, login: "Alice", name: "Alice A.", orgs: { acme: "active", later: "pending" } });
  server.github.person({ id: 8, login: "bob" });
  return server;
};
afterEach(() => server.stop());

const meOf = async (answer: Response | Promise<Response>): Promise<Me> =>
  checkDocument(ME, await (await answer).json());
const post = (path: string, body: object) =>
  server.send(new Request(ORIGIN + path, { method: "POST", body: JSON.stringify(body) }));

describe("device flow", () => {
  test("pending, slower, then a key of one's own space", async () => {
    const { github } = start();
    expect(checkDocument(AUTH_INFO, await jsonOf(server.send(new Request(`${ORIGIN}/v1/auth`))))).toEqual({
      github: { baseUrl: github.baseUrl, device: true, page: true },
      signUp: "open",
      session: false,
    });
    const started = checkDocument(DEVICE_STARTED, await jsonOf(post("/v1/auth/device", {})));
    expect(started).toMatchObject({ verificationUri: `${github.baseUrl}/login/device`, expiresIn: 900, interval: 5 });
    const poll = (more: object = {}) => post("/v1/auth/device/token", { deviceToken: started.deviceToken, ...more });
    const pending = await poll();
    expect([pending.status, checkDocument(DEVICE_PENDING, await pending.json()).interval]).toEqual([202, 5]);
    expect(await jsonOf(poll())).toEqual({ pending: true, interval: 10 });
    github.enter(started.userCode, "alice");
    server.now += 10_000;
    const key = checkDocument(DEVICE_KEY, await jsonOf(poll({ label: "laptop" })));
    expect(key).toMatchObject({
      userId: "alice",
      login: "Alice",
      scopes: ["read", "write"],
      label: "laptop",
      expires: null,
    });
    const api = withKey(server, key.apiKey);
    expect(await outcome(api("/v1/whoami"))).toBe("200");
    expect(await meOf(api("/v1/me"))).toEqual({
      person: { id: "github-7", login: "Alice", name: "Alice A." },
      userId: "alice",
      spaces: [{ id: "alice", name: "Alice", kind: "personal", role: "admin" }],
      scopes: ["read", "write"],
    });
    server.now += 10_000;
    expect(await outcome(poll())).toBe("401 unauthorized");
  });

  test("declined, expired, and a GitHub that forbids the flow", async () => {
    const { github } = start();
    expect(await outcome(deviceLogin(server, github, null))).toBe("403 forbidden");
    const { deviceToken } = await jsonOf<{ deviceToken: string }>(post("/v1/auth/device", {}));
    server.now += 900_000;
    const late = await post("/v1/auth/device/token", { deviceToken });
    expect([late.status, await late.json()]).toEqual([
      401,
      expect.objectContaining({ detail: "the code has expired" }),
    ]);
    github.intercept = () => Response.json({ error: "device_flow_disabled" });
    expect(await outcome(post("/v1/auth/device", {}))).toBe("403 forbidden");
  });

  test("the token from GitHub is neither kept nor given out", async () => {
    const { github, store } = start();
    const key = await deviceKey(server, github, "alice");
    const kept = await Array.fromAsync(store.list(""));
    const texts = await Promise.all(
      kept.map(async ({ key: at }) => new TextDecoder().decode((await store.get(at))?.bytes)),
    );
    const all = [...kept.map(({ key: at }) => at), ...texts, JSON.stringify(key)].join("\n");
    expect(github.tokens()).toHaveLength(1);
    for (const token of github.tokens()) expect(all).not.toContain(token);
    expect(all).not.toContain("gho_");
  });
});

describe("page", () => {
  test("code flow with PKCE ends where it began, with a session", async () => {
    const { github } = start();
    const browser = new Browser(server);
    const at = await browser.start("?return=/?view=repos");
    expect(at.searchParams.get("code_challenge_method")).toBe("S256");
    expect(at.searchParams.get("redirect_uri")).toBe(`${ORIGIN}/v1/auth/github/callback`);
    const answer = await browser.raw(await browser.approve(github, "alice", at));
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "/?view=repos"]);
    const [cleared = "", session = ""] = answer.headers.getSetCookie();
    expect(cleared).toContain("__Host-repobase-oauth=; ");
    expect(session).toMatch(/^__Host-repobase=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=2592000; Secure$/);
    expect(await meOf(browser.call("/v1/me"))).toMatchObject({
      userId: "alice",
      scopes: ["read", "write", "notify", "admin"],
    });
    expect(await outcome(browser.call("/v1/whoami"))).toBe("200");
    expect(checkDocument(AUTH_INFO, await jsonOf(browser.call("/v1/auth"))).session).toBe(true);
    expect(github.requests.some(({ form }) => (form["code_verifier"] ?? "").length >= 43)).toBe(true);
  });

  test("denied, expired, closed: the page is told in one word", async () => {
    const { github } = start({ signUp: "closed" });
    const browser = new Browser(server);
    expect(await browser.signIn(github, null)).toBe("/?signin=denied");
    expect(await browser.signIn(github, "alice")).toBe("/?signin=closed");
    const path = await browser.approve(github, "alice", await browser.start());
    server.now += 600_000;
    expect((await browser.raw(path)).headers.get("location")).toBe("/?signin=expired");
    expect(browser.jar.size).toBe(0);
  });

  test("signing out ends this session, or all, at once here and within a minute elsewhere", async () => {
    const { github } = start();
    const [phone, desk] = [new Browser(server), new Browser(server)];
    await phone.signIn(github, "alice");
    await desk.signIn(github, "alice");
    const stolen = new Browser(server.isolate());
    phone.jar.forEach((value, name) => stolen.jar.set(name, value));
    expect(await outcome(stolen.call("/v1/me"))).toBe("200");
    expect(await jsonOf(phone.call("/v1/auth/sign-out", { method: "POST", body: {} }))).toEqual({ ended: "one" });
    expect(phone.jar.size).toBe(0);
    server.now += 60_000;
    expect(await outcome(stolen.call("/v1/me"))).toBe("401 unauthorized");
    expect(await outcome(desk.call("/v1/me"))).toBe("200");
    await phone.signIn(github, "alice");
    await desk.call("/v1/auth/sign-out", { method: "POST", body: { everywhere: true } });
    expect(await outcome(phone.call("/v1/me"))).toBe("401 unauthorized");
    await phone.signIn(github, "alice");
    expect(await outcome(phone.call("/v1/me"))).toBe("200");
    server.now += 30 * 86_400_000 + 1000;
    expect(await outcome(phone.call("/v1/me"))).toBe("401 unauthorized");
  });

  test("without GitHub: a key begins a session, which ends with it", async () => {
    start({ github: undefined });
    const { apiKey, id } = await issueKey(server.store, { userId: "carol", scopes: ["read"] });
    const browser = new Browser(server);
    const began = await browser.call("/v1/auth/session", {
      method: "POST",
      headers: { authorization: `Bearer ${apiKey}` },
    });
    expect(await meOf(began)).toMatchObject({ person: null, userId: "carol", scopes: ["read"] });
    expect(browser.cookies).not.toContain(apiKey);
    expect(await outcome(browser.call("/v1/repos"))).toBe("200");
    expect(await outcome(browser.call("/v1/repos/x", { method: "DELETE" }))).toBe("403 forbidden");
    const copy = browser.cookies;
    await browser.call("/v1/auth/sign-out", { method: "POST", body: {} });
    expect(await outcome(browser.raw("/v1/me", { headers: { cookie: copy } }))).toBe("401 unauthorized");
    await browser.call("/v1/auth/session", { method: "POST", headers: { authorization: `Bearer ${apiKey}` } });
    expect(await outcome(server.admin(`/keys/${id}`, "DELETE"))).toBe("200");
    expect(await outcome(browser.call("/v1/me"))).toBe("401 unauthorized");
    expect(await outcome(browser.raw("/v1/auth/github/start"))).toBe("404 not_found");
    expect(await outcome(post("/v1/auth/device", {}))).toBe("404 not_found");
  });
});

describe("the space of one's own", () => {
  test("never takes an admin-made user's name, nor another person's, nor a reserved one", async () => {
    const { github, store } = start();
    await issueKey(store, { userId: "alice" });
    await store.put("bob/config.json", new TextEncoder().encode("{}"));
    github.person({ id: 9, login: "Keys" });
    expect((await deviceKey(server, github, "alice")).userId).toBe("alice-2");
    expect((await deviceKey(server, github, "bob")).userId).toBe("bob-2");
    expect((await deviceKey(server, github, "keys")).userId).toBe("keys-2");
  });

  test("stays when the login changes, and the number decides who is who", async () => {
    const { github } = start();
    await deviceKey(server, github, "bob");
    github.person({ id: 8, login: "robert" });
    github.person({ id: 99, login: "bob" });
    expect(await deviceKey(server, github, "robert")).toMatchObject({ userId: "bob", login: "robert" });
    expect(await deviceKey(server, github, "bob")).toMatchObject({ userId: "bob-2", login: "bob" });
  });

  test.each([
    ["open", "200"],
    ["closed", "403 forbidden"],
    ["", "403 forbidden"],
    ["other, Acme", "200"],
    ["other", "403 forbidden"],
    ["later", "403 forbidden"],
  ])("sign-up %p", async (signUp, expected) => {
    const { github } = start({ signUp });
    expect(await outcome(deviceLogin(server, github, "alice"))).toBe(expected);
    if (expected !== "200") expect(await Array.fromAsync(server.store.list(""))).toEqual([]);
  });

  test("two first sign-ins at once are one person with one space", async () => {
    const { github } = start();
    const other = server.isolate();
    const keys = await Promise.all([server, other, server, other].map((at) => deviceKey(at, github, "alice")));
    expect(keys.map(({ userId }) => userId)).toEqual(Array(4).fill("alice"));
    const made = await Array.fromAsync(server.store.list(""));
    expect(made.map(({ key }) => key).filter((key) => /^(people|spaces)\//.test(key))).toEqual([
      "people/github-7.json",
      "spaces/alice.json",
    ]);
  });
});

test("a crash at any call of a first sign-in is finished by the next one", async () => {
  const { github } = start();
  let crashes = 0;
  for (const when of ["before", "after"] as const)
    for (let at = 1; ; at++) {
      const store = new MemoryStore();
      const plan = new FaultPlan(at, when);
      const first = await deviceLogin(server.isolate({}, withFaults(store, plan)), github, "alice");
      if (first.status === 200) break;
      crashes++;
      github.person({ id: 8, login: "bob" });
      const key = await deviceKey(server.isolate({}, store), github, "alice");
      expect(key.userId).toBe("alice");
      const kept = (await Array.fromAsync(store.list(""))).map(({ key: name }) => name);
      expect(kept.filter((name) => /^(people|spaces)\//.test(name))).toEqual([
        "people/github-7.json",
        "spaces/alice.json",
      ]);
      expect(await outcome(withKey(server.isolate({}, store), key.apiKey)("/v1/whoami"))).toBe("200");
    }
  expect(crashes).toBeGreaterThan(15);
});
