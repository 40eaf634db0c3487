/** Shared spaces: invitations, roles, organisations gained and lost, keys that end with a membership, people removed. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { checkDocument } from "../../../src/protocol/decode.ts";
import {
  ISSUED_INVITATION,
  type IssuedInvitation,
  LISTED_SPACES,
  SPACE_INFO,
  type SpaceInfo,
} from "../../../src/protocol/identity-api.ts";
import { type ListedKey, LISTED_KEYS } from "../../../src/protocol/cloud-api.ts";
import { issueKey } from "../../../src/server/key-store.ts";
import { Crash, FaultPlan, withFaults } from "../../helpers/with-faults.ts";
import { outcome } from "../api-client.ts";
import { Browser, deviceKey, deviceLogin, jsonOf, startTestServer, type TestServer, withKey } from "./signed-in.ts";

const DAY = 86_400_000;
const TEAM = { "x-user-id": "team" };

let server: TestServer;
let alice: Browser;
beforeEach(async () => {
  server = startTestServer();
  server.github.person({ id: 7, login: "Alice" });
  server.github.person({ id: 8, login: "bob", orgs: { acme: "active" } });
  server.github.person({ id: 9, login: "Carol" });
  alice = await signedIn("alice");
});
afterEach(() => server.stop());

async function signedIn(login: string, query = ""): Promise<Browser> {
  const browser = new Browser(server);
  const end = await browser.signIn(server.github, login, query);
  if (end !== "/") throw new Error(`${login}: ${end}`);
  return browser;
}

const makeTeam = () => alice.call("/v1/spaces", { method: "POST", body: { id: "team", name: "The team" } });
const invite = async (body: object, from = alice): Promise<IssuedInvitation> => {
  const answer = await from.call("/v1/space/invitations", { method: "POST", headers: TEAM, body });
  return checkDocument(ISSUED_INVITATION, await answer.json());
};
const accept = (browser: Browser, token: string) =>
  browser.call("/v1/invitations/accept", { method: "POST", body: { token } });
const spaceOf = async (browser: Browser): Promise<SpaceInfo> =>
  checkDocument(SPACE_INFO, await jsonOf(browser.call("/v1/space", { headers: TEAM })));
const rolesIn = async (browser = alice) =>
  Object.fromEntries((await spaceOf(browser)).members.map(({ login, role }) => [login, role]));
const keysOf = async (browser: Browser, query = ""): Promise<ListedKey[]> => {
  const { keys } = checkDocument(LISTED_KEYS, await jsonOf(browser.call(`/v1/keys${query}`, { headers: TEAM })));
  return keys as ListedKey[];
};

describe("invitations", () => {
  test("make a member, once, with the role they name", async () => {
    expect(await jsonOf(makeTeam())).toEqual({ id: "team", name: "The team", kind: "shared", role: "admin" });
    const { token, link, expires, id } = await invite({ role: "write" });
    expect(link).toBe(`https://repobase.example/#invite=${token}`);
    expect(Date.parse(expires)).toBe(server.now + 7 * DAY);
    expect((await spaceOf(alice)).invitations).toEqual([{ id, role: "write", login: null, expires, by: "github-7" }]);
    const bob = await signedIn("bob");
    expect(await jsonOf(accept(bob, token))).toEqual({ space: "team", role: "write" });
    expect(await rolesIn(bob)).toEqual({ Alice: "admin", bob: "write" });
    expect((await spaceOf(alice)).invitations).toEqual([]);
    // once more by the same person is no harm, by another it is refused
    expect(await jsonOf(accept(bob, token))).toEqual({ space: null });
    expect(await outcome(accept(await signedIn("carol"), token))).toBe("403 forbidden");
    const kept = new TextDecoder().decode((await server.store.get("spaces/team.json"))?.bytes);
    expect(kept).not.toContain(token);
  });

  test("let a stranger in where sign-up is closed, without a space of their own; by page and by device", async () => {
    await makeTeam();
    const closed = server.isolate({ signUp: "closed" });
    const [one, two] = [await invite({ role: "read" }), await invite({ role: "write" })];
    const bob = new Browser(closed);
    expect(await bob.signIn(server.github, "bob")).toBe("/?signin=closed");
    expect(await bob.signIn(server.github, "bob", `?invitation=${one.token}`)).toBe("/");
    expect(await jsonOf(bob.call("/v1/me"))).toMatchObject({
      userId: "team",
      spaces: [{ id: "team", name: "The team", kind: "shared", role: "read" }],
      scopes: ["read"],
    });
    expect(await outcome(bob.call("/v1/spaces", { method: "POST", body: { id: "own", name: "x" } }))).toBe(
      "403 forbidden",
    );
    expect(await outcome(deviceLogin(closed, server.github, "carol"))).toBe("403 forbidden");
    const key = await deviceKey(closed, server.github, "carol", { invitation: two.token, space: "team" });
    expect(key).toMatchObject({ userId: "team", scopes: ["read", "write"] });
    expect(await new Browser(closed).signIn(server.github, "carol", "?invitation=rbi_team.x")).toBe(
      "/?signin=invitation",
    );
  });

  test("are bound to a login where they name one", async () => {
    await makeTeam();
    const carol = await signedIn("carol");
    const bound = await invite({ role: "read", login: "Carol" });
    expect(await outcome(accept(await signedIn("bob"), bound.token))).toBe("403 forbidden");
    expect(await outcome(accept(carol, bound.token))).toBe("200");
  });

  test("of a login want a sign-in that is newer than they are", async () => {
    await makeTeam();
    const carol = await signedIn("carol");
    server.now += 1000;
    const { token } = await invite({ role: "read", login: "carol" });
    expect(await outcome(accept(carol, token))).toBe("403 forbidden");
    expect(await outcome(accept(await signedIn("carol"), token))).toBe("200");
  });

  test("that are over or withdrawn are refused", async () => {
    await makeTeam();
    const [over, withdrawn] = [await invite({ role: "read" }), await invite({ role: "read" })];
    const path = `/v1/space/invitations/${withdrawn.id}`;
    expect(await outcome(alice.call(path, { method: "DELETE", headers: TEAM }))).toBe("200");
    expect(await outcome(alice.call(path, { method: "DELETE", headers: TEAM }))).toBe("404 not_found");
    expect(await outcome(accept(await signedIn("bob"), withdrawn.token))).toBe("403 forbidden");
    server.now += 7 * DAY;
    expect(await outcome(accept(await signedIn("bob"), over.token))).toBe("403 forbidden");
    const tooLong = { role: "read", expires: new Date(server.now + 31 * DAY).toISOString() };
    expect(await outcome(alice.call("/v1/space/invitations", { method: "POST", headers: TEAM, body: tooLong }))).toBe(
      "400 usage",
    );
  });

  test("of two who bring one token at once, one gets in", async () => {
    await makeTeam();
    const { token } = await invite({ role: "write" });
    const people = await Promise.all(["bob", "carol"].map((login) => signedIn(login)));
    const answers = await Promise.all(people.map((one) => outcome(accept(one, token))));
    expect(answers.toSorted()).toEqual(["200", "403 forbidden"]);
  });
});

describe("roles", () => {
  test("are changed by admins, and one admin stays", async () => {
    await makeTeam();
    const bob = await signedIn("bob");
    await accept(bob, (await invite({ role: "read" })).token);
    const put = (from: Browser, person: number, role: string) =>
      outcome(from.call(`/v1/space/members/github-${person}`, { method: "PUT", headers: TEAM, body: { role } }));
    const remove = (from: Browser, person: number) =>
      outcome(from.call(`/v1/space/members/github-${person}`, { method: "DELETE", headers: TEAM }));
    expect(await put(alice, 7, "read")).toBe("403 forbidden");
    expect(await remove(alice, 7)).toBe("403 forbidden");
    expect(await put(alice, 8, "owner")).toBe("400 usage");
    expect(await put(alice, 9, "read")).toBe("404 not_found");
    expect(await put(alice, 8, "admin")).toBe("200");
    expect(await put(bob, 7, "read")).toBe("200");
    expect(await rolesIn()).toEqual({ Alice: "read", bob: "admin" });
    // whoever wants to may leave; the last admin may not
    expect(await remove(alice, 7)).toBe("200");
    expect(await remove(bob, 8)).toBe("403 forbidden");
    const own = await alice.call("/v1/space/members/github-7", { method: "DELETE" });
    expect(await outcome(own)).toBe("403 forbidden");
  });

  test("a role that falls takes scopes from keys and sessions within a minute", async () => {
    await makeTeam();
    const bob = await signedIn("bob");
    await accept(bob, (await invite({ role: "write" })).token);
    const { apiKey } = await jsonOf<{ apiKey: string }>(
      bob.call("/v1/keys", { method: "POST", headers: TEAM, body: {} }),
    );
    const elsewhere = withKey(server.isolate(), apiKey);
    expect(await jsonOf(elsewhere("/v1/whoami"))).toMatchObject({ userId: "team", scopes: ["read", "write"] });
    await alice.call("/v1/space/members/github-8", { method: "PUT", headers: TEAM, body: { role: "read" } });
    expect(await jsonOf(withKey(server, apiKey)("/v1/whoami"))).toMatchObject({ scopes: ["read"] });
    server.now += 60_000;
    expect(await jsonOf(elsewhere("/v1/whoami"))).toMatchObject({ scopes: ["read"] });
    expect(await outcome(elsewhere("/v1/repos/x", { method: "DELETE" }))).toBe("403 forbidden");
  });
});

describe("keys", () => {
  test("one's own are listed and revoked; an admin sees all", async () => {
    await makeTeam();
    const bob = await signedIn("bob");
    await accept(bob, (await invite({ role: "read" })).token);
    await alice.call("/v1/keys", { method: "POST", headers: TEAM, body: { label: "hers", scopes: ["read", "admin"] } });
    await bob.call("/v1/keys", { method: "POST", headers: TEAM, body: { label: "his" } });
    const [his] = await keysOf(bob);
    const [hers] = await keysOf(alice);
    expect([his?.label, his?.person, his?.scopes]).toEqual(["his", "github-8", ["read"]]);
    expect([hers?.label, hers?.scopes]).toEqual(["hers", ["read", "admin"]]);
    expect((await keysOf(alice, "?all=1")).map(({ label }) => label).toSorted()).toEqual(["hers", "his"]);
    const revoke = (from: Browser, id = "") =>
      outcome(from.call(`/v1/keys/${id}`, { method: "DELETE", headers: TEAM }));
    expect(await revoke(bob, hers?.id)).toBe("404 not_found");
    expect(await revoke(alice, his?.id)).toBe("200");
    expect(await revoke(alice, hers?.id)).toBe("200");
    expect(await keysOf(alice, "?all=1")).toEqual([]);
  });

  test("end when the person leaves, and do not come back with them", async () => {
    await makeTeam();
    const bob = await signedIn("bob");
    await accept(bob, (await invite({ role: "write" })).token);
    const { apiKey, id } = await jsonOf<{ apiKey: string; id: string }>(
      bob.call("/v1/keys", { method: "POST", headers: TEAM, body: {} }),
    );
    const elsewhere = withKey(server.isolate(), apiKey);
    expect(await outcome(elsewhere("/v1/repos"))).toBe("200");
    const [hash = ""] = (await Array.fromAsync(server.store.list(`keys/${id}`))).map(({ key }) => key);
    const record = (await server.store.get(hash))?.bytes ?? new Uint8Array();
    await alice.call("/v1/space/members/github-8", { method: "DELETE", headers: TEAM });
    expect(await server.store.head(hash)).toBeUndefined();
    // a crash may have left the record: it opens nothing, also once he is back
    await server.store.put(hash, record);
    server.now += 60_000;
    expect(await outcome(elsewhere("/v1/repos"))).toBe("401 unauthorized");
    expect(await outcome(bob.call("/v1/repos", { headers: TEAM }))).toBe("403 forbidden");
    await accept(bob, (await invite({ role: "write" })).token);
    expect(await outcome(bob.call("/v1/repos", { headers: TEAM }))).toBe("200");
    expect(await outcome(elsewhere("/v1/repos"))).toBe("401 unauthorized");
  });

  test("of an admin-made user work as ever, and one with the scope admin makes more", async () => {
    const { apiKey } = await issueKey(server.store, { userId: "ci", scopes: ["read", "write", "admin"] });
    const api = withKey(server, apiKey);
    expect(await jsonOf(api("/v1/space"))).toEqual({
      id: "ci",
      name: "ci",
      kind: "personal",
      members: [],
      orgs: [],
      invitations: [],
    });
    const made = await jsonOf<{ apiKey: string }>(api("/v1/keys", { method: "POST", body: { label: "runner" } }));
    expect(await jsonOf(withKey(server, made.apiKey)("/v1/me"))).toEqual({
      person: null,
      userId: "ci",
      spaces: [{ id: "ci", name: "ci", kind: "personal", role: "write" }],
      scopes: ["read", "write"],
    });
    expect(await outcome(api("/v1/space/invitations", { method: "POST", body: { role: "read" } }))).toBe(
      "404 not_found",
    );
    expect(await outcome(server.admin("/spaces", "POST", { id: "ci", name: "CI" }))).toBe("201");
    expect(await outcome(api("/v1/space/invitations", { method: "POST", body: { role: "read" } }))).toBe("201");
    expect(await outcome(api("/v1/repos"))).toBe("200");
  });
});

describe("organisations", () => {
  test("a member signs in to the space, for thirty days, and is out when they left", async () => {
    const closed = server.isolate({ signUp: "closed" });
    expect(await outcome(server.admin("/spaces", "POST", { id: "team", name: "Team" }))).toBe("201");
    expect(await outcome(server.admin("/spaces/team/orgs/ACME", "PUT", { role: "write" }))).toBe("200");
    const key = await deviceKey(closed, server.github, "bob");
    expect(key).toMatchObject({ userId: "team", scopes: ["read", "write"] });
    const api = withKey(closed, key.apiKey);
    const { members } = checkDocument(SPACE_INFO, await jsonOf(api("/v1/space")));
    expect(members).toEqual([
      { id: "github-8", login: "bob", role: "write", via: "acme", until: server.now + 30 * DAY },
    ]);
    server.now += 29 * DAY;
    expect(await outcome(api("/v1/repos"))).toBe("200");
    await deviceKey(closed, server.github, "bob");
    server.now += 29 * DAY;
    expect(await outcome(api("/v1/repos"))).toBe("200");
    server.now += 2 * DAY;
    expect(await outcome(api("/v1/repos"))).toBe("401 unauthorized");
    // a sign-in renews; the key is the same person's
    await deviceKey(closed, server.github, "bob");
    expect(await outcome(api("/v1/repos"))).toBe("200");
    server.github.person({ id: 8, login: "bob", orgs: {} });
    expect(await outcome(deviceLogin(closed, server.github, "bob"))).toBe("403 forbidden");
    expect(await outcome(api("/v1/repos"))).toBe("401 unauthorized");
    const listed = checkDocument(LISTED_SPACES, await jsonOf(server.admin("/spaces")));
    expect(listed.spaces.find(({ id }) => id === "team")).toMatchObject({ members: 0, orgs: ["acme"] });
  });

  test("a pending member, another organisation and one that is named no more give nothing", async () => {
    await makeTeam();
    const name = (org: string, method = "PUT") =>
      outcome(
        alice.call(`/v1/space/orgs/${org}`, {
          method,
          headers: TEAM,
          ...(method === "PUT" ? { body: { role: "read" } } : {}),
        }),
      );
    expect([await name("acme"), await name("constructor")]).toEqual(["200", "200"]);
    server.github.person({ id: 9, login: "carol", orgs: { acme: "pending" } });
    await signedIn("carol");
    const bob = await signedIn("bob");
    expect(await rolesIn()).toEqual({ Alice: "admin", bob: "read" });
    const role = { method: "PUT", headers: TEAM, body: { role: "admin" } };
    expect(await outcome(alice.call("/v1/space/members/github-8", role))).toBe("403 forbidden");
    expect(await name("acme", "DELETE")).toBe("200");
    expect(await rolesIn()).toEqual({ Alice: "admin" });
    expect(await outcome(bob.call("/v1/repos", { headers: TEAM }))).toBe("403 forbidden");
    await signedIn("bob");
    expect(await rolesIn()).toEqual({ Alice: "admin" });
    expect(await name("acme", "DELETE")).toBe("404 not_found");
  });

  test("GitHub is asked for organisations only where one decides something", async () => {
    const scopeOf = async () => (await new Browser(server).start()).searchParams.get("scope");
    expect(await scopeOf()).toBe("");
    await makeTeam();
    await alice.call("/v1/space/orgs/acme", { method: "PUT", headers: TEAM, body: { role: "read" } });
    expect(await scopeOf()).toBe("read:org");
  });
});

describe("a person whom the server's admin removes", () => {
  test("is out everywhere, and back only by an invitation of the admin", async () => {
    await makeTeam();
    const bob = await signedIn("bob");
    const [early, late] = [await invite({ role: "read" }), await invite({ role: "write" })];
    await accept(bob, late.token);
    const old = await jsonOf<IssuedInvitation>(server.admin("/spaces/team/invitations", "POST", { role: "admin" }));
    server.now += 1000;
    const key = await deviceKey(server, server.github, "bob", { space: "team" });
    expect(await jsonOf(server.admin("/people/github-8", "DELETE"))).toEqual({
      id: "github-8",
      spaces: ["bob", "team"],
    });
    expect(await outcome(bob.call("/v1/me"))).toBe("401 unauthorized");
    expect(await outcome(withKey(server, key.apiKey)("/v1/repos"))).toBe("401 unauthorized");
    expect(await new Browser(server).signIn(server.github, "bob")).toBe("/?signin=closed");
    expect(await new Browser(server).signIn(server.github, "bob", `?invitation=${early.token}`)).toBe(
      "/?signin=closed",
    );
    expect(await new Browser(server).signIn(server.github, "bob", `?invitation=${old.token}`)).toBe("/?signin=closed");
    const again = await jsonOf<IssuedInvitation>(
      server.admin("/spaces/team/invitations", "POST", { role: "read", login: "bob" }),
    );
    const back = await signedIn("bob", `?invitation=${again.token}`);
    expect(await jsonOf(back.call("/v1/me"))).toMatchObject({
      userId: "bob",
      spaces: [
        { id: "bob", role: "admin" },
        { id: "team", role: "read" },
      ],
    });
    expect(await outcome(server.admin("/people/github-77", "DELETE"))).toBe("404 not_found");
  });
});

/** What must hold however far it came: run again, it is done, and the space is whole. */
test("a crash at any call of an invitation, a naming, a removal, a space is mended by doing it again", async () => {
  await makeTeam();
  let crashes = 0;
  const acts: readonly (readonly [string, (at: Browser) => Promise<Response>])[] = [
    ["space", (at) => at.call("/v1/spaces", { method: "POST", body: { id: "made", name: "x" } })],
    ["org", (at) => at.call("/v1/space/orgs/acme", { method: "PUT", headers: TEAM, body: { role: "read" } })],
    ["no org", (at) => at.call("/v1/space/orgs/acme", { method: "DELETE", headers: TEAM })],
  ];
  for (const [what, act] of acts)
    for (const when of ["before", "after"] as const)
      for (let n = 1; ; n++) {
        const broken = new Browser(
          server.isolate({}, withFaults(server.store, new FaultPlan(n, when, () => new Crash()))),
        );
        alice.jar.forEach((value, name) => broken.jar.set(name, value));
        const first = await act(broken);
        await first.arrayBuffer();
        if (first.ok) break;
        crashes++;
        const second = await outcome(act(alice));
        // the answer was lost, not the deed
        expect([what, n, second]).toEqual([what, n, expect.stringMatching(/^(200|201|404 not_found|409 exists)$/)]);
        expect(await rolesIn()).toMatchObject({ Alice: "admin" });
        if (what === "space") await server.store.delete("spaces/made.json");
        if (what === "no org")
          await alice.call("/v1/space/orgs/acme", { method: "PUT", headers: TEAM, body: { role: "read" } });
      }
  expect(crashes).toBeGreaterThan(20);
  expect((await spaceOf(alice)).orgs).toEqual([]);
});
