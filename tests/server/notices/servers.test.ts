/** Notices and webhooks on real workerd and on Bun: what is done after an answer is done there too, and so is what a timer does. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Webhook as Verifier } from "standardwebhooks";
import type { IssuedWebhook } from "../../../src/protocol/notice-api.ts";
import { startWorker, type WorkerServer } from "../../helpers/worker-server.ts";
import { type Api, apiClient, outcome, pushIndex, putObject, untilTold } from "../api-client.ts";
import { startBunServer } from "../bun-server.ts";
import { makeRealIndex } from "../real-index.ts";
import { notify, titlesOf } from "./notified.ts";
import { startReceiver } from "./receiver.ts";

const ALL = ["read", "write", "notify", "admin"];
const receiver = startReceiver();
afterAll(() => receiver.stop());

describe.each([
  ["workerd", () => startWorker({ vars: { ALLOW_LOOPBACK: "1" } })],
  ["Bun", () => startBunServer()],
] as const)("%s", (name, start) => {
  let server: WorkerServer;
  let alice: Api;
  beforeAll(async () => {
    server = await start();
    alice = apiClient(server.url, await server.issueKey("alice", ALL));
  });
  afterAll(() => server.stop());

  test("a push is told after its answer, and sent to a webhook, signed", async () => {
    receiver.received.length = 0;
    const body = JSON.stringify({ url: receiver.url });
    const { secret } = (await (await alice("/v1/space/webhooks", { method: "POST", body })).json()) as IssuedWebhook;
    const came = receiver.next();
    const files = [{ path: "a.ts", language: "typescript", contents: "export {};\n" }];
    await pushIndex(alice, await makeRealIndex({ repo: "demo", commits: [files] }));
    const { headers, body: sent } = await came;
    const [notice] = await untilTold(alice);
    expect(new Verifier(secret).verify(sent, Object.fromEntries(headers))).toMatchObject({
      type: "index.updated",
      data: { ...notice, space: "alice" },
    });
  });

  test("a key that only notifies does that and sees nothing", async () => {
    const agent = apiClient(server.url, await server.issueKey("bob", ["notify"]));
    const bob = apiClient(server.url, await server.issueKey("bob", ["read"]));
    expect((await notify(agent, { title: "done", idempotencyKey: "1" })).status).toBe(201);
    expect((await notify(agent, { title: "done", idempotencyKey: "1" })).status).toBe(200);
    for (const path of ["/v1/notifications", "/v1/whoami", "/v1/me", "/v1/search?q=x", "/v1/space/webhooks"])
      expect([path, await outcome(agent(path))]).toEqual([path, "403 forbidden"]);
    expect(await titlesOf(bob)).toEqual(["done"]);
    expect(await titlesOf(alice)).not.toContain("done");
  });

  test("a push that is refused is told", async () => {
    const carol = apiClient(server.url, await server.issueKey("carol", ["read", "write"]));
    const admin = apiClient(server.url, server.adminToken);
    const quota = { method: "PUT", body: JSON.stringify({ bytes: 10 }) };
    expect(await outcome(admin("/v1/admin/users/carol/quota", quota))).toBe("200");
    const refused = putObject(carol, "demo/files.lance/data/x.lance", new Uint8Array(100));
    expect(await outcome(refused)).toBe("413 quota_exceeded");
    expect(await untilTold(carol)).toMatchObject([{ kind: "push.refused", repo: { id: "demo" } }]);
  });

  test(`the ${name === "Bun" ? "timer" : "cron trigger"} sees to what waits`, async () => {
    const [id, nothing] = ["wh_0123456789abcdef", new Uint8Array(0)];
    const keys = [
      `system/webhooks/alice/${id}`,
      `alice/deliveries/${id}/0000000000001-0-0000000000001-0123456789abcdef`,
    ];
    for (const key of keys) await server.bucket.put(key, nothing);
    await server.runCron();
    // of a webhook that is gone nothing waits any more
    for (const key of keys) expect(await server.bucket.get(key)).toBeUndefined();
  });
});
