/** Notices of a space: what makes one, how they are listed, and that they stay few and cheap. */
import { beforeAll, describe, expect, test } from "bun:test";
import type { UserQuota } from "../../../src/protocol/quota.ts";
import { memoryRateLimit } from "../../../src/server/rate-limit.ts";
import { type Api, FIRST, outcome, pushIndex, putObject, putRef, refOf, uploadParts } from "../api-client.ts";
import { makeRealIndex, type RealIndex } from "../real-index.ts";
import { listOf, notify, noticeOf, startNotified, titlesOf } from "./notified.ts";

const DAY = 86_400_000;
let index: RealIndex;
beforeAll(async () => {
  const file = { path: "a.ts", language: "typescript", contents: "export const a = 1;\n" };
  index = await makeRealIndex({ repo: "demo", commits: [[file], [file, { ...file, path: "b.ts" }]] });
});

describe("a result of a task", () => {
  test("is kept as it was sent, newest first, with who sent it", async () => {
    const at = startNotified();
    const api = await at.space("alice");
    const first = await noticeOf(notify(api, { title: "Tests pass", body: "124 of 124", url: "https://ci.example/1" }));
    at.clock.now += 1000;
    await notify(api, { title: "Deploy failed", status: "failed" });
    const { notifications, next } = await listOf(api);
    expect(next).toBeNull();
    expect(notifications).toMatchObject([
      { kind: "task.result", title: "Deploy failed", body: null, url: null, status: "failed", by: "laptop" },
      { ...first, title: "Tests pass", body: "124 of 124", url: "https://ci.example/1", status: "ok", by: "laptop" },
    ]);
    expect(notifications.map(({ at: time }) => time)).toEqual(["2026-11-25T12:00:01.000Z", "2026-11-25T12:00:00.000Z"]);
  });

  test.each([
    [{}, "title"], [{ title: "  " }, "title"], [{ title: "x".repeat(201) }, "title"], [{ title: 1 }, "title"], [{ title: "x", status: "done" }, "status"],
    [{ title: "x", body: "y".repeat(4001) }, "body"], [{ title: "x", url: "javascript:alert(1)" }, "url"], [{ title: "x", url: "/relative" }, "url"],
    [{ title: "x", idempotencyKey: "k".repeat(201) }, "idempotencyKey"],
  ])("a wrong request is refused: %#", async (body, field) => {
    const api = await startNotified().space("alice");
    const answer = await notify(api, body);
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(field)]);
    expect(await titlesOf(api)).toEqual([]);
  }); // prettier-ignore

  test("with the same idempotency key is one, for all that it says; in another space it is another", async () => {
    const at = startNotified();
    const [alice, bob] = [await at.space("alice"), await at.space("bob")];
    const first = await notify(alice, { title: "one", idempotencyKey: "job 7" });
    const again = await notify(alice, { title: "two", idempotencyKey: "job 7" });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(await again.json()).toEqual(await first.json());
    expect((await notify(bob, { title: "three", idempotencyKey: "job 7" })).status).toBe(201);
    expect([await titlesOf(alice), await titlesOf(bob)]).toEqual([["one"], ["three"]]);
  });

  test("that was cut off between its idempotency key and itself is made by the next try, under the same id", async () => {
    const at = startNotified();
    const api = await at.space("alice");
    const { id } = await noticeOf(notify(api, { title: "one", idempotencyKey: "job 7" }));
    await at.memory.delete(`alice/notices/${id}.json`);
    at.clock.now += 60_000;
    const again = await notify(api, { title: "one", idempotencyKey: "job 7" });
    expect(again.status).toBe(201);
    expect(await again.json()).toMatchObject({ id, at: "2026-11-25T12:00:00.000Z" });
    expect(await titlesOf(api)).toEqual(["one"]);
  });

  test("comes from a key with the scope notify; such a key can do nothing else", async () => {
    const at = startNotified();
    const [agent, reader] = [await at.space("alice", ["notify"], "agent"), await at.space("alice", ["read", "write"])];
    expect(await outcome(notify(reader, { title: "x" }))).toBe("403 forbidden");
    expect(await noticeOf(notify(agent, { title: "done" }))).toMatchObject({ title: "done", by: "agent" });
    const others = at.server.app.routes.filter(
      ({ method, path }) => method !== "ALL" && path.startsWith("/v1/") && !/^\/v1\/(admin|auth|openapi)/.test(path),
    );
    for (const { method, path } of others) {
      if (method === "POST" && path === "/v1/notifications") continue;
      const call = { method, ...(method === "GET" ? {} : { body: "{}" }) };
      const asked = path.replace(/:path\{\.\+\}|\*$/, "a/b").replace(/:(\w+)(\{[^}]*\})?/g, "demo");
      expect([method, path, await outcome(agent(asked, call))]).toEqual([method, path, "403 forbidden"]);
    }
    expect(others.length).toBeGreaterThan(30);
  });

  test("a key that only notifies can be issued; one that writes without reading cannot", async () => {
    const at = startNotified();
    const issue = (scopes: string[]) =>
      at.admin("/v1/admin/keys", { method: "POST", body: JSON.stringify({ userId: "alice", scopes }) });
    expect(await (await issue(["notify"])).json()).toMatchObject({ scopes: ["notify"] });
    for (const scopes of [["write"], ["notify", "write"], []]) expect(await outcome(issue(scopes))).toBe("400 usage");
    const own = await at.space("alice");
    const answer = await own("/v1/keys", { method: "POST", body: JSON.stringify({ scopes: ["notify"] }) });
    expect(await answer.json()).toMatchObject({ scopes: ["notify"] });
  });

  test("a flood is turned away, of one space and not of another", async () => {
    const at = startNotified();
    const [alice, bob] = [await at.space("alice"), await at.space("bob")];
    for (let i = 0; i < 60; i++) expect((await notify(alice, { title: `${i}` })).status).toBe(201);
    const refused = await notify(alice, { title: "more" });
    expect([refused.status, Number(refused.headers.get("retry-after")) > 0]).toEqual([429, true]);
    expect((await notify(bob, { title: "mine" })).status).toBe(201);
    at.clock.now += 60_000;
    expect((await notify(alice, { title: "later" })).status).toBe(201);
  });
});

describe("a list", () => {
  test("comes in pages, each one list and a read of each notice", async () => {
    const at = startNotified({ noticeLimit: unlimited });
    const api = await at.space("alice");
    for (let i = 0; i < 25; i++) {
      at.clock.now += 1;
      await notify(api, { title: `n${i}` });
    }
    await at.server.settled();
    const before = at.store.counts().byMethod;
    const first = await listOf(api, "?limit=10");
    const { list, get } = at.store.counts().byMethod;
    expect([list - before.list, get - before.get]).toEqual([1, 10]);
    const rest = await listOf(api, `?cursor=${first.next}`);
    const titles = [...first.notifications, ...rest.notifications].map(({ title }) => title);
    expect(titles).toEqual(Array.from({ length: 25 }, (_, i) => `n${24 - i}`));
    expect(rest.next).toBeNull();
    for (const query of ["?limit=0", "?limit=51", "?cursor=x"])
      expect(await outcome(api(`/v1/notifications${query}`))).toBe("400 usage");
  });

  test("shows the newest 500 of 90 days, and the bucket keeps little more", async () => {
    const at = startNotified({ noticeLimit: unlimited });
    const api = await at.space("alice");
    await notify(api, { title: "old", idempotencyKey: "old" });
    at.clock.now += 91 * DAY;
    for (let i = 0; i < 1000; i++) {
      at.clock.now += 1000;
      await notify(api, { title: `n${i}` });
    }
    await at.server.settled();
    const kept = async () => (await Array.fromAsync(at.memory.list("alice/notice"))).length;
    expect(await kept()).toBeLessThan(800);
    const seen: string[] = [];
    for (let next: string | null = ""; next !== null;) {
      const page = await listOf(api, `?limit=50${next && `&cursor=${next}`}`);
      seen.push(...page.notifications.map(({ title }) => title));
      next = page.next;
    }
    expect(seen).toEqual(Array.from({ length: 500 }, (_, i) => `n${999 - i}`));
    await at.server.settled();
    expect(await kept()).toBe(500);
  });

  test("one damaged notice hides no other", async () => {
    const at = startNotified();
    const api = await at.space("alice");
    const { id } = await noticeOf(notify(api, { title: "bad" }));
    await notify(api, { title: "good" });
    await at.memory.put(`alice/notices/${id}.json`, new TextEncoder().encode("{"));
    expect(await titlesOf(api)).toEqual(["good"]);
  });
});

describe("a push", () => {
  test("tells which branches moved, to where, and who did it; the same push again tells nothing", async () => {
    const at = startNotified();
    const api = await at.space("alice", ["read", "write"], "ci");
    const etag = await pushIndex(api, index);
    await at.server.settled();
    const [first = "", second = ""] = index.commits;
    expect((await listOf(api)).notifications).toMatchObject([
      {
        kind: "index.updated",
        title: `demo: main is at ${second.slice(0, 10)}`,
        by: "ci",
        repo: { id: "demo", name: "demo" },
        branches: [{ name: "main", commit: second }],
        generation: 1,
        device: "device-a",
      },
    ] as object[]);
    await putRef(api, "demo", refOf(index), FIRST);
    const same = refOf(index, { generation: 2, pushedAt: "2026-01-02T00:00:00.000Z" });
    const answer = await putRef(api, "demo", same, { "if-match": etag });
    await at.server.settled();
    expect(await titlesOf(api)).toEqual([`demo: main is at ${second.slice(0, 10)}`]);
    at.clock.now += 1000;
    const heads = { main: first, next: second };
    await putRef(api, "demo", refOf(index, { heads, generation: 3 }), { "if-match": answer.headers.get("etag") ?? "" });
    await at.server.settled();
    expect((await titlesOf(api))[0]).toBe("demo: 2 branches changed");
  });

  test("that is refused for the quota is told once an hour, however often it is tried", async () => {
    const at = startNotified({ quota: { bytes: 50 } });
    const api = await at.space("alice");
    const push = () => putObject(api, "demo/files.lance/data/x.lance", new Uint8Array(100));
    for (let i = 0; i < 5; i++) expect(await outcome(push())).toBe("413 quota_exceeded");
    // another isolate does not remember it
    const restarted = at.restart();
    await at.server.settled();
    const again = at.over(restarted, await keyOf(at, "alice"));
    expect(await outcome(putObject(again, "demo/files.lance/data/x.lance", new Uint8Array(100)))).toBe(
      "413 quota_exceeded",
    );
    await restarted.settled();
    expect((await listOf(api)).notifications).toMatchObject([
      { kind: "push.refused", title: "demo: a push was refused", code: "quota_exceeded", repo: { id: "demo" } },
    ] as object[]);
    at.clock.now += 3_600_000;
    await push();
    await at.server.settled();
    expect((await titlesOf(api)).length).toBe(2);
    expect(await outcome(api("/v1/refs/nothing"))).toBe("404 repo_not_found");
    expect((await titlesOf(api)).length).toBe(2);
  });

  test("that nears the quota is told at 80 % and at 95 %, once each", async () => {
    const at = startNotified();
    const api = await at.space("alice");
    const quota = async (change: object) => {
      const call = { method: "PUT", body: JSON.stringify(change) };
      const answer = (await (await at.admin("/v1/admin/users/alice/quota", call)).json()) as UserQuota;
      await at.server.settled();
      return answer;
    };
    const near = async () => (await titlesOf(api)).filter((title) => title.includes("%"));
    await pushIndex(api, index);
    const { used } = (await quota({})).quota.bytes;
    // notices of the same millisecond have no order
    at.clock.now += 1000;
    await quota({ bytes: Math.floor(used / 0.7) });
    expect(await near()).toEqual([]);
    await quota({ bytes: Math.floor(used / 0.85) });
    await at.admin("/v1/admin/users/alice/recount", { method: "POST" });
    expect((await near()).length).toBe(1);
    expect((await listOf(api)).notifications[0]).toMatchObject({
      kind: "quota.near",
      quota: "bytes",
      percent: 80,
      used,
    });
    at.clock.now += 1000;
    await quota({ bytes: Math.floor(used / 0.97) });
    expect(await near()).toEqual([
      expect.stringMatching(/^95 % of the quota or more: .* used$/),
      expect.stringMatching(/^80 % of/),
    ]);
    await quota({ repos: 1, files: 2 });
    expect((await near()).toSorted().map((title) => title.split(": ")[1])).toContain("1 of 1 repository used");
  });

  test("whose notice cannot be written is a push all the same, and the operator is told", async () => {
    const at = startNotified();
    const put = at.memory.put.bind(at.memory);
    at.memory.put = async (key, ...rest) => {
      if (key.includes("/notices/")) throw new Error("the bucket is out of order");
      return put(key, ...rest);
    };
    const api = await at.space("alice");
    await pushIndex(api, index);
    await at.server.settled();
    expect(at.failures.map(({ path }) => path)).toEqual(["a notice of index.updated"]);
    expect(await outcome(api("/v1/refs/demo"))).toBe("200");
  });

  test("uploads that end well tell nothing", async () => {
    const at = startNotified();
    const api = await at.space("alice");
    await uploadParts(api, index);
    await at.server.settled();
    expect(await titlesOf(api)).toEqual([]);
  });
});

const unlimited = async () => ({ ok: true, retryAfter: 0 });

async function keyOf(at: ReturnType<typeof startNotified>, userId: string): Promise<string> {
  const answer = await at.admin("/v1/admin/keys", { method: "POST", body: JSON.stringify({ userId }) });
  return ((await answer.json()) as { apiKey: string }).apiKey;
}

test("the limit of notifications is the operator's", async () => {
  const at = startNotified({ noticeLimit: memoryRateLimit({ limit: 1, period: 60 }) });
  const api: Api = await at.space("alice");
  expect([(await notify(api, { title: "a" })).status, (await notify(api, { title: "b" })).status]).toEqual([201, 429]);
});
