/** The GitHub of our tests does what GitHub documents: else a test of sign-in against it says nothing. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { CODE_SECONDS, DEVICE_CODE_SECONDS, type FakeGitHub, startFakeGitHub } from "../helpers/fake-github.ts";

let now = 0;
let github: FakeGitHub;
beforeEach(() => {
  now = 1_800_000_000_000;
  github = startFakeGitHub({ now: () => now });
  github.person({ id: 7, login: "Alice", name: "Alice A.", orgs: { acme: "active", later: "pending" } });
});
afterEach(() => github.stop());

const CALLBACK = "http://127.0.0.1:9/v1/auth/github/callback";
const VERIFIER = "v".repeat(43);
const pass = (seconds: number) => (now += seconds * 1000);

async function post(path: string, form: Record<string, string>): Promise<Record<string, unknown>> {
  const answer = await fetch(github.baseUrl + path, {
    method: "POST",
    headers: { accept: "application/json" },
    body: new URLSearchParams({ client_id: github.clientId, ...form }),
  });
  return (await answer.json()) as Record<string, unknown>;
}

async function startDevice() {
  const { device_code, user_code } = await post("/login/device/code", { scope: "read:org" });
  const poll = () =>
    post("/login/oauth/access_token", {
      device_code: String(device_code),
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
    });
  return { userCode: String(user_code), poll };
}

async function authorize(more: Record<string, string> = {}) {
  const challenge = new Bun.CryptoHasher("sha256").update(VERIFIER).digest("base64url");
  const query = { client_id: github.clientId, redirect_uri: CALLBACK, state: "s1", scope: "read:org", ...more };
  const pkce = { code_challenge: challenge, code_challenge_method: "S256" };
  const url = `${github.baseUrl}/login/oauth/authorize?${new URLSearchParams({ ...pkce, ...query }).toString()}`;
  const answer = await fetch(url, { redirect: "manual" });
  return { status: answer.status, back: new URL(answer.headers.get("location") ?? "http://nowhere/").searchParams };
}

const exchange = (code: string | null, more: Record<string, string> = {}) =>
  post("/login/oauth/access_token", {
    code: String(code),
    client_secret: github.clientSecret,
    redirect_uri: CALLBACK,
    code_verifier: VERIFIER,
    ...more,
  });

const api = async (path: string, token: unknown) => {
  const answer = await fetch(`${github.baseUrl}/api/v3${path}`, { headers: { authorization: `Bearer ${token}` } });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

describe("device flow", () => {
  test("pending until the code is entered, then one token, then nothing", async () => {
    const { userCode, poll } = await startDevice();
    expect(userCode).toMatch(/^[0-9A-F]{4}-[0-9A-F]{4}$/);
    expect(await poll()).toMatchObject({ error: "authorization_pending" });
    github.enter(userCode, "alice");
    pass(5);
    const { access_token: token } = await poll();
    expect(await api("/user", token)).toMatchObject({ status: 200, body: { id: 7, login: "Alice", name: "Alice A." } });
    pass(5);
    expect(await poll()).toMatchObject({ error: "incorrect_device_code" });
  });

  test("a poll that comes early must wait five seconds more from then on", async () => {
    const { userCode, poll } = await startDevice();
    await poll();
    pass(4);
    expect(await poll()).toMatchObject({ error: "slow_down", interval: 10 });
    pass(9);
    expect(await poll()).toMatchObject({ error: "slow_down", interval: 15 });
    github.enter(userCode, "alice");
    pass(15);
    expect(await poll()).toHaveProperty("access_token");
  });

  test("a refusal, an end, an unknown code, an app without the flow", async () => {
    const { userCode, poll } = await startDevice();
    github.enter(userCode, null);
    expect(await poll()).toMatchObject({ error: "access_denied" });
    pass(DEVICE_CODE_SECONDS);
    expect(await poll()).toMatchObject({ error: "expired_token" });
    const grant_type = "urn:ietf:params:oauth:grant-type:device_code";
    expect(await post("/login/oauth/access_token", { device_code: "x", grant_type })).toMatchObject({
      error: "incorrect_device_code",
    });
    expect(await post("/login/oauth/access_token", { grant_type: "password" })).toMatchObject({
      error: "unsupported_grant_type",
    });
    const other = startFakeGitHub({ deviceFlow: false });
    const answer = await fetch(`${other.baseUrl}/login/device/code`, {
      method: "POST",
      body: new URLSearchParams({ client_id: other.clientId }),
    });
    expect(await answer.text()).toContain("error=device_flow_disabled");
    await other.stop();
  });
});

describe("web flow", () => {
  test("a code, bound to state, address and verifier, is good once", async () => {
    github.browser = "alice";
    const { status, back } = await authorize();
    expect([status, back.get("state")]).toEqual([302, "s1"]);
    const code = back.get("code");
    const { access_token: token } = await exchange(code);
    expect((await api("/user", token)).body).toMatchObject({ login: "Alice" });
    expect(await exchange(code)).toMatchObject({ error: "bad_verification_code" });
  });

  test.each([
    ["another verifier", { code_verifier: "w".repeat(43) }, "bad_verification_code"],
    ["no verifier", { code_verifier: "" }, "bad_verification_code"],
    ["another secret", { client_secret: "x" }, "incorrect_client_credentials"],
    ["another address", { redirect_uri: `${CALLBACK}/x` }, "redirect_uri_mismatch"],
  ])("refuses %s", async (_, wrong, error) => {
    github.browser = "alice";
    const { back } = await authorize();
    expect(await exchange(back.get("code"), wrong)).toMatchObject({ error });
  });

  test("a code ends, a person may decline, and a foreign address gets nothing", async () => {
    github.browser = "alice";
    const { back } = await authorize();
    pass(CODE_SECONDS);
    expect(await exchange(back.get("code"))).toMatchObject({ error: "bad_verification_code" });
    expect((await authorize({ redirect_uri: "https://evil.example/" })).status).toBe(400);
    expect((await authorize({ client_id: "another" })).status).toBe(404);
    github.browser = null;
    const declined = (await authorize()).back;
    expect([declined.get("error"), declined.get("state"), declined.get("code")]).toEqual(["access_denied", "s1", null]);
  });
});

test("the API tells of the token's person and memberships alone", async () => {
  github.browser = "alice";
  const { access_token: token } = await exchange((await authorize()).back.get("code"));
  const org = (name: string) => api(`/user/memberships/orgs/${name}`, token);
  expect(await org("ACME")).toMatchObject({ status: 200, body: { state: "active" } });
  expect(await org("later")).toMatchObject({ status: 200, body: { state: "pending" } });
  expect((await org("other")).status).toBe(404);
  expect((await api("/user", "gho_made_up")).status).toBe(401);
  const mine = (query: string) => api(`/user/memberships/orgs${query}`, token);
  expect((await mine("?state=active&page=1")).body).toMatchObject([{ organization: { login: "acme" } }]);
  expect((await mine("?per_page=1&page=2")).body).toMatchObject([{ state: "pending" }]);
  const { access_token: narrow } = await exchange((await authorize({ scope: "" })).back.get("code"));
  expect((await api("/user/memberships/orgs/acme", narrow)).status).toBe(403);
  expect((await api("/user/memberships/orgs", narrow)).status).toBe(403);
  github.person({ id: 7, login: "Alicia" });
  expect((await api("/user", token)).body).toMatchObject({ id: 7, login: "Alicia" });
  github.intercept = () => new Response("down", { status: 503 });
  expect((await fetch(`${github.baseUrl}/api/v3/user`)).status).toBe(503);
  expect(github.tokens()).toContain(String(token));
  expect(github.requests.at(-1)).toMatchObject({ method: "GET", path: "/api/v3/user" });
});
