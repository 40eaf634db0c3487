/**
 * Wrong admin tokens and wrong keys are turned away after some tens, by address, on workerd and in `repobase serve`; keys that were right before go on.
 */
import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Home } from "../../src/home/home.ts";
import { serve } from "../../src/porcelain/cloud/serve.ts";
import { addressGroup, FAILURE_LIMIT, FailedAttempts } from "../../src/server/failed-attempts.ts";
import { memoryRateLimit } from "../../src/server/rate-limit.ts";
import { startWorker } from "../helpers/worker-server.ts";
import { apiClient, outcome } from "./api-client.ts";

interface Guessed {
  readonly url: string;
  readonly adminToken: string;
  readonly goodKey: string;
  readonly freshKey: string;
  /** How a request says where it is from. */
  readonly from: (address: string) => Record<string, string>;
  stop(): Promise<void>;
}

async function onWorkerd(): Promise<Guessed> {
  const server = await startWorker({ failureLimit: FAILURE_LIMIT });
  return {
    url: server.url,
    adminToken: server.adminToken,
    goodKey: await server.issueKey("alice"),
    freshKey: await server.issueKey("bob"),
    from: (address) => ({ "cf-connecting-ip": address }),
    stop: () => server.stop(),
  };
}

async function onServe(): Promise<Guessed> {
  const dir = await mkdtemp(join(tmpdir(), "repobase-guess-"));
  const options = { port: 0, host: "127.0.0.1", data: null, corsOrigins: [], ratePerMinute: 0, behindProxy: true };
  const quiet = { quota: {}, log: () => undefined, debug: false };
  const server = await serve({ ...options, ...quiet, home: Home.open({ REPOBASE_HOME: dir }) });
  const { apiKey = "", adminToken = "" } = server.firstKey ?? {};
  const issued = await apiClient(server.url, adminToken)("/v1/admin/keys", {
    method: "POST",
    body: '{"userId":"bob"}',
  });
  return {
    url: server.url,
    adminToken,
    goodKey: apiKey,
    freshKey: ((await issued.json()) as { apiKey: string }).apiKey,
    // what the client wrote itself stands first
    from: (address) => ({ "x-forwarded-for": `10.9.9.9, ${address}` }),
    async stop() {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

test.each([
  ["workerd", 600, onWorkerd],
  ["serve", 3000, onServe],
] as const)(
  "%s: of %d wrong admin tokens some tens are looked at",
  async (_, guesses, start) => {
    const server = await start();
    try {
      const ask = (token: string, path: string, address: string) =>
        outcome(apiClient(server.url, token)(path, { headers: server.from(address) }));
      const admin = (token: string, address: string) => ask(token, "/v1/admin/keys?userId=alice", address);
      expect(await ask(server.goodKey, "/v1/whoami", "192.0.2.1")).toBe("200");
      const seen = new Map<string, number>();
      for (let at = 0; at < guesses; at += 50) {
        const batch = Array.from({ length: 50 }, (__, i) => admin(`wrong-token-number-${at + i}`, "192.0.2.1"));
        for (const answer of await Promise.all(batch)) seen.set(answer, (seen.get(answer) ?? 0) + 1);
      }
      expect([...seen.keys()].sort()).toEqual(["401 unauthorized", "429 rate_limited"]);
      // the limiters' windows follow the clock, so a burst may fall into two of them
      expect(seen.get("401 unauthorized")).toBeLessThanOrEqual(2 * FAILURE_LIMIT);
      // a right one among many guesses is not found out
      expect(await admin(server.adminToken, "192.0.2.1")).toBe("429 rate_limited");
      expect(await ask(`rb_${"A".repeat(43)}`, "/v1/whoami", "192.0.2.1")).toBe("429 rate_limited");
      expect(await ask(server.freshKey, "/v1/whoami", "192.0.2.1")).toBe("429 rate_limited");
      // who was let in before from there goes on, and other places are not concerned
      expect(await ask(server.goodKey, "/v1/whoami", "192.0.2.1")).toBe("200");
      expect(await admin(server.adminToken, "192.0.2.2")).toBe("200");
      expect(await ask(server.freshKey, "/v1/whoami", "192.0.2.2")).toBe("200");
      const refused = await apiClient(server.url, "nonsense")("/v1/whoami", { headers: server.from("192.0.2.1") });
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    } finally {
      await server.stop();
    }
  },
  60_000,
);

test("who was turned away may try again later", async () => {
  let now = 0;
  const clock = () => now;
  const attempts = new FailedAttempts(memoryRateLimit({ limit: 2, period: 60, now: clock }), clock);
  const fail = () =>
    attempts.count("a").then(
      () => "counted",
      () => "refused",
    );
  expect([await fail(), await fail(), await fail()]).toEqual(["counted", "counted", "refused"]);
  expect(() => attempts.refuse("a")).toThrow("too many wrong keys");
  expect(() => attempts.refuse("b")).not.toThrow();
  now = 60_000;
  expect(() => attempts.refuse("a")).not.toThrow();
  expect(await fail()).toBe("counted");
});

test("a limiter in memory stays small, whoever asks", async () => {
  const limit = memoryRateLimit({ limit: 1, period: 60, now: () => 0 });
  const before = process.memoryUsage.rss();
  for (let i = 0; i < 300_000; i++) await limit(`address-${i}`);
  expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 2 ** 20);
  expect((await limit("address-299999")).ok).toBe(false);
  expect((await limit("address-0")).ok).toBe(true);
});

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:0db8:0001:0002::9", "2001:db8:1:2"],
  ["2001:db8::1", "2001:db8:0:0"],
  ["::1", "0:0:0:0"],
  ["fe80::1%eth0", "fe80:0:0:0"],
  [undefined, "unknown"],
])("%p is counted as %p", (address, group) => expect(addressGroup(address)).toBe(group));
