/** What an attacker tries, one row each: what they get, and that they got nothing by it. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { IssuedInvitation } from "../../../src/protocol/identity-api.ts";
import { issueKey } from "../../../src/server/key-store.ts";
import { Seals } from "../../../src/server/identity/seal.ts";
import { outcome } from "../api-client.ts";
import {
  ADMIN_TOKEN,
  Browser,
  type Call,
  deviceKey,
  deviceLogin,
  jsonOf,
  ORIGIN,
  startTestServer,
  type TestServer,
  withKey,
} from "./signed-in.ts";

const TEAM = { "x-user-id": "team" };
const SESSION = "__Host-repobase";
const STATE = `${SESSION}-oauth`;

let server: TestServer;
/** An honest person, with a space of their own and a shared one. */
let alice: Browser;
/** The attacker, a person of this server too. */
let mallory: Browser;

beforeEach(async () => {
  server = startTestServer({ githubSeconds: 0.2 });
  server.github.person({ id: 7, login: "Alice" });
  server.github.person({ id: 66, login: "mallory" });
  [alice, mallory] = [new Browser(server), new Browser(server)];
  await alice.signIn(server.github, "alice");
  await mallory.signIn(server.github, "mallory");
  await alice.call("/v1/spaces", { method: "POST", body: { id: "team", name: "Team" } });
});
afterEach(() => server.stop());

const post = (path: string, body: object) =>
  server.send(new Request(ORIGIN + path, { method: "POST", body: JSON.stringify(body) }));
const invite = (body: object) =>
  jsonOf<IssuedInvitation>(alice.call("/v1/space/invitations", { method: "POST", headers: TEAM, body }));
const accept = (browser: Browser, token: string) =>
  outcome(browser.call("/v1/invitations/accept", { method: "POST", body: { token } }));
const withCookie = (cookie: string) => outcome(new Browser(server).raw("/v1/me", { headers: { cookie } }));
const teamCall = (browser: Browser, path: string, call: Call) =>
  outcome(browser.call(path, { ...call, headers: TEAM }));
/** Mallory, invited to the team with this role. */
async function malloryAs(role: "read" | "write"): Promise<void> {
  expect(await accept(mallory, (await invite({ role })).token)).toBe("200");
}
/** The last of 43 characters carries two bits that no byte has. */
const respelled = (text: string) => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return text.slice(0, -1) + alphabet[alphabet.indexOf(text.at(-1) ?? "") ^ 1];
};
const sessionOf = (browser: Browser) => browser.jar.get(SESSION) ?? "";

describe("sign-in on the page", () => {
  /** A victim's browser, at GitHub's page; and where that would lead. */
  async function underWay() {
    const victim = new Browser(server);
    return { victim, path: await victim.approve(server.github, "alice", await victim.start()) };
  }
  async function end(browser: Browser, path: string): Promise<string> {
    const to = (await browser.raw(path)).headers.get("location") ?? "";
    return `${to} ${browser.jar.has(SESSION) ? "with a session" : "without"}`;
  }
  const change = (path: string, edit: (query: URLSearchParams) => void) => {
    const url = new URL(path, ORIGIN);
    edit(url.searchParams);
    return url.pathname + url.search;
  };

  test.each<readonly [string, (on: Awaited<ReturnType<typeof underWay>>) => Promise<string>, string]>([
    [
      "no state",
      async ({ victim, path }) =>
        end(
          victim,
          change(path, (q) => q.delete("state")),
        ),
      "failed",
    ],
    [
      "an empty state",
      async ({ victim, path }) =>
        end(
          victim,
          change(path, (q) => q.set("state", "")),
        ),
      "failed",
    ],
    [
      "another state",
      async ({ victim, path }) =>
        end(
          victim,
          change(path, (q) => q.set("state", "x".repeat(43))),
        ),
      "failed",
    ],
    ["two states", async ({ victim, path }) => end(victim, `${path}&state=x`), "failed"],
    [
      "no code",
      async ({ victim, path }) =>
        end(
          victim,
          change(path, (q) => q.delete("code")),
        ),
      "failed",
    ],
    [
      "a made-up code",
      async ({ victim, path }) =>
        end(
          victim,
          change(path, (q) => q.set("code", "0".repeat(20))),
        ),
      "failed",
    ],
    ["the callback in a browser that did not start", async ({ path }) => end(new Browser(server), path), "expired"],
    [
      "the attacker's callback in a browser that did start",
      async ({ victim }) => {
        const theirs = new Browser(server);
        return end(victim, await theirs.approve(server.github, "mallory", await theirs.start()));
      },
      "failed",
    ],
    [
      "a stolen code with a state and verifier of one's own",
      async ({ path }) => {
        const thief = new Browser(server);
        const state = (await thief.start()).searchParams.get("state") ?? "";
        return end(
          thief,
          change(path, (q) => q.set("state", state)),
        );
      },
      "failed",
    ],
    [
      "the callback again",
      async ({ victim, path }) => {
        await victim.raw(path);
        victim.jar.delete(SESSION);
        return end(victim, path);
      },
      "expired",
    ],
    [
      "the callback again, with a copy of the state cookie",
      async ({ victim, path }) => {
        const copy = victim.jar.get(STATE) ?? "";
        await victim.raw(path);
        victim.jar.clear();
        victim.jar.set(STATE, copy);
        return end(victim, path);
      },
      "failed",
    ],
    [
      "a session in place of the state cookie",
      async ({ path }) => {
        const browser = new Browser(server);
        browser.jar.set(STATE, sessionOf(mallory));
        return end(browser, path);
      },
      "expired",
    ],
  ])("%s", async (_, attack, word) => expect(await attack(await underWay())).toBe(`/?signin=${word} without`));

  test.each([
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/\n/evil.example",
    "/.//evil.example",
    "/x/../..//evil.example",
    "evil.example",
    "@evil.example",
    "/%0d%0aset-cookie:x=1\r\n",
    "/v1/auth/github/start",
    `/${"x".repeat(3000)}`,
  ])("an open redirect to %j", async (to) => {
    const answer = await new Browser(server).raw(`/v1/auth/github/start?return=${encodeURIComponent(to)}`);
    expect(await outcome(answer)).toBe("400 usage");
  });

  test("a session that was planted before is not the one after", async () => {
    const victim = new Browser(server);
    victim.jar.set(SESSION, sessionOf(mallory));
    await victim.signIn(server.github, "alice");
    expect(sessionOf(victim)).not.toBe(sessionOf(mallory));
    expect(await jsonOf(victim.call("/v1/me"))).toMatchObject({ userId: "alice" });
    expect(await jsonOf(mallory.call("/v1/me"))).toMatchObject({ userId: "mallory" });
  });

  test("a link on another site that brings an invitation", async () => {
    const { token } = await invite({ role: "read" });
    const link = `/v1/auth/github/start?invitation=${token}`;
    for (const from of ["cross-site", "same-site"])
      expect(await outcome(alice.raw(link, { headers: { "sec-fetch-site": from } }))).toBe("403 forbidden");
  });

  test("a server that is reached over plain http", async () => {
    const plain = new Browser({ origin: "http://repobase.example", send: server.send });
    expect(await outcome(plain.raw("/v1/auth/github/start"))).toBe("403 forbidden");
  });
});

describe("cookies", () => {
  const forge = (secret: string, purpose: string, more: object = {}) => {
    const times = { issued: server.now, expires: server.now + 1e9 };
    return new Seals(secret).sign(purpose, { v: 1, id: "a", person: "github-7", ...times, ...more });
  };
  test.each<readonly [string, () => Promise<string> | string]>([
    ["none", () => ""],
    ["nonsense", () => "x"],
    ["a payload without a signature", () => sessionOf(alice).split(".")[0] ?? ""],
    ["an empty signature", () => `${sessionOf(alice).split(".")[0]}.`],
    ["a signature cut short", () => sessionOf(alice).slice(0, -1)],
    ["a signature of another payload", () => `${sessionOf(alice).split(".")[0]}.${sessionOf(mallory).split(".")[1]}`],
    ["a third part", () => `${sessionOf(alice)}.x`],
    ["another spelling of the same signature", () => respelled(sessionOf(alice))],
    ["padding", () => `${sessionOf(alice)}=`],
    ["signed with another server's secret", () => forge("another-admin-token-of-some-length", "session 1")],
    ["signed with the bare admin token", () => forge(ADMIN_TOKEN, "session 1")],
    ["signed for another purpose", () => forge(`admin token: ${ADMIN_TOKEN}`, "oauth 1")],
    ["over", () => forge(`admin token: ${ADMIN_TOKEN}`, "session 1", { expires: server.now })],
    ["of a person and a key at once", () => forge(`admin token: ${ADMIN_TOKEN}`, "session 1", { key: "0".repeat(64) })],
    ["of nobody", () => forge(`admin token: ${ADMIN_TOKEN}`, "session 1", { person: undefined })],
    ["of a person who is not there", () => forge(`admin token: ${ADMIN_TOKEN}`, "session 1", { person: "github-1" })],
    ["of a path for a person", () => forge(`admin token: ${ADMIN_TOKEN}`, "session 1", { person: "../spaces/team" })],
    [
      "the state of a sign-in",
      async () => {
        const browser = new Browser(server);
        await browser.start();
        return browser.jar.get(STATE) ?? "";
      },
    ],
    ["a device token", async () => (await jsonOf<{ deviceToken: string }>(post("/v1/auth/device", {}))).deviceToken],
    ["an API key", async () => (await deviceKey(server, server.github, "alice")).apiKey],
    ["of a huge size", () => `${"A".repeat(100_000)}.AAAA`],
  ])("%s", async (_, value) => expect(await withCookie(`${SESSION}=${await value()}`)).toBe("401 unauthorized"));

  test("the right one, by the name it has over http", async () => {
    expect(await withCookie(`${SESSION}=${sessionOf(alice)}`)).toBe("200");
    expect(await withCookie(`repobase=${sessionOf(alice)}`)).toBe("401 unauthorized");
  });

  test("a key beside a cookie: the key is asked alone, right or wrong", async () => {
    const { apiKey } = await issueKey(server.store, { userId: "carol" });
    const ask = (authorization: string) => alice.raw("/v1/me", { headers: { authorization } });
    expect(await jsonOf(ask(`Bearer ${apiKey}`))).toMatchObject({ person: null, userId: "carol" });
    for (const wrong of [`Bearer rb_${"A".repeat(43)}`, "Bearer", "Bearer x y", "Basic YTpi", ""])
      expect(await outcome(ask(wrong))).toBe("401 unauthorized");
  });

  test("no foreign page gets an answer with a cookie, even where any may call", async () => {
    const headers = { origin: "https://evil.example" };
    const answer = await alice.raw("/v1/me", { headers });
    expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
    expect(answer.headers.get("cross-origin-resource-policy")).toBe("same-origin");
    const asks = { "access-control-request-method": "POST", "access-control-request-headers": "x-repobase-page" };
    const preflight = await alice.raw("/v1/keys", { method: "OPTIONS", headers: { ...headers, ...asks } });
    expect(preflight.headers.get("access-control-allow-headers")?.toLowerCase()).not.toContain("x-repobase-page");
    expect(preflight.headers.get("access-control-allow-credentials")).toBeNull();
  });
});

describe("a request that another site has the browser send", () => {
  const page = { "x-repobase-page": "1" };
  const form = { "content-type": "application/x-www-form-urlencoded" };
  test.each<readonly [string, Record<string, string>]>([
    ["no Origin", page],
    ["another Origin", { ...page, origin: "https://evil.example" }],
    ["the Origin null", { ...page, origin: "null" }],
    ["an Origin that begins like ours", { ...page, origin: `${ORIGIN}.evil.example` }],
    ["a subdomain", { ...page, origin: ORIGIN.replace("//", "//x.") }],
    ["our host over http", { ...page, origin: "http://repobase.example" }],
    ["our host on another port", { ...page, origin: `${ORIGIN}:8443` }],
    ["no header of the page", { origin: ORIGIN }],
    ["another value of the header", { origin: ORIGIN, "x-repobase-page": "2" }],
    ["a plain form", { ...form, origin: "https://evil.example" }],
    ["a form as text", { "content-type": "text/plain", origin: "null" }],
  ])("%s", async (_, headers) => {
    const send = (path: string, method: string, body?: string) => outcome(alice.raw(path, { method, headers, body }));
    expect(await send("/v1/keys", "POST", "{}")).toBe("403 forbidden");
    expect(await send("/v1/space/invitations", "POST", '{"role":"admin"}')).toBe("403 forbidden");
    expect(await send("/v1/config", "PUT", "{}")).toBe("403 forbidden");
    expect(await send("/v1/repos/x", "DELETE")).toBe("403 forbidden");
    expect(await send("/v1/search", "POST", '{"q":"x"}')).toBe("403 forbidden");
    expect(await send("/v1/auth/sign-out", "POST", "{}")).toBe("403 forbidden");
    expect(await outcome(alice.call("/v1/me"))).toBe("200");
  });

  test("a session begun with the attacker's key", async () => {
    const { apiKey } = await issueKey(server.store, { userId: "carol" });
    const headers = { authorization: `Bearer ${apiKey}`, origin: "https://evil.example", ...page };
    const answer = await new Browser(server).raw("/v1/auth/session", { method: "POST", headers });
    expect([answer.headers.getSetCookie(), await outcome(answer)]).toEqual([[], "403 forbidden"]);
  });
});

describe("more rights than one has", () => {
  const makeKey = (scopes: string[]): Call => ({ method: "POST", body: { scopes } });
  const member = (person: number, method: string): [string, Call] => [
    `/v1/space/members/github-${person}`,
    { method, ...(method === "PUT" ? { body: { role: "admin" } } : {}) },
  ];
  test.each<readonly [string, "read" | "write", string, Call, string]>([
    ["a reader makes a key that writes", "read", "/v1/keys", makeKey(["read", "write"]), "403 forbidden"],
    ["a writer makes a key of an admin", "write", "/v1/keys", makeKey(["read", "admin"]), "403 forbidden"],
    ["a key without read", "write", "/v1/keys", makeKey(["write"]), "400 usage"],
    ["a scope that is none", "write", "/v1/keys", makeKey(["read", "server"]), "400 usage"],
    ["a writer invites", "write", "/v1/space/invitations", { method: "POST", body: { role: "read" } }, "403 forbidden"],
    ["a writer makes themself admin", "write", ...member(66, "PUT"), "403 forbidden"],
    ["a writer throws an admin out", "write", ...member(7, "DELETE"), "403 forbidden"],
    [
      "a writer names an organisation",
      "write",
      "/v1/space/orgs/acme",
      { method: "PUT", body: { role: "admin" } },
      "403 forbidden",
    ],
    ["a writer withdraws an invitation", "write", "/v1/space/invitations/x", { method: "DELETE" }, "403 forbidden"],
    ["a reader lists all keys", "read", "/v1/keys?all=1", {}, "403 forbidden"],
    ["a reader writes", "read", "/v1/repos/x", { method: "DELETE" }, "403 forbidden"],
    ["a session asks the server's admin routes", "write", "/v1/admin/spaces", {}, "401 unauthorized"],
  ])("%s", async (_, role, path, call, expected) => {
    await malloryAs(role);
    expect(await teamCall(mallory, path, call)).toBe(expected);
  });

  test("an admin of another's personal space throws its owner out", async () => {
    const invitation = await alice.call("/v1/space/invitations", { method: "POST", body: { role: "admin" } });
    await accept(mallory, (await jsonOf<IssuedInvitation>(invitation)).token);
    const headers = { "x-user-id": "alice" };
    const owner = "/v1/space/members/github-7";
    expect(await outcome(mallory.call(owner, { method: "DELETE", headers }))).toBe("403 forbidden");
    expect(await outcome(mallory.call(owner, { method: "PUT", headers, body: { role: "read" } }))).toBe(
      "403 forbidden",
    );
  });

  test("a member who reads is shown no invitations", async () => {
    await malloryAs("read");
    await invite({ role: "admin" });
    expect(await jsonOf(mallory.call("/v1/space", { headers: TEAM }))).toMatchObject({ invitations: [] });
  });

  test("a key makes no key, no invitation, no space, and accepts nothing", async () => {
    const { apiKey } = await deviceKey(server, server.github, "alice", { space: "team" });
    const api = withKey(server, apiKey);
    const send = (path: string, body: object) => outcome(api(path, { method: "POST", body }));
    expect(await send("/v1/keys", {})).toBe("403 forbidden");
    expect(await send("/v1/space/invitations", { role: "read" })).toBe("403 forbidden");
    expect(await send("/v1/spaces", { id: "x", name: "x" })).toBe("403 forbidden");
    expect(await send("/v1/invitations/accept", { token: (await invite({ role: "read" })).token })).toBe(
      "403 forbidden",
    );
    const page = new Browser(server);
    await page.call("/v1/auth/session", { method: "POST", headers: { authorization: `Bearer ${apiKey}` } });
    expect(await outcome(page.call("/v1/me"))).toBe("200");
    expect(await outcome(page.call("/v1/keys", { method: "POST", body: {} }))).toBe("403 forbidden");
  });

  test("a device asks for more than its person has", async () => {
    await malloryAs("read");
    const wants = { space: "team", scopes: ["read", "write"] };
    expect(await outcome(deviceLogin(server, server.github, "mallory", wants))).toBe("403 forbidden");
  });
});

describe("another's space", () => {
  test.each(["team", "alice", "ALICE", "", "mallory, alice", "../alice", "mallory/../alice", "__proto__", "people"])(
    "X-User-ID: %j",
    async (id) => {
      const headers = { "x-user-id": id };
      const { apiKey } = await deviceKey(server, server.github, "mallory");
      for (const path of ["/v1/repos", "/v1/space", "/v1/keys", "/v1/whoami", "/v1/me", "/v1/manifest"]) {
        expect(await outcome(mallory.call(path, { headers }))).toBe("403 forbidden");
        expect(await outcome(withKey(server, apiKey)(path, { headers }))).toBe("403 forbidden");
      }
      expect(await outcome(mallory.call("/v1/keys", { method: "POST", headers, body: {} }))).toBe("403 forbidden");
      expect(await outcome(deviceLogin(server, server.github, "mallory", { space: id }))).toBe("403 forbidden");
    },
  );

  test.each(["github-7", "..%2f", "__proto__", "constructor", "github-07", "github-1e3", "*"])(
    "a member's path: %s",
    async (id) => {
      const answer = await outcome(mallory.call(`/v1/space/members/${id}`, { method: "DELETE" }));
      expect(answer).toMatch(/^(400 usage|404 not_found)$/);
      expect(await outcome(alice.call("/v1/space"))).toBe("200");
    },
  );

  test.each(["alice", "team", "keys", "people", "spaces", "users", "..", "A", "carol"])(
    "a new space called %s",
    async (id) => {
      await issueKey(server.store, { userId: "carol" });
      const answer = outcome(mallory.call("/v1/spaces", { method: "POST", body: { id, name: "x" } }));
      expect(await answer).toMatch(/^(400 usage|409 exists)$/);
    },
  );

  test("another's key, by its id", async () => {
    const { id, apiKey } = await deviceKey(server, server.github, "alice");
    expect(await outcome(mallory.call(`/v1/keys/${id}`, { method: "DELETE" }))).toBe("404 not_found");
    await malloryAs("write");
    expect(await teamCall(mallory, `/v1/keys/${id}`, { method: "DELETE" })).toBe("404 not_found");
    expect(await outcome(withKey(server, apiKey)("/v1/me"))).toBe("200");
  });

  test("the name of a user whom the server's admin made, taken by signing up", async () => {
    const { apiKey } = await issueKey(server.store, { userId: "deploy" });
    server.github.person({ id: 67, login: "Deploy" });
    expect((await deviceKey(server, server.github, "deploy")).userId).toBe("deploy-2");
    expect(await jsonOf(withKey(server, apiKey)("/v1/whoami"))).toMatchObject({ userId: "deploy" });
  });

  test("a login that its owner gave up, taken by another", async () => {
    server.github.person({ id: 7, login: "alice-new" });
    server.github.person({ id: 68, login: "Alice" });
    expect((await deviceKey(server, server.github, "Alice")).userId).toBe("alice-2");
    expect(await outcome(deviceLogin(server, server.github, "Alice", { space: "alice" }))).toBe("403 forbidden");
    expect((await deviceKey(server, server.github, "alice-new")).userId).toBe("alice");
  });

  test("the key of somebody who was removed, on a server that just saw it", async () => {
    await malloryAs("write");
    const { apiKey } = await deviceKey(server, server.github, "mallory", { space: "team" });
    expect(await outcome(withKey(server, apiKey)("/v1/repos"))).toBe("200");
    expect(await teamCall(alice, "/v1/space/members/github-66", { method: "DELETE" })).toBe("200");
    expect(await outcome(withKey(server, apiKey)("/v1/repos"))).toBe("401 unauthorized");
    expect(await outcome(mallory.call("/v1/repos", { headers: TEAM }))).toBe("403 forbidden");
  });
});

describe("invitations", () => {
  test.each<readonly [string, (token: string) => string]>([
    ["made up", () => `rbi_team.${"A".repeat(43)}`],
    ["of another space", (token) => token.replace("rbi_team.", "rbi_alice.")],
    ["of a space that is none", (token) => token.replace("rbi_team.", "rbi_nowhere.")],
    ["with a path for a space", (token) => token.replace("rbi_team.", "rbi_../spaces/team.")],
    ["cut short", (token) => token.slice(0, -1)],
    ["empty", () => ""],
    ["its hash", (token) => new Bun.CryptoHasher("sha256").update(token).digest("hex")],
  ])("%s", async (_, change) => {
    const { token } = await invite({ role: "admin" });
    expect(await accept(mallory, change(token))).toBe("403 forbidden");
    const end = await new Browser(server).signIn(
      server.github,
      "mallory",
      `?invitation=${encodeURIComponent(change(token))}`,
    );
    expect(end).toBe(change(token) === "" ? "/" : "/?signin=invitation");
    expect(await outcome(mallory.call("/v1/repos", { headers: TEAM }))).toBe("403 forbidden");
  });

  test("used, over, and another's", async () => {
    const [used, over, hers] = [
      await invite({ role: "read" }),
      await invite({ role: "read" }),
      await invite({ role: "read", login: "Alice" }),
    ];
    server.github.person({ id: 9, login: "carol" });
    const carol = new Browser(server);
    await carol.signIn(server.github, "carol");
    expect(await accept(carol, used.token)).toBe("200");
    expect(await accept(mallory, used.token)).toBe("403 forbidden");
    expect(await accept(mallory, hers.token)).toBe("403 forbidden");
    server.now += 7 * 86_400_000;
    expect(await accept(mallory, over.token)).toBe("403 forbidden");
  });
});

describe("device tokens", () => {
  test.each<readonly [string, (token: string) => Promise<string> | string]>([
    ["made up", () => "A".repeat(80)],
    ["cut short", (token) => token.slice(0, -1)],
    ["one character changed", (token) => `${token.startsWith("A") ? "B" : "A"}${token.slice(1)}`],
    [
      "of another server",
      () =>
        new Seals("another-secret-of-more-than-32-characters").seal("device 1", {
          code: "x",
          interval: 5,
          expires: server.now + 1e6,
        }),
    ],
    ["signed instead of sealed", () => new Seals(`admin token: ${ADMIN_TOKEN}`).sign("device 1", { code: "x" })],
    ["the bare code of GitHub", () => "0".repeat(40)],
  ])("%s", async (_, change) => {
    const { deviceToken } = await jsonOf<{ deviceToken: string }>(post("/v1/auth/device", {}));
    const asked = server.github.requests.length;
    expect(await outcome(post("/v1/auth/device/token", { deviceToken: await change(deviceToken) }))).toBe(
      "401 unauthorized",
    );
    expect(server.github.requests.length).toBe(asked);
  });

  test("a flood from one address is turned away, and GitHub is spared", async () => {
    const asked = server.github.requests.length;
    const answers = await Promise.all(Array.from({ length: 200 }, () => outcome(post("/v1/auth/device", {}))));
    expect(answers.filter((answer) => answer === "429 rate_limited").length).toBeGreaterThanOrEqual(70);
    expect(server.github.requests.length - asked).toBeLessThanOrEqual(130);
  });
});

describe("a GitHub that lies, or somebody in its place", () => {
  const huge = () => new Response(`{"login":"alice","id":7,"x":"${"x".repeat(2_000_000)}"}`);
  const user = (body: object) => () => Response.json(body);
  test.each<readonly [string, () => Response | Promise<Response>]>([
    ["an answer without end", huge],
    ["no JSON", () => new Response("<html>")],
    ["no object", () => new Response("[]")],
    ["nothing", () => new Response("")],
    ["a login that is a path", user({ id: 7, login: "../alice" })],
    ["a login that is no text", user({ id: 7, login: 7 })],
    ["no id", user({ login: "alice" })],
    ["an id that is text", user({ id: "7", login: "alice" })],
    ["an id that is no whole number", user({ id: 7.5, login: "alice" })],
    ["an id below one", user({ id: -7, login: "alice" })],
    ["an id past all numbers", () => new Response('{"id":1e300,"login":"alice"}')],
    ["a redirect to another", () => Response.redirect(`${ORIGIN}/steal`, 302)],
    ["an error", () => Response.json({ message: "down" }, { status: 500 })],
    ["no answer in time", () => new Promise<Response>(() => undefined)],
  ])("%s", async (_, answer) => {
    const before = await Array.fromAsync(server.store.list(""));
    server.github.intercept = (request) => (new URL(request.url).pathname === "/api/v3/user" ? answer() : undefined);
    expect(await outcome(deviceLogin(server, server.github, "alice"))).toBe("503 transient");
    expect(await new Browser(server).signIn(server.github, "alice")).toBe("/?signin=failed");
    expect((await Array.fromAsync(server.store.list(""))).length).toBe(before.length);
  });

  test("a redirect to where an answer waits that looks right", async () => {
    server.github.intercept = (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/api/v3/user") return Response.redirect(`${server.github.baseUrl}/elsewhere`, 302);
      return pathname === "/elsewhere" ? Response.json({ id: 7, login: "alice" }) : undefined;
    };
    expect(await outcome(deviceLogin(server, server.github, "mallory"))).toBe("503 transient");
  });

  test("memberships that are only pending, though active ones were asked for", async () => {
    await alice.call("/v1/space/orgs/acme", { method: "PUT", headers: TEAM, body: { role: "admin" } });
    server.github.intercept = (request) =>
      new URL(request.url).pathname === "/api/v3/user/memberships/orgs"
        ? Response.json([{ state: "pending", organization: { login: "acme" } }])
        : undefined;
    await mallory.signIn(server.github, "mallory");
    expect(await outcome(mallory.call("/v1/space", { headers: TEAM }))).toBe("403 forbidden");
  });

  test("a page to type the code in that is not GitHub's", async () => {
    server.github.intercept = () =>
      Response.json({
        device_code: "x",
        user_code: "ABCD-EFGH",
        verification_uri: "https://evil.example/",
        expires_in: 9,
      });
    expect(await outcome(post("/v1/auth/device", {}))).toBe("503 transient");
  });

  test("a name that would write to a terminal", async () => {
    server.github.person({ id: 7, login: "Alice", name: "\u001b[31mA\u202Elice\n" });
    const { apiKey } = await deviceKey(server, server.github, "alice");
    expect(await jsonOf(withKey(server, apiKey)("/v1/me"))).toMatchObject({ person: { name: "[31mAlice" } });
  });
});
