/** What a user may keep: refused before bytes are taken, told by whoami, set by the admin; on workerd and on Bun. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { WhoAmI } from "../../src/protocol/cloud-api.ts";
import { DEFAULT_QUOTA, type UserQuota } from "../../src/protocol/quota.ts";
import { inLong } from "../helpers/long.ts";
import { startWorker } from "../helpers/worker-server.ts";
import type { WorkerServer } from "../helpers/worker-server.ts";
import { type Api, apiClient, outcome, pushIndex, putObject, uploadParts, putRef, refOf, FIRST } from "./api-client.ts";
import { startBunServer } from "./bun-server.ts";
import { makeRealIndex } from "./real-index.ts";
import type { RealIndex } from "./real-index.ts";

const FILES = ["a", "b", "c"].map((name) => ({
  path: `${name}.ts`,
  language: "typescript",
  contents: `export function ${name}() {}\n`,
}));

describe.each([
  // a request there costs ten times as much
  ["workerd", () => startWorker(), inLong(200, 60)],
  ["Bun", () => startBunServer(), 200],
] as const)("%s", (_, start, names) => {
  let server: WorkerServer;
  let index: RealIndex;
  let admin: Api;
  beforeAll(async () => {
    server = await start();
    admin = apiClient(server.url, server.adminToken);
    index = await makeRealIndex({ repo: "demo", commits: [FILES] });
  });
  afterAll(() => server.stop());

  const userOf = async (userId: string) => apiClient(server.url, await server.issueKey(userId));
  const whoami = async (api: Api) => (await (await api("/v1/whoami")).json()) as WhoAmI;
  const setQuota = async (userId: string, quota: object) => {
    const answer = await admin(`/v1/admin/users/${userId}/quota`, { method: "PUT", body: JSON.stringify(quota) });
    return (await answer.json()) as UserQuota;
  };
  const recount = async (userId: string) =>
    (await (await admin(`/v1/admin/users/${userId}/recount`, { method: "POST" })).json()) as UserQuota;
  const bytesOf = async (userId: string) =>
    (await server.bucket.list(`${userId}/`))
      .filter(({ key }) => /\/(index|manifests|snapshots)\//.test(key))
      // the server's own, made from the manifest
      .filter(({ key }) => !key.includes("/_versions/"))
      .reduce((sum, { size }) => sum + size, 0);
  const object = (i: number) => ({ path: `files.lance/data/${i}.lance`, bytes: new Uint8Array(100).fill(i) });

  test("whoami says what is used, exactly, of the default plan", async () => {
    const api = await userOf("alice");
    const limits = { repos: { used: 0, limit: 10 }, files: { used: 0, limit: 100_000 } };
    expect(await whoami(api)).toMatchObject({ plan: "default", quotaUsed: 0, quotaLimit: DEFAULT_QUOTA.bytes });
    expect((await whoami(api)).quota).toMatchObject(limits);
    await pushIndex(api, index);
    const { quota, quotaUsed } = await whoami(api);
    expect([quota?.repos.used, quota?.files.used]).toEqual([1, 3]);
    expect([quotaUsed, quota?.bytes.used]).toEqual(Array(2).fill(await bytesOf("alice")));
    expect(await outcome(api("/v1/repos/demo", { method: "DELETE" }))).toBe("200");
    expect((await whoami(api)).quota).toMatchObject({ repos: { used: 0 }, files: { used: 0 }, bytes: { used: 0 } });
  });

  test(`names count from the first object: of ${names} names by one key ten are taken, and nothing of the others is stored`, async () => {
    const api = await userOf("hoarder");
    const answers: string[] = [];
    for (let at = 0; at < names; at += 20)
      answers.push(
        ...(await Promise.all(
          Array.from({ length: 20 }, (__, i) =>
            outcome(putObject(api, `r${at + i}/${object(1).path}`, object(1).bytes)),
          ),
        )),
      );
    // of those that come at the very same moment some may be asked to come again
    const taken = answers.filter((answer) => answer === "201").length;
    expect(taken).toBeLessThanOrEqual(10);
    expect(answers.filter((answer) => !["201", "413 quota_exceeded", "503 busy"].includes(answer))).toEqual([]);
    expect(answers.at(-1)).toBe("413 quota_exceeded");
    expect((await server.bucket.list("hoarder/index/")).length).toBe(taken);
    expect((await whoami(api)).quota?.repos).toEqual({ used: taken, limit: 10 });
  });

  test("bytes are refused before they are taken; what is there already is no byte", async () => {
    const api = await userOf("bulky");
    expect(await setQuota("bulky", { bytes: 350 })).toMatchObject({ plan: "custom", quota: { bytes: { limit: 350 } } });
    const put = (i: number) => putObject(api, `demo/${object(i).path}`, object(i).bytes);
    expect([await outcome(put(1)), await outcome(put(2)), await outcome(put(3))]).toEqual(["201", "201", "201"]);
    const refused = await put(4);
    expect(refused.status).toBe(413);
    expect(await refused.json()).toMatchObject({
      code: "quota_exceeded",
      quota: "bytes",
      used: 300,
      limit: 350,
      wanted: 100,
    });
    expect(await outcome(put(3))).toBe("200");
    expect(await outcome(api(`/v1/index/demo/${object(1).path}`, { method: "DELETE" }))).toBe("200");
    expect(await outcome(put(4))).toBe("201");
    await setQuota("bulky", { bytes: null });
    expect(await outcome(put(5))).toBe("201");
    expect((await whoami(api)).quotaLimit).toBe(null);
  });

  test("a body with another hash takes nothing of the quota", async () => {
    const api = await userOf("clumsy");
    for (let i = 0; i < 3; i++)
      expect(await outcome(putObject(api, `demo/${object(i).path}`, object(i).bytes, "0".repeat(64)))).toBe(
        "422 hash_mismatch",
      );
    expect((await whoami(api)).quotaUsed).toBe(0);
  });

  test("files are counted where the ref moves: over the limit it stays where it was", async () => {
    const api = await userOf("wide");
    await setQuota("wide", { files: 2 });
    await uploadParts(api, index);
    expect(await outcome(putRef(api, "demo", refOf(index), FIRST))).toBe("413 quota_exceeded");
    expect(await outcome(api("/v1/refs/demo"))).toBe("404 repo_not_found");
    await setQuota("wide", { files: 3 });
    expect(await outcome(putRef(api, "demo", refOf(index), FIRST))).toBe("200");
  });

  test("a user whose bucket is older than the accounts is counted once, and goes on", async () => {
    const api = await userOf("old");
    await pushIndex(api, index);
    const before = await whoami(api);
    await server.bucket.delete("users/old.json");
    expect((await recount("old")).quota).toEqual(before.quota as UserQuota["quota"]);
  });

  test("what went past the server is found by a recount, and before anything is refused", async () => {
    const api = await userOf("drift");
    await setQuota("drift", { bytes: 1000 });
    await server.bucket.put("drift/index/lost/files.lance/data/x.lance", new Uint8Array(900));
    expect((await recount("drift")).quota).toMatchObject({ repos: { used: 1 }, bytes: { used: 900 } });
    expect(await outcome(putObject(api, `lost/${object(1).path}`, object(1).bytes))).toBe("201");
    expect(await outcome(putObject(api, `lost/${object(2).path}`, object(2).bytes))).toBe("413 quota_exceeded");
  });

  test("a damaged account is said, and mended by a recount", async () => {
    const api = await userOf("broken");
    await server.bucket.put("users/broken.json", new TextEncoder().encode('{"format":1}'));
    expect(await outcome(api("/v1/whoami"))).toBe("500 damaged_config");
    await recount("broken");
    expect(await outcome(api("/v1/whoami"))).toBe("200");
  });

  test.each([
    ["a limit below 0", "bob", { repos: -1 }],
    ["text", "bob", { bytes: "10 GB" }],
    ["a reserved user", "keys", { repos: 1 }],
    ["no user id", "Bob", { repos: 1 }],
  ])("the admin may not set %s", async (__, user, body) =>
    expect(await outcome(admin(`/v1/admin/users/${user}/quota`, { method: "PUT", body: JSON.stringify(body) }))).toBe(
      "400 usage",
    ),
  );

  test("no user may set a quota, or name the record", async () => {
    const api = await userOf("mallory");
    const body = '{"repos":1000}';
    expect(await outcome(api("/v1/admin/users/mallory/quota", { method: "PUT", body }))).toBe("401 unauthorized");
    expect(await outcome(admin("/v1/admin/keys", { method: "POST", body: '{"userId":"users"}' }))).toBe("400 usage");
  });
});
