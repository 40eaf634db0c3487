import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { ListedKey } from "../../src/protocol/cloud-api.ts";
import { sha256Hex } from "../../src/protocol/hash.ts";
import { DEFAULT_QUOTA } from "../../src/protocol/quota.ts";
import { startWorker } from "../helpers/worker-server.ts";
import type { WorkerServer } from "../helpers/worker-server.ts";
import { apiClient, outcome, putObject } from "./api-client.ts";

let server: WorkerServer;
beforeAll(async () => {
  server = await startWorker();
});
afterAll(() => server.stop());

const admin = (body: unknown, token = server.adminToken) =>
  apiClient(server.url, token)("/v1/admin/keys", {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
const whoami = (key: string | undefined, headers: Record<string, string> = {}) =>
  apiClient(server.url, key)("/v1/whoami", { headers });

describe("API keys", () => {
  test("an issued key says who it is, and only its hash is kept", async () => {
    const answer = await admin({ userId: "alice", label: "laptop" });
    const issued = (await answer.json()) as { userId: string; apiKey: string };
    expect([answer.status, issued.userId]).toEqual([201, "alice"]);
    expect(issued.apiKey).toMatch(/^rb_[A-Za-z0-9_-]{43}$/);
    expect(await (await whoami(issued.apiKey)).json()).toEqual({
      userId: "alice",
      plan: "default",
      scopes: ["read", "write"],
      quotaUsed: 0,
      quotaLimit: DEFAULT_QUOTA.bytes,
      quota: {
        repos: { used: 0, limit: 10 },
        files: { used: 0, limit: 100_000 },
        bytes: { used: 0, limit: DEFAULT_QUOTA.bytes },
      },
      spaceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    for (const { key } of await server.bucket.list()) {
      const text = new TextDecoder().decode(await server.bucket.get(key));
      expect(key + text).not.toContain(issued.apiKey.slice(3));
    }
  });

  test("nothing, nonsense and strangers are turned away", async () => {
    expect(await outcome(whoami(undefined))).toBe("401 unauthorized");
    expect(await outcome(whoami("rb_short"))).toBe("401 unauthorized");
    expect(await outcome(whoami(`rb_${"A".repeat(43)}`))).toBe("401 unauthorized");
    expect(await outcome(whoami(undefined, { authorization: "Basic YTpi" }))).toBe("401 unauthorized");
    expect(await outcome(whoami(server.adminToken))).toBe("401 unauthorized");
    expect((await whoami(undefined)).headers.get("www-authenticate")).toBe("Bearer");
  });

  test("a user's part of the bucket has one identity, by whichever key it is asked, and no two users share it", async () => {
    const space = async (key: string) => ((await (await whoami(key)).json()) as { spaceId: string }).spaceId;
    const [first, second] = [await server.issueKey("frida"), await server.issueKey("frida", ["read"])];
    const ids = await Promise.all([first, second, first, second].map(space));
    expect(new Set(ids).size).toBe(1);
    expect(await space(await server.issueKey("gina"))).not.toBe(ids[0] as string);
    // another bucket below the same address is another space
    await server.bucket.delete("frida/space.json");
    expect(await space(first)).not.toBe(ids[0] as string);
  });

  test("X-User-ID may be left out, and must be the key's when it is there", async () => {
    const key = await server.issueKey("bob");
    expect(await outcome(whoami(key))).toBe("200");
    expect(await outcome(whoami(key, { "x-user-id": "bob" }))).toBe("200");
    expect(await outcome(whoami(key, { "x-user-id": "alice" }))).toBe("403 forbidden");
    expect(await outcome(whoami(key, { "x-user-id": "" }))).toBe("403 forbidden");
    expect(await outcome(whoami(key, { "x-user-id": "bob/../alice" }))).toBe("403 forbidden");
  });

  test("a key that may only read cannot change anything", async () => {
    const api = apiClient(server.url, await server.issueKey("carol", ["read"]));
    expect(await outcome(api("/v1/repos"))).toBe("200");
    expect(await outcome(api("/v1/search", { method: "POST", body: '{"q":"x","mode":"keyword"}' }))).toBe("200");
    expect(await outcome(putObject(api, "demo/files.lance/data/x.lance", new Uint8Array(1)))).toBe("403 forbidden");
    expect(await outcome(api("/v1/config", { method: "PUT", body: "{}", headers: { "if-none-match": "*" } }))).toBe(
      "403 forbidden",
    );
    expect(await outcome(api("/v1/repos/demo", { method: "DELETE" }))).toBe("403 forbidden");
    expect((await server.bucket.list("carol/")).length).toBe(0);
  });

  test("a revoked key is dead, and no other", async () => {
    const [dead, alive] = [await server.issueKey("dave"), await server.issueKey("dave", ["read"])];
    expect(await outcome(whoami(dead))).toBe("200");
    const api = apiClient(server.url, server.adminToken);
    const { keys } = (await (await api("/v1/admin/keys?userId=dave")).json()) as {
      keys: { id: string; userId: string; scopes: string[] }[];
    };
    expect(keys.map(({ userId, scopes }) => [userId, scopes.length]).sort()).toEqual([
      ["dave", 1],
      ["dave", 2],
    ]);
    const id = keys.find(({ scopes }) => scopes.length === 2)?.id ?? "";
    expect(await outcome(api(`/v1/admin/keys/${id}`, { method: "DELETE" }))).toBe("200");
    expect(await outcome(whoami(dead))).toBe("401 unauthorized");
    expect(await outcome(whoami(alive))).toBe("200");
    expect(await outcome(api(`/v1/admin/keys/${id}`, { method: "DELETE" }))).toBe("404 not_found");
    expect(await outcome(api("/v1/admin/keys/of", { method: "DELETE" }))).toBe("404 not_found");
    const left = (await server.bucket.list("keys/")).filter(({ key }) => key.includes(id));
    expect(left).toEqual([]);
  });
});

describe("the admin token", () => {
  test("guards the key routes", async () => {
    const key = await server.issueKey("erin");
    for (const token of [key, `${server.adminToken}x`, server.adminToken.slice(1), "x"])
      expect(await outcome(admin({ userId: "erin" }, token))).toBe("401 unauthorized");
    expect(await outcome(apiClient(server.url, undefined)("/v1/admin/keys?userId=erin"))).toBe("401 unauthorized");
  });

  test.each([
    ["a reserved name", { userId: "keys" }],
    ["another", { userId: "models" }],
    ["a path", { userId: "a/b" }],
    ["a climb", { userId: ".." }],
    ["capitals", { userId: "Alice" }],
    ["nothing", {}],
    ["a number", { userId: 7 }],
    ["an unknown scope", { userId: "frank", scopes: ["admin"] }],
    ["no scope", { userId: "frank", scopes: [] }],
    ["write alone", { userId: "frank", scopes: ["write"] }],
    ["a label that is no text", { userId: "frank", label: 1 }],
    ["no object", "[]"],
    ["no JSON", "{"],
  ])("refuses %s", async (_, body) => expect(await outcome(admin(body))).toBe("400 usage"));

  test("a server without one issues nothing", async () => {
    const closed = await startWorker({ admin: false });
    try {
      const answer = apiClient(closed.url, "undefined")("/v1/admin/keys", {
        method: "POST",
        body: '{"userId":"alice"}',
      });
      expect(await outcome(answer)).toBe("403 forbidden");
      expect(await closed.bucket.list()).toEqual([]);
    } finally {
      await closed.stop();
    }
  });
});

describe("a key's end and its record", () => {
  test("a key with an end is good until then, and says so", async () => {
    const until = new Date(Date.now() + 1500).toISOString();
    const issued = (await (await admin({ userId: "gina", expires: until })).json()) as { apiKey: string };
    expect(await outcome(whoami(issued.apiKey))).toBe("200");
    await Bun.sleep(Date.parse(until) - Date.now() + 20);
    const answer = await whoami(issued.apiKey);
    expect(answer.status).toBe(401);
    expect(((await answer.json()) as { detail: string }).detail).toContain("ended at");
  });

  test.each(["2020-01-01", "tomorrow", "31.12.2030", ""])("an end of %p is refused", async (expires) =>
    expect(await outcome(admin({ userId: "gina", expires }))).toBe("400 usage"),
  );

  test("a list tells keys apart without showing one, and a damaged record neither hides nor is safe from being revoked", async () => {
    const [good, bad] = [await server.issueKey("hugo"), await server.issueKey("hugo")];
    const hashOf = async (key: string) => sha256Hex(new TextEncoder().encode(key));
    const api = apiClient(server.url, server.adminToken);
    await server.bucket.put(`keys/${await hashOf(bad)}.json`, new TextEncoder().encode('{"userId":7}'));
    const list = async () => ((await (await api("/v1/admin/keys?userId=hugo")).json()) as { keys: ListedKey[] }).keys;
    const keys = await list();
    const [broken, whole] = [keys.find(({ error }) => error), keys.find(({ error }) => !error)];
    expect(broken).toMatchObject({ userId: "hugo", tail: null, error: { code: "damaged_config" } });
    expect(whole).toMatchObject({ userId: "hugo", tail: good.slice(-4), expires: null, scopes: ["read", "write"] });
    expect(JSON.stringify(keys)).not.toContain(good.slice(3, -4));
    expect(await outcome(api(`/v1/admin/keys/${broken?.id}`, { method: "DELETE" }))).toBe("200");
    expect((await list()).map(({ id }) => id)).toEqual([whole?.id ?? ""]);
    expect((await server.bucket.list("keys/")).filter(({ key }) => key.includes(broken?.id ?? "?"))).toEqual([]);
    expect((await (await api("/v1/admin/users")).json()) as unknown).toMatchObject({
      users: expect.arrayContaining([{ userId: "hugo", keys: 1 }]),
    });
  });
});
