import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { MemoryStore } from "../../src/store/memory-store.ts";
import { createApp } from "../../src/server/app.ts";
import { describeFailure } from "../../src/server/failure.ts";
import type { Failure } from "../../src/server/failure.ts";
import { issueKey } from "../../src/server/key-store.ts";
import { startWorker } from "../helpers/worker-server.ts";
import type { SentAway, WorkerServer } from "../helpers/worker-server.ts";
import { apiClient, outcome } from "./api-client.ts";
import { checkVapid, PushDevice } from "./notices/push-device.ts";

const ORIGIN = "https://app.example";

let server: WorkerServer;
const arrived = Promise.withResolvers<SentAway>();
beforeAll(async () => {
  server = await startWorker({
    vars: { CORS_ORIGINS: `${ORIGIN}, https://second.example` },
    rateLimit: { limit: 5, period: 60 },
    receiver: async (request) => {
      arrived.resolve(request);
      return 204;
    },
  });
});
afterAll(() => server.stop());

describe("the open part", () => {
  test("says that it lives, and nothing else", async () => {
    const answer = await fetch(`${server.url}/healthz`);
    expect([answer.status, await answer.json()]).toEqual([200, { ok: true }]);
  });

  test("does not show the model's files", async () =>
    expect(await outcome(fetch(`${server.url}/model/table-000.i8`))).toBe("404 not_found"));
  test("knows no other routes", async () => {
    expect(await outcome(fetch(`${server.url}/nope`))).toBe("404 not_found");
    expect(await outcome(fetch(server.url, { method: "POST", body: "x" }))).toBe("404 not_found");
    expect(await outcome(fetch(`${server.url}/v1/nope`))).toBe("401 unauthorized");
  });

  test("guards every answer with headers, errors too", async () => {
    for (const path of ["/healthz", "/v1/whoami", "/assets/nope.js", "/nope"]) {
      const { headers } = await fetch(server.url + path);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("strict-transport-security")).toStartWith("max-age=");
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      expect(headers.get("cache-control")).toBe("no-store");
    }
  });
});

test("web push is sent after the answer, as its receiver expects it", async () => {
  const api = apiClient(server.url, await server.issueKey("pushed", ["read", "notify"]));
  const post = (path: string, body: object) => api(path, { method: "POST", body: JSON.stringify(body) });
  const { publicKey } = (await (await api("/v1/push/key")).json()) as { publicKey: string };
  const phone = new PushDevice("https://push.example/phone");
  expect(await outcome(post("/v1/push/subscriptions", phone.subscription))).toBe("201");
  expect(await outcome(post("/v1/notifications", { title: "done" }))).toBe("201");
  const push = await arrived.promise;
  expect(push.url).toBe(phone.endpoint);
  expect(JSON.parse(phone.decrypt(push.body))).toMatchObject({ title: "done", space: "pushed" });
  expect(checkVapid(push, publicKey)).toMatchObject({ aud: "https://push.example" });
});

describe("CORS", () => {
  const preflight = (origin: string) =>
    fetch(`${server.url}/v1/search`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,if-match",
      },
    });
  test("a listed origin may ask, with the headers it needs", async () => {
    const { headers, status } = await preflight(ORIGIN);
    expect([status, headers.get("access-control-allow-origin")]).toEqual([204, ORIGIN]);
    expect(headers.get("access-control-allow-headers")?.toLowerCase()).toContain("authorization");
    expect(headers.get("access-control-allow-credentials")).toBeNull();
    const answer = await fetch(`${server.url}/v1/whoami`, { headers: { origin: "https://second.example" } });
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([401, "https://second.example"]);
    expect(answer.headers.get("access-control-expose-headers")?.toLowerCase()).toContain("etag");
  });
  test("another origin gets no permission", async () => {
    expect((await preflight("https://evil.example")).headers.get("access-control-allow-origin")).toBeNull();
  });
  test("without any setting, nobody does; with *, everybody", async () => {
    for (const [corsOrigins, allowed] of [
      [[], null],
      [["*"], "*"],
    ] as const) {
      const app = createApp({
        store: new MemoryStore(),
        embedQuery: async () => undefined,
        adminToken: undefined,
        corsOrigins,
      });
      const answer = await app.request("/v1/whoami", { headers: { origin: ORIGIN } });
      expect(answer.headers.get("access-control-allow-origin")).toBe(allowed);
    }
  });
});

describe("the rate limit", () => {
  test("is per user, and says when to come back", async () => {
    // the simulator's windows follow the clock: start early in one, so that the burst does not straddle two
    const intoWindow = Date.now() % 60_000;
    if (intoWindow > 57_000) await Bun.sleep(60_000 - intoWindow);
    const [greedy, modest] = [
      apiClient(server.url, await server.issueKey("greedy")),
      apiClient(server.url, await server.issueKey("modest")),
    ];
    const outcomes: string[] = [];
    for (let i = 0; i < 8; i++) outcomes.push(await outcome(greedy("/v1/whoami")));
    expect(outcomes).toEqual([...Array<string>(5).fill("200"), ...Array<string>(3).fill("429 rate_limited")]);
    expect((await greedy("/v1/whoami")).headers.get("retry-after")).toBe("60");
    expect(await outcome(modest("/v1/whoami"))).toBe("200");
  });
});

describe("failures", () => {
  class FailingStore extends MemoryStore {
    override async head(): Promise<never> {
      throw new Error("/etc/secret is unreadable");
    }
  }
  test("an unknown error is told to the operator, and to the caller only that it happened", async () => {
    const failures: Failure[] = [];
    const store = new FailingStore();
    const app = createApp({
      store,
      embedQuery: async () => undefined,
      adminToken: undefined,
      onFailure: (failure) => failures.push(failure),
    });
    const { apiKey } = await issueKey(store, { userId: "alice" });
    const answer = await app.request("/v1/config", { method: "HEAD", headers: { authorization: `Bearer ${apiKey}` } });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([500, "application/problem+json"]);
    const full = await app.request("/v1/repos/demo", {
      method: "DELETE",
      headers: { authorization: `Bearer ${apiKey}` },
    });
    const text = await full.text();
    expect(JSON.parse(text)).toMatchObject({ code: "failure", status: 500 });
    expect(text).not.toContain("secret");
    expect(failures.map((failure) => describeFailure(failure, { stack: false }))).toEqual([
      "HEAD /v1/config: 500 failure: /etc/secret is unreadable",
      "DELETE /v1/repos/demo: 500 failure: /etc/secret is unreadable",
    ]);
  });
});

test("more keys than one listing holds are all found", async () => {
  const paths = Array.from(
    { length: 1005 },
    (_, i) => `lots/index/demo/files.lance/data/${String(i).padStart(4, "0")}`,
  );
  // the simulator's proxy drops connections when a hundred come at once
  for (let at = 0; at < paths.length; at += 20)
    await Promise.all(paths.slice(at, at + 20).map((path) => server.bucket.put(path, Uint8Array.of(1))));
  const api = apiClient(server.url, await server.issueKey("lots"));
  const answer = await api("/v1/repos/demo", { method: "DELETE" });
  expect(await answer.json()).toEqual({ deleted: true, id: "demo", objects: 1005 });
  expect(await server.bucket.list("lots/")).toEqual([]);
}, 20_000);
