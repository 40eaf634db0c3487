/** The shared contract over the HTTP API of the real Worker on workerd and R2, and promise S6 seen from the client. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { sha256Hex } from "../../src/protocol/hash.ts";
import { RemoteStore } from "../../src/remote/remote-store.ts";
import { withStats } from "../../src/store/with-stats.ts";
import { withRetry } from "../../src/store/with-retry.ts";
import { codeOf, randomBytes } from "../helpers/sync-fixtures.ts";
import { startWorker, type WorkerServer } from "../helpers/worker-server.ts";
import { storeContract } from "../store/contract.ts";

let server: WorkerServer;
beforeAll(async () => {
  server = await startWorker();
});
afterAll(() => server.stop());

let users = 0;
async function newStore(): Promise<RemoteStore> {
  const userId = `contract${++users}`;
  return new RemoteStore({ endpoint: server.url, apiKey: await server.issueKey(userId), userId });
}

const limits = { lists: false, overwrites: false } as const;
storeContract("remote over the real Worker", async () => ({ store: await newStore() }), limits);
storeContract("retry of stats of remote", async () => ({ store: withRetry(withStats(await newStore())) }), limits);

describe("the remote store", () => {
  const key = "index/demo/files.lance/data/x.lance";

  test("the same bytes again are no conflict; others are, and the first stay", async () => {
    const store = await newStore();
    const bytes = randomBytes(1000);
    const onlyIf = { absent: true } as const;
    await store.put(key, bytes, { onlyIf });
    expect(await store.put(key, bytes, { onlyIf })).toBeDefined();
    expect(await store.put(key, randomBytes(1000), { onlyIf })).toBeUndefined();
    expect(await codeOf(store.put(key, randomBytes(1000)))).toBe("exists");
    expect((await store.get(key))?.sha256).toBe(await sha256Hex(bytes));
  });

  test("a wrong key, and another user's id, are told apart from nothing there", async () => {
    const wrong = new RemoteStore({ endpoint: server.url, apiKey: "rb_wrong", userId: "nobody" });
    expect(await codeOf(wrong.get(key))).toBe("unauthorized");
    expect(await codeOf(wrong.head(key))).toBe("unauthorized");
    const foreign = new RemoteStore({ endpoint: server.url, apiKey: await server.issueKey("mine"), userId: "theirs" });
    expect(await codeOf(foreign.get(key))).toBe("forbidden");
    expect(await codeOf(foreign.put(key, randomBytes(3)))).toBe("forbidden");
  });

  test("S6: one user's objects are not there for another", async () => {
    const [one, two] = [await newStore(), await newStore()];
    await one.put(key, randomBytes(10), { onlyIf: { absent: true } });
    expect(await two.get(key)).toBeUndefined();
  });

  test("more than one request may carry is refused here, before it is sent", async () => {
    const counted = withStats(await newStore());
    expect(await codeOf(counted.put(key, new Uint8Array(64 * 1024 * 1024 + 1)))).toBe("too_large");
  });

  test("what the API has no place for is refused here", async () => {
    const store = await newStore();
    for (const odd of [
      "cloud.json",
      "index/demo/x",
      "refs/demo",
      "manifests/demo/x",
      "worktrees/demo.json",
      "other/x.json",
    ])
      expect(await codeOf(store.get(odd))).toBe("usage");
    for (const fixed of ["refs/demo.json", "config.json", `manifests/demo/${"0".repeat(64)}.json`])
      expect(await codeOf(store.delete(fixed))).toBe("usage");
  });
});
