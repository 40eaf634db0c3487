/** Webhooks: signed so that the specification's own package takes them, tried again, given up, and never in anybody's way. */
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { Webhook as Verifier } from "standardwebhooks";
import type { IssuedWebhook, Webhook, WebhookTest } from "../../../src/protocol/notice-api.ts";
import { type Api, outcome, pushIndex } from "../api-client.ts";
import { makeRealIndex } from "../real-index.ts";
import { listOf, notify, noticeOf, startNotified, titlesOf } from "./notified.ts";
import { startReceiver } from "./receiver.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const receiver = startReceiver();
afterAll(() => receiver.stop());
beforeEach(() => {
  receiver.received.length = 0;
  receiver.status = 200;
  receiver.answer = undefined;
});

const local = { outbound: { allowLoopback: true }, noticeLimit: async () => ({ ok: true, retryAfter: 0 }) };
const add = async (api: Api, body: object = { url: receiver.url }): Promise<IssuedWebhook> =>
  (await (await api("/v1/space/webhooks", { method: "POST", body: JSON.stringify(body) })).json()) as IssuedWebhook;
const hooksOf = async (api: Api): Promise<Webhook[]> =>
  ((await (await api("/v1/space/webhooks")).json()) as { webhooks: Webhook[] }).webhooks;
const change = (api: Api, id: string, body: object) =>
  api(`/v1/space/webhooks/${id}`, { method: "PUT", body: JSON.stringify(body) });
type At = ReturnType<typeof startNotified>;
const waiting = async ({ memory }: At) =>
  (await Array.fromAsync(memory.list(""))).filter(({ key }) => /deliveries\/|^system\/webhooks/.test(key)).length;
const passes = async (at: At, ms: number) => {
  at.clock.now += ms;
  await at.server.sendDue();
  await at.server.settled();
};

describe("a webhook", () => {
  test("is added, its secret seen once, changed and removed; only admins of the space see any", async () => {
    const at = startNotified(local);
    const [api, bob] = [await at.space("alice"), await at.space("bob")];
    const made = await add(api, { url: receiver.url, kinds: ["task.result", "index.updated", "task.result"] });
    expect(made).toMatchObject({ state: "active", kinds: ["index.updated", "task.result"], failingSince: null });
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const { secret, ...shown } = made;
    expect(await hooksOf(api)).toEqual([shown]);
    const stored = new TextDecoder().decode((await at.memory.get("alice/webhooks.json"))?.bytes);
    expect(stored).not.toContain(secret.slice(6));
    expect(await hooksOf(bob)).toEqual([]);
    for (const [method, end] of [
      ["PUT", ""],
      ["DELETE", ""],
      ["POST", "/test"],
    ] as const)
      // prettier-ignore
      expect(await outcome(bob(`/v1/space/webhooks/${made.id}${end}`, { method, body: "{}" }))).toBe("404 not_found");
    const member = await at.space("alice", ["read", "write", "notify"]);
    expect(await outcome(member("/v1/space/webhooks"))).toBe("403 forbidden");
    expect(await (await change(api, made.id, { kinds: ["quota.near"], enabled: false })).json()).toMatchObject({
      kinds: ["quota.near"],
      state: "disabled",
      url: receiver.url,
    });
    expect(await outcome(api(`/v1/space/webhooks/${made.id}`, { method: "DELETE" }))).toBe("200");
    expect(await hooksOf(api)).toEqual([]);
  });

  test("must lead to a public https address, and there are ten at most", async () => {
    const strict = await startNotified().space("alice");
    const refused = (url: unknown) =>
      outcome(strict("/v1/space/webhooks", { method: "POST", body: JSON.stringify({ url }) }));
    for (const url of ["http://example.com/", receiver.url, "https://10.0.0.1/", "https://metadata.google.internal/", "no", 7, null])
      expect(await refused(url)).toBe("400 usage"); // prettier-ignore
    const api = await startNotified(local).space("alice");
    for (let i = 0; i < 10; i++) await add(api);
    expect(await add(api)).toMatchObject({ code: "quota_exceeded", quota: "webhooks", limit: 10 });
    const body = JSON.stringify({ url: receiver.url, kinds: ["everything"] });
    expect(await outcome(api("/v1/space/webhooks", { method: "POST", body }))).toBe("400 usage");
  });

  test("is sent what it wants, signed: the package of Standard Webhooks verifies it, and not with another secret", async () => {
    const at = startNotified(local);
    at.clock.now = Date.now(); // the package has its own clock
    const api = await at.space("alice");
    const { secret } = await add(api, { url: receiver.url, kinds: ["task.result"] });
    const notice = await noticeOf(notify(api, { title: "Grüße ✓", body: "b", url: "https://ci.example/1" }));
    const index = await makeRealIndex({
      repo: "demo",
      commits: [[{ path: "a.ts", language: "typescript", contents: "export {};\n" }]],
    });
    await pushIndex(api, index);
    await at.server.settled();
    expect(receiver.received.length).toBe(1);
    const [{ headers, body } = { headers: new Headers(), body: "" }] = receiver.received;
    const signed = Object.fromEntries(headers);
    expect(new Verifier(secret).verify(body, signed)).toEqual({
      type: "task.result",
      timestamp: notice.at,
      data: { space: "alice", ...notice },
    });
    expect(headers.get("webhook-id")).toBe(notice.id);
    expect(() => new Verifier(secret).verify(`${body} `, signed)).toThrow();
    expect(() => new Verifier(`whsec_${btoa("x".repeat(32))}`).verify(body, signed)).toThrow();
    expect(await waiting(at)).toBe(1); // the mark, which goes later
    await passes(at, 11 * MINUTE);
    expect(await waiting(at)).toBe(0);
  });

  test("is tested on demand, once, without a notice", async () => {
    const at = startNotified(local);
    const api = await at.space("alice");
    const { id } = await add(api);
    const tried = async () =>
      (await (await api(`/v1/space/webhooks/${id}/test`, { method: "POST" })).json()) as WebhookTest;
    expect(await tried()).toEqual({ ok: true, status: 200, error: null });
    receiver.status = 302;
    expect(await tried()).toEqual({
      ok: false,
      status: 302,
      error: "it answered 302, a redirect, which is not followed",
    });
    expect(receiver.titles()).toEqual(["This is a test", "This is a test"]);
    expect([await titlesOf(api), await hooksOf(api)]).toMatchObject([[], [{ state: "active", failingSince: null }]]);
  });
});

describe("one that fails", () => {
  test("is tried again after 1 and 5 minutes, 30 minutes, 2, 8 and 24 hours, with the same id; then it is disabled", async () => {
    const at = startNotified(local);
    const api = await at.space("alice");
    const { id } = await add(api);
    receiver.status = 500;
    await notify(api, { title: "one" });
    await at.server.settled();
    expect(receiver.received.length).toBe(1);
    expect(await hooksOf(api)).toMatchObject([
      { failingSince: "2026-11-25T12:00:00.000Z", lastError: "it answered 500" },
    ]);
    const pauses = [MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 8 * HOUR];
    for (const [i, pause] of pauses.entries()) {
      await passes(at, pause - 1);
      expect(receiver.received.length).toBe(i + 1);
      await passes(at, 1);
      expect(receiver.received.length).toBe(i + 2);
    }
    expect(await hooksOf(api)).toMatchObject([{ state: "active" }]);
    await passes(at, 24 * HOUR);
    expect(receiver.received.length).toBe(7);
    expect(new Set(receiver.received.map(({ headers }) => headers.get("webhook-id"))).size).toBe(1);
    const times = receiver.received.map(({ headers }) => Number(headers.get("webhook-timestamp")));
    expect([(times.at(-1) ?? 0) - (times[0] ?? 0)]).toEqual([(24 * HOUR + pauses.reduce((a, b) => a + b)) / 1000]);
    const [hook] = await hooksOf(api);
    expect([hook?.state, hook?.reason]).toEqual([
      "disabled",
      expect.stringMatching(/^every try failed for 34 hours; .*500/),
    ]);
    const [told] = (await listOf(api)).notifications;
    expect([told?.kind, told?.title]).toEqual([
      "webhook.disabled",
      expect.stringMatching(/^a webhook to 127\.0\.0\.1/),
    ]);
    await notify(api, { title: "two" });
    await passes(at, 48 * HOUR);
    expect([receiver.received.length, await waiting(at)]).toEqual([7, 0]);
    receiver.status = 200;
    expect(await (await change(api, id, { enabled: true })).json()).toMatchObject({ state: "active", reason: null });
    await notify(api, { title: "three" });
    await at.server.settled();
    expect(receiver.titles().at(-1)).toBe("three");
  });

  test("gets all that waits as soon as it takes something again", async () => {
    const at = startNotified(local);
    const api = await at.space("alice");
    await add(api);
    receiver.status = 500;
    for (const title of ["one", "two", "three"]) {
      at.clock.now += 2000;
      await notify(api, { title });
      await at.server.settled();
    }
    receiver.status = 200;
    receiver.received.length = 0;
    at.clock.now += 61_000;
    await notify(api, { title: "four" });
    await at.server.settled();
    expect(receiver.titles()).toEqual(["four", "one", "two", "three"]);
    expect(await hooksOf(api)).toMatchObject([{ failingSince: null, lastError: null }]);
  });

  test("with 410 is disabled at once; so is one whose secret nobody can read any more", async () => {
    const at = startNotified(local);
    const api = await at.space("alice");
    await add(api);
    receiver.status = 410;
    await notify(api, { title: "one" });
    await at.server.settled();
    expect(await hooksOf(api)).toMatchObject([{ state: "disabled", reason: "it answered 410: it is gone for good" }]);
    expect(await waiting(at)).toBe(0);
    await add(api);
    const other = startNotified({ ...local, store: at.memory, adminToken: "another-admin-token" });
    await notify(await other.space("alice"), { title: "x" }).catch(() => undefined);
    const late = other.over(other.server, await keyIn(at, "alice"));
    await notify(late, { title: "two" });
    await other.server.settled();
    expect((await hooksOf(api))[1]).toMatchObject({ state: "disabled", reason: expect.stringContaining("secret") });
  });

  test("for long is left a hundred notices, no more", async () => {
    const at = startNotified(local);
    const api = await at.space("alice");
    await add(api);
    receiver.status = 503;
    for (let i = 0; i < 120; i++) await notify(api, { title: `${i}` });
    await at.server.settled();
    expect(await waiting(at)).toBeLessThanOrEqual(101);
  });
});

describe("a crash", () => {
  test("after the notice was noted and before it was sent delays it by some minutes", async () => {
    const at = startNotified(local);
    const api = await at.space("alice");
    await add(api);
    // the isolate that took the request dies with its work
    const dying = startNotified({
      ...local,
      store: at.memory,
      keepAlive: () => undefined,
      outbound: { allowLoopback: true, fetch: () => new Promise(() => undefined) },
    });
    const doomed = dying.over(dying.server, await keyIn(at, "alice"));
    expect((await notify(doomed, { title: "one" })).status).toBe(201);
    await passes(at, 30_000);
    expect(receiver.titles()).toEqual([]);
    await passes(at, 5 * MINUTE);
    expect(receiver.titles()).toEqual(["one"]);
    await passes(at, HOUR);
    expect([receiver.titles(), await waiting(at)]).toEqual([["one"], 0]);
  });

  test("two that send what is due at the same time send it once", async () => {
    const at = startNotified(local);
    const api = await at.space("alice");
    await add(api);
    receiver.status = 500;
    await notify(api, { title: "one" });
    await at.server.settled();
    receiver.status = 200;
    receiver.received.length = 0;
    at.clock.now += HOUR;
    await Promise.all([at.server.sendDue(), at.restart().sendDue(), at.restart().sendDue()]);
    expect(receiver.titles()).toEqual(["one"]);
  });
});

test("a push waits for no receiver and fails with none; a damaged list of webhooks is the operator's trouble", async () => {
  const at = startNotified(local);
  const api = await at.space("alice");
  await add(api);
  const gate = Promise.withResolvers<Response>();
  receiver.answer = () => gate.promise;
  const files = [{ path: "a.ts", language: "typescript", contents: "export {};\n" }];
  await pushIndex(api, await makeRealIndex({ repo: "demo", commits: [files] }));
  expect(await outcome(api("/v1/refs/demo"))).toBe("200");
  gate.resolve(new Response(null, { status: 500 }));
  await at.server.settled();
  await at.memory.put("alice/webhooks.json", new TextEncoder().encode("{"));
  await pushIndex(api, await makeRealIndex({ repo: "second", commits: [files] }));
  expect((await notify(api, { title: "kept" })).status).toBe(201);
  await at.server.settled();
  expect(await titlesOf(api)).toContain("kept");
  expect(at.failures.map(({ path }) => path)).toEqual(["a delivery of a notice", "a delivery of a notice"]);
});

async function keyIn(at: At, userId: string): Promise<string> {
  const answer = await at.admin("/v1/admin/keys", {
    method: "POST",
    body: JSON.stringify({ userId, scopes: ["read", "notify", "admin"] }),
  });
  return ((await answer.json()) as { apiKey: string }).apiKey;
}
