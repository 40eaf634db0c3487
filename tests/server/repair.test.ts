/**
 * What a repair may replace in the bucket: an object by the very bytes that the ref's manifest names for it, a document by the bytes of its
 * name, a ref nobody can read by whoever knows its etag. On workerd and on Bun: one keeps hashes, the other computes them.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { REPAIR_HEADER, SHA256_HEADER } from "../../src/protocol/cloud-api.ts";
import { sha256Hex } from "../../src/protocol/hash.ts";
import { startWorker, type WorkerServer } from "../helpers/worker-server.ts";
import { type Api, apiClient, outcome, putRef, pushIndex, refOf } from "./api-client.ts";
import { startBunServer } from "./bun-server.ts";
import { makeRealIndex, type RealIndex } from "./real-index.ts";

const FILES = [{ path: "a.ts", language: "TypeScript", contents: "export function openVault() {}\n" }];
const SEARCH = "/v1/search?q=vault&mode=keyword&repo=demo";

let index: RealIndex;
beforeAll(async () => {
  index = await makeRealIndex({ repo: "demo", commits: [FILES] });
});

describe.each([
  ["workerd", () => startWorker()],
  ["Bun", () => startBunServer()],
] as const)("%s", (_, start) => {
  let server: WorkerServer;
  let api: Api;
  beforeAll(async () => {
    server = await start();
    api = apiClient(server.url, await server.issueKey("ada"));
    await pushIndex(api, index);
  });
  afterAll(() => server.stop());

  const put = async (path: string, body: Uint8Array, repair: boolean) =>
    outcome(
      api(`/v1/index/demo/${path}`, {
        method: "PUT",
        body,
        headers: { [SHA256_HEADER]: await sha256Hex(body), ...(repair && { [REPAIR_HEADER]: "1" }) },
      }),
    );
  const damage = async (key: string): Promise<Uint8Array> => {
    const whole = (await server.bucket.get(`ada/${key}`)) as Uint8Array;
    const damaged = whole.slice();
    const middle = damaged.length >> 1;
    damaged[middle] = (damaged[middle] as number) ^ 4;
    await server.bucket.put(`ada/${key}`, damaged);
    return whole;
  };

  test("a damaged object is told by HEAD, refused to all but a repair, and to a repair with other bytes", async () => {
    const [path, whole] = [...index.objects].find(([name]) => name.includes("/data/")) as [string, Uint8Array];
    await damage(`index/demo/${path}`);
    const headed = await api(`/v1/index/demo/${path}`, { method: "HEAD" });
    expect(headed.headers.get(SHA256_HEADER)).not.toBe(await sha256Hex(whole));
    const answer = await api(SEARCH);
    expect([answer.status, await answer.json()]).toMatchObject([
      500,
      { code: "corrupt_index", hint: "mend it with: repobase repair --remote demo" },
    ]);
    expect(await put(path, whole, false)).toBe("409 exists");
    expect(await put(path, new TextEncoder().encode("not what the manifest says"), true)).toBe("409 exists");
    expect(await put(path, whole, true)).toBe("201");
    expect(await put(path, whole, true)).toBe("200");
    expect(await outcome(api(SEARCH))).toBe("200");
  });

  test("whole objects and names that no manifest has stay create-only, repair or not", async () => {
    const [path] = [...index.objects][0] as [string, Uint8Array];
    const other = new TextEncoder().encode("other bytes");
    expect(await put(path, other, true)).toBe("409 exists");
    expect(await put("files.lance/data/unnamed.lance", other, true)).toBe("201");
    expect(await put("files.lance/data/unnamed.lance", new TextEncoder().encode("more"), true)).toBe("409 exists");
  });

  test("a damaged snapshot and a damaged manifest take the bytes of their names", async () => {
    const { tableId } = index.manifest;
    const [snapshot] = index.snapshots;
    const names: [string, string, Uint8Array][] = [
      [
        `snapshots/demo/${tableId}/${snapshot?.sha256}.json`,
        `/v1/snapshots/demo/${tableId}/${snapshot?.sha256}`,
        snapshot?.bytes ?? new Uint8Array(),
      ],
      [`manifests/demo/${index.manifestSha256}.json`, `/v1/manifest/demo/${index.manifestSha256}`, index.manifestBytes],
    ];
    for (const [key, url, bytes] of names) {
      await damage(key);
      expect(await outcome(api(url, { method: "PUT", body: bytes }))).toBe("201");
      expect(await server.bucket.get(`ada/${key}`)).toEqual(bytes);
    }
  });

  test("a damaged ref is refused, and replaced by one that names a whole index", async () => {
    await damage("refs/demo.json");
    expect(await outcome(api(SEARCH))).toBe("500 corrupt_index");
    const etag = (await api("/v1/refs/demo", { method: "HEAD" })).headers.get("etag") ?? "";
    const ref = refOf(index, { generation: 9 });
    expect(await outcome(putRef(api, "demo", ref, { "if-match": '"another"' }))).toBe("412 remote_moved");
    expect(await outcome(putRef(api, "demo", ref, { "if-match": etag }))).toBe("200");
    expect(await outcome(api(SEARCH))).toBe("200");
  });
});
