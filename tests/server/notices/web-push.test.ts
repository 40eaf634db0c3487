/** Web push: encrypted for the device and signed by the server, as an independent receiver finds; to those alone who may read the space. */
import { expect, test } from "bun:test";
import { MAX_NOTICE_BODY, type PushMessage, type PushSubscriptionInfo } from "../../../src/protocol/notice-api.ts";
import type { AppOptions } from "../../../src/server/app.ts";
import { Registry } from "../../../src/server/identity/registry.ts";
import { issueKey } from "../../../src/server/key-store.ts";
import { type Api, outcome, pushIndex } from "../api-client.ts";
import { makeRealIndex } from "../real-index.ts";
import { ADMIN_TOKEN, notify, ORIGIN, startNotified, titlesOf } from "./notified.ts";
import { checkVapid, PushDevice, type SentPush } from "./push-device.ts";

const SERVICE = "https://push.example";

/** A server, and the push service of all devices: it answers with the status of an endpoint, else 201. */
function start(options: Partial<AppOptions> = {}) {
  const sent: SentPush[] = [];
  const statuses = new Map<string, number | Error>();
  const fetch = async (url: string, { headers, body }: RequestInit) => {
    sent.push({ url, headers: headers as Record<string, string>, body: body as Uint8Array });
    const status = statuses.get(url) ?? 201;
    if (status instanceof Error) throw status;
    return new Response(null, { status });
  };
  const noticeLimit = async () => ({ ok: true, retryAfter: 0 });
  const at = startNotified({ noticeLimit, ...options, outbound: { fetch } });
  const told = async (api: Api, title: string) => {
    sent.length = 0;
    await notify(api, { title });
    await at.server.settled();
    return sent.map(({ url }) => url.slice(SERVICE.length + 1)).toSorted();
  };
  return { ...at, sent, statuses, told };
}

const subscribe = (api: Api, device: PushDevice, more: object = {}) =>
  api("/v1/push/subscriptions", { method: "POST", body: JSON.stringify({ ...device.subscription, ...more }) });
const device = (name: string) => new PushDevice(`${SERVICE}/${name}`);
const keyOf = async (api: Api) => ((await (await api("/v1/push/key")).json()) as { publicKey: string }).publicKey;
const listOf = async (api: Api) =>
  ((await (await api("/v1/push/subscriptions")).json()) as { subscriptions: PushSubscriptionInfo[] }).subscriptions;
const remove = (api: Api, id: string) => api(`/v1/push/subscriptions/${id}`, { method: "DELETE" });

test("the receiver of these tests reads the example of RFC 8291", () => {
  const example = new PushDevice("", {
    privateKey: "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94",
    auth: "BTBZMqHH6r4Tts7J_aSIgg",
  });
  const body =
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
  expect(example.decrypt(Buffer.from(body, "base64url"))).toBe("When I grow up, I want to be a watermelon");
});

test("a push is decrypted by the device it is for and by no other, and its push service knows who sent it", async () => {
  const at = start();
  const api = await at.space("alice");
  const key = await keyOf(api);
  expect(Buffer.from(key, "base64url")).toHaveLength(65);
  const [phone, other] = [device("phone"), device("phone")];
  const made = (await (await subscribe(api, phone, { label: "phone" })).json()) as PushSubscriptionInfo;
  expect(made).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{32}$/),
    service: "push.example",
    kinds: ["push.refused", "quota.near", "task.result", "webhook.disabled"],
    label: "phone",
    created: "2026-11-25T12:00:00.000Z",
  });
  expect(await at.told(api, "Grüße ✓")).toEqual(["phone"]);
  const [push = { url: "", headers: {}, body: new Uint8Array() }] = at.sent;
  const message = JSON.parse(phone.decrypt(push.body)) as PushMessage;
  expect(message).toEqual({
    id: expect.any(String),
    space: "alice",
    kind: "task.result",
    at: "2026-11-25T12:00:00.000Z",
    title: "Grüße ✓",
    body: null,
    url: null,
  });
  expect(() => other.decrypt(push.body)).toThrow();
  expect(push.headers).toMatchObject({ ttl: "86400", "content-encoding": "aes128gcm", urgency: "normal" });
  expect(push.headers["topic"]).toBeUndefined();
  const { aud, sub, exp } = checkVapid(push, key);
  expect([aud, sub]).toEqual([SERVICE, ORIGIN]);
  expect(Number(exp) - Date.now() / 1000).toBeWithin(3600, 86_400);
  expect(() => checkVapid(push, phone.subscription.keys.p256dh)).toThrow("somebody else");
  const forged = { ...push, headers: { ...push.headers, authorization: `vapid t=${"e30.e30.AAAA"}, k=${key}` } };
  expect(() => checkVapid(forged, key)).toThrow();
});

test("the longest notice fits, and its body is cut between characters", async () => {
  const at = start();
  const api = await at.space("alice");
  const phone = device("phone");
  await subscribe(api, phone);
  const long = {
    title: "\u0001".repeat(200),
    body: "😀\u0002".repeat(1300),
    url: `https://x.example/${"é".repeat(400)}`,
  };
  expect(long.body.length).toBeLessThanOrEqual(MAX_NOTICE_BODY);
  await notify(api, long);
  await at.server.settled();
  const [push] = at.sent;
  expect(push?.body.length).toBeLessThanOrEqual(4096);
  const message = JSON.parse(phone.decrypt(push?.body ?? new Uint8Array())) as PushMessage;
  expect([message.title, message.url]).toEqual([long.title, long.url]);
  expect(message.body?.length).toBeGreaterThan(100);
  expect(
    message.body?.endsWith("…") && message.body.isWellFormed() && long.body.startsWith(message.body.slice(0, -2)),
  ).toBe(true);
});

test("a push of an index is one topic of its repository, for those who want it", async () => {
  const at = start();
  const api = await at.space("alice");
  await subscribe(api, device("phone"));
  await subscribe(api, device("desk"), { kinds: ["index.updated"] });
  const pushes = async (repo: string, contents: string) => {
    at.sent.length = 0;
    await pushIndex(
      api,
      await makeRealIndex({ repo, commits: [[{ path: "a.ts", language: "typescript", contents }]] }),
    );
    await at.server.settled();
    return at.sent.map(({ url, headers }) => ({ url, topic: headers["topic"] }));
  };
  const [first, ...more] = await pushes("demo", "export const a = 1;\n");
  expect([first?.url, more]).toEqual([`${SERVICE}/desk`, []]);
  expect(first?.topic).toMatch(/^[0-9a-f]{32}$/);
  const [other] = await pushes("second", "export const a = 2;\n");
  expect(other?.topic).not.toBe(first?.topic);
});

test("the same endpoint again changes the subscription; each sees and removes their own; there are ten at most", async () => {
  const at = start();
  const [api, desk, bob] = [await at.space("alice"), await at.space("alice"), await at.space("bob")];
  const phone = device("phone");
  const [{ id } = { id: "" }] = (await subscribe(api, phone)) && (await listOf(api));
  at.clock.now += 5000;
  expect(await outcome(subscribe(api, phone, { kinds: ["quota.near", "quota.near"], label: "new" }))).toBe("201");
  expect(await listOf(api)).toMatchObject([
    { id, kinds: ["quota.near"], label: "new", created: "2026-11-25T12:00:00.000Z" },
  ]);
  for (const other of [desk, bob]) {
    expect(await listOf(other)).toEqual([]);
    expect(await outcome(remove(other, id))).toBe("404 not_found");
  }
  expect(await outcome(remove(api, id))).toBe("200");
  expect(await listOf(api)).toEqual([]);
  for (let i = 0; i < 10; i++) expect(await outcome(subscribe(api, device(`${i}`)))).toBe("201");
  expect(await outcome(subscribe(api, device("one more")))).toBe("413 quota_exceeded");
  expect(await outcome(subscribe(api, device("3")))).toBe("201");
  expect(await outcome(subscribe(desk, device("desk")))).toBe("201");
  expect(await at.told(bob, "of another space")).toEqual([]);
  expect(await outcome((await at.space("alice", ["notify"]))("/v1/push/key"))).toBe("403 forbidden");
});

test("what is no subscription of a browser is refused", async () => {
  const api = await start().space("alice");
  const { endpoint, keys } = device("phone").subscription;
  const point = Buffer.from(keys.p256dh, "base64url");
  point[40]! ^= 1;
  for (const wrong of [
    { endpoint: "http://push.example/a", keys },
    { endpoint: "https://10.0.0.1/a", keys },
    { endpoint: "https://push.internal/a", keys },
    { endpoint, keys: { ...keys, auth: "AAAA" } },
    { endpoint, keys: { ...keys, p256dh: keys.p256dh.slice(4) } },
    { endpoint, keys: { ...keys, p256dh: point.toString("base64url") } },
    { endpoint, keys: { ...keys, auth: "not base64!" } },
    { endpoint, keys, kinds: ["everything"] },
    { endpoint, keys, label: "x".repeat(101) },
    { endpoint },
  ])
    expect(await outcome(api("/v1/push/subscriptions", { method: "POST", body: JSON.stringify(wrong) }))).toBe(
      "400 usage",
    );
  expect(await listOf(api)).toEqual([]);
});

test("a device that is gone is removed; one whose push service has trouble is not, and neither holds up the others", async () => {
  const at = start();
  const api = await at.space("alice");
  for (const name of ["gone", "unknown", "busy", "dead", "well"]) await subscribe(api, device(name));
  at.statuses.set(`${SERVICE}/gone`, 410).set(`${SERVICE}/unknown`, 404).set(`${SERVICE}/busy`, 503);
  at.statuses.set(`${SERVICE}/dead`, new Error("no route"));
  expect(await at.told(api, "one")).toEqual(["busy", "dead", "gone", "unknown", "well"]);
  expect(await listOf(api)).toHaveLength(3);
  expect(await at.told(api, "two")).toEqual(["busy", "dead", "well"]);
  expect([at.failures, await titlesOf(api)]).toMatchObject([[], { length: 2 }]);
});

test("who may no longer read the space is sent nothing: a key that is revoked, a member who left", async () => {
  const at = start();
  const api = await at.space("alice");
  const lost = await at.space("alice", ["read"], "lost");
  const registry = new Registry(at.memory, 0, () => at.clock.now);
  const created = new Date(at.clock.now).toISOString();
  const person = { format: 1, id: "github-7", login: "carol", name: null, created, personal: null } as const;
  const carol = { role: "read", login: "carol", since: 0 } as const;
  const space = { format: 1, id: "alice", name: "A", kind: "shared", owner: null, orgs: {}, invitations: [] } as const;
  await registry.changePerson("github-7", () => ({ ...person, spaces: ["alice"] }));
  await registry.changeSpace("alice", () => ({ ...space, created, members: { "github-7": carol } }));
  const issued = await issueKey(at.memory, {
    userId: "alice",
    scopes: ["read"],
    person: "github-7",
    now: at.clock.now,
  });
  const carols = at.over(at.server, issued.apiKey);
  expect(await outcome(subscribe(carols, device("carol")))).toBe("201");
  await subscribe(lost, device("lost"));
  expect(await at.told(api, "one")).toEqual(["carol", "lost"]);
  for await (const { key } of at.memory.list("keys/"))
    if (new TextDecoder().decode((await at.memory.get(key))?.bytes).includes('"lost"')) await at.memory.delete(key);
  await registry.changeKnownSpace("alice", (now) => ({ ...now, members: {} }));
  expect(await at.told(api, "two")).toEqual([]);
  await registry.changeKnownSpace("alice", (now) => ({ ...now, members: { "github-7": carol } }));
  expect(await at.told(api, "three")).toEqual([]);
});

test("the key is made once and its private half lies sealed; with another secret of the server all subscribe anew", async () => {
  const at = start();
  const api = await at.space("alice");
  const keys = await Promise.all([keyOf(api), keyOf(api), keyOf(at.over(at.restart(), (await keyIn(at)).apiKey))]);
  expect(new Set(keys).size).toBe(1);
  const stored = JSON.parse(new TextDecoder().decode((await at.memory.get("system/push-key.json"))?.bytes)) as object;
  expect(Object.keys(stored).toSorted()).toEqual(["format", "publicKey", "sealedPrivateKey"]);
  await subscribe(api, device("old"));
  const later = start({ store: at.memory, adminToken: `${ADMIN_TOKEN} changed` });
  const api2 = later.over(later.server, (await keyIn(at)).apiKey);
  expect(await later.told(api2, "unreadable")).toEqual([]);
  const key = await keyOf(api2);
  expect(keys).not.toContain(key);
  const phone = device("new");
  await subscribe(api2, phone);
  expect(await later.told(api2, "new")).toEqual(["new"]);
  const [push] = later.sent;
  expect(push && checkVapid(push, key)["aud"]).toBe(SERVICE);
  expect(await outcome((await start({ adminToken: undefined }).space("x"))("/v1/push/key"))).toBe("403 forbidden");
});

const keyIn = (at: Pick<ReturnType<typeof start>, "memory">) =>
  issueKey(at.memory, { userId: "alice", scopes: ["read", "notify"] });
