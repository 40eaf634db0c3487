/** The whole way on real workerd: sign-in by device and by page, an own key, sign-out. The many cases are in the other files, on Bun. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type FakeGitHub, startFakeGitHub } from "../../helpers/fake-github.ts";
import { startWorker, type WorkerServer } from "../../helpers/worker-server.ts";
import { outcome } from "../api-client.ts";
import { Browser, deviceKey, jsonOf, type Place, withKey } from "./signed-in.ts";

let github: FakeGitHub;
let server: WorkerServer;
let place: Place;
beforeAll(async () => {
  github = startFakeGitHub({ interval: 0 });
  github.person({ id: 7, login: "Alice", orgs: { acme: "active" } });
  server = await startWorker({
    vars: {
      GITHUB_BASE_URL: github.baseUrl,
      GITHUB_CLIENT_ID: github.clientId,
      GITHUB_CLIENT_SECRET: github.clientSecret,
      SIGN_UP: "acme",
    },
  });
  place = { origin: server.url, send: (request) => fetch(request, { redirect: "manual" }) };
});
afterAll(async () => {
  await server.stop();
  await github.stop();
});

test("by device: a key that reads and writes one's own space", async () => {
  const key = await deviceKey(place, github, "alice", { label: "laptop" });
  expect(key).toMatchObject({ userId: "alice", login: "Alice", scopes: ["read", "write"] });
  const api = withKey(place, key.apiKey);
  expect(await jsonOf(api("/v1/whoami"))).toMatchObject({ userId: "alice", scopes: ["read", "write"] });
  expect(await outcome(api("/v1/repos", { headers: { "x-user-id": "bob" } }))).toBe("403 forbidden");
  expect(await outcome(withKey(place, await server.issueKey("bob"))("/v1/me"))).toBe("200");
});

test("by page: a session, which ends on demand", async () => {
  const browser = new Browser(place);
  expect(await browser.signIn(github, "alice", "?return=/?view=you")).toBe("/?view=you");
  expect([...browser.jar.keys()]).toEqual(["repobase"]);
  expect(await jsonOf(browser.call("/v1/me"))).toMatchObject({ userId: "alice", person: { login: "Alice" } });
  const copy = browser.cookies;
  expect(await outcome(browser.call("/v1/auth/sign-out", { method: "POST", body: {} }))).toBe("200");
  expect(await outcome(browser.raw("/v1/me", { headers: { cookie: copy } }))).toBe("401 unauthorized");
});

test("a shared space: invitation, key, CSRF, an organisation, and revocation", async () => {
  github.person({ id: 8, login: "bob" });
  const alice = new Browser(place);
  await alice.signIn(github, "alice");
  const team = { "x-user-id": "team" };
  const post = (path: string, body: object, headers = {}) => alice.call(path, { method: "POST", body, headers });
  expect(await outcome(post("/v1/spaces", { id: "team", name: "Team" }))).toBe("201");
  expect(await outcome(post("/v1/keys", {}, { origin: "https://evil.example" }))).toBe("403 forbidden");
  const { token } = await jsonOf<{ token: string }>(post("/v1/space/invitations", { role: "write" }, team));
  // sign-up takes the organisation's people alone; the invitation lets him in
  const bob = new Browser(place);
  expect(await bob.signIn(github, "bob")).toBe("/?signin=closed");
  expect(await bob.signIn(github, "bob", `?invitation=${token}`)).toBe("/");
  const made = await jsonOf<{ apiKey: string }>(bob.call("/v1/keys", { method: "POST", body: {}, headers: team }));
  const api = withKey(place, made.apiKey);
  expect(await jsonOf(api("/v1/whoami"))).toMatchObject({ userId: "team", scopes: ["read", "write"] });
  expect(
    await outcome(alice.call("/v1/space/orgs/acme", { method: "PUT", body: { role: "read" }, headers: team })),
  ).toBe("200");
  expect(await outcome(alice.call("/v1/space/members/github-8", { method: "DELETE", headers: team }))).toBe("200");
  expect(await outcome(api("/v1/whoami"))).toBe("401 unauthorized");
  expect(await outcome(bob.call("/v1/whoami", { headers: team }))).toBe("403 forbidden");
});
