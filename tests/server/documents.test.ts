import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { SHA256_HEADER } from "../../src/protocol/cloud-api.ts";
import { canonicalJson } from "../../src/protocol/canonical-json.ts";
import { sha256Hex } from "../../src/protocol/hash.ts";
import { type Manifest, MANIFEST_FORMAT, type PackRef } from "../../src/protocol/manifest.ts";
import { encodeSnapshot, makeSnapshot } from "../../src/protocol/snapshot.ts";
import type { Snapshot } from "../../src/protocol/snapshot.ts";
import { startWorker } from "../helpers/worker-server.ts";
import type { WorkerServer } from "../helpers/worker-server.ts";
import { apiClient, bytesOf, chunked, outcome, rawRequest } from "./api-client.ts";
import type { Api } from "./api-client.ts";

const TABLE_ID = "ab".repeat(16);
const COMMIT = "c".repeat(40);
const MANIFEST: Manifest = {
  format: 1,
  repo: "demo",
  tableId: TABLE_ID,
  model: { id: "m", dim: 8 },
  chunker: "c",
  table: { name: "files.lance", version: 1, manifest: "AAAA" },
  stats: { files: 1, rows: 1, bytes: 1 },
  snapshots: { [COMMIT]: "0".repeat(64) },
  objects: [
    { path: "files.lance/data/a.lance", size: 1, sha256: "1".repeat(64) },
    { path: "files.lance/data/b.lance", size: 1, sha256: "2".repeat(64) },
  ],
};
const SNAPSHOT = makeSnapshot({ repo: "demo", tableId: TABLE_ID, commit: COMMIT, fileIds: [1, 2, 3] });

let server: WorkerServer;
let key: string;
let api: Api;
beforeAll(async () => {
  server = await startWorker();
  key = await server.issueKey("alice");
  api = apiClient(server.url, key);
});
afterAll(() => server.stop());

const encode = (value: unknown) => new TextEncoder().encode(typeof value === "string" ? value : canonicalJson(value));
async function put(prefix: string, value: unknown, sha256?: string): Promise<Response> {
  const body = value instanceof Uint8Array ? value : encode(value);
  return api(`${prefix}/${sha256 ?? (await sha256Hex(body))}`, { method: "PUT", body });
}
const stored = async () => (await server.bucket.list("alice/")).map(({ key: name }) => name);

describe("manifests", () => {
  test("one goes in under its hash and comes back the same, twice is no error", async () => {
    expect(await outcome(put("/v1/manifest/demo", MANIFEST))).toBe("201");
    expect(await outcome(put("/v1/manifest/demo", MANIFEST))).toBe("200");
    const bytes = encode(MANIFEST);
    const path = `/v1/manifest/demo/${await sha256Hex(bytes)}`;
    const answer = await api(path);
    expect(await bytesOf(answer)).toEqual(bytes);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect((await api(path, { method: "HEAD" })).headers.get("content-length")).toBe(String(bytes.length));
    expect(await outcome(api(`/v1/manifest/demo/${"e".repeat(64)}`))).toBe("404 not_found");
  });

  const object = (path: string) => ({ ...MANIFEST, objects: [{ path, size: 1, sha256: "1".repeat(64) }] });
  const packed = (change: Partial<PackRef>): Manifest => {
    const path = "files.lance/packs/p.pack";
    const [size, sha256] = [100, "4".repeat(64)];
    const pack = { path, size, sha256, rows: 1, root: { offset: 50, length: 50 }, crc32: 0, tables: 40, ...change };
    const segments = [{ files: ["data/a.lance"], rows: 1, pack }];
    return { ...MANIFEST, format: MANIFEST_FORMAT, segments, objects: [...MANIFEST.objects, { path, size, sha256 }] };
  };

  test("one with a search pack", async () => {
    expect(await outcome(put("/v1/manifest/demo", packed({})))).toBe("201");
  });

  test.each<[string, unknown, string]>([
    ["no JSON", "{", "400 usage"],
    ["bytes that are no text", Uint8Array.of(0xff, 0xfe), "400 usage"],
    ["a list", [], "400 usage"],
    ["another repository's", { ...MANIFEST, repo: "other" }, "400 usage"],
    ["a newer format", { ...MANIFEST, format: MANIFEST_FORMAT + 1 }, "501 unsupported_format"],
    ["an odd table id", { ...MANIFEST, tableId: "x" }, "400 usage"],
    ["an object that climbs", object("files.lance/../../x"), "400 usage"],
    ["an object of another table", object("other.lance/data/a.lance"), "400 usage"],
    ["an object that is a version", object("files.lance/_versions/1.manifest"), "400 usage"],
    ["an object twice", { ...MANIFEST, objects: [MANIFEST.objects[0], MANIFEST.objects[0]] }, "400 usage"],
    ["objects out of order", { ...MANIFEST, objects: MANIFEST.objects.toReversed() }, "400 usage"],
    ["a table name that climbs", { ...MANIFEST, table: { ...MANIFEST.table, name: "../files.lance" } }, "400 usage"],
    ["a pack that is no object", packed({ sha256: "3".repeat(64) }), "400 usage"],
    ["a pack whose root lies elsewhere", packed({ root: { offset: 50, length: 49 } }), "400 usage"],
    ["a pack whose tables follow its root", packed({ tables: 60 }), "400 usage"],
    ["no Lance manifest", { ...MANIFEST, table: { ...MANIFEST.table, manifest: "!" } }, "400 usage"],
    ["uncommitted work", { ...MANIFEST, snapshots: { worktree: "0".repeat(64) } }, "400 usage"],
  ])("refuses %s", async (_, value, expected) => {
    const before = await stored();
    expect(await outcome(put("/v1/manifest/demo", value))).toBe(expected);
    expect(await stored()).toEqual(before);
  });

  test("refuses a name that is not its hash, or no hash", async () => {
    expect(await outcome(put("/v1/manifest/demo", MANIFEST, "d".repeat(64)))).toBe("422 hash_mismatch");
    expect(await outcome(put("/v1/manifest/demo", MANIFEST, "D".repeat(64)))).toBe("400 usage");
    expect(await outcome(put("/v1/manifest/demo", MANIFEST, "short"))).toBe("400 usage");
  });
});

describe("snapshots", () => {
  const prefix = `/v1/snapshots/demo/${TABLE_ID}`;
  test("one goes in under its hash and comes back the same", async () => {
    const bytes = encodeSnapshot(SNAPSHOT);
    expect(await outcome(put(prefix, bytes))).toBe("201");
    expect(await outcome(put(prefix, bytes))).toBe("200");
    expect(await bytesOf(api(`${prefix}/${await sha256Hex(bytes)}`))).toEqual(bytes);
  });

  test.each<[string, unknown, string]>([
    ["another repository's", { ...SNAPSHOT, repo: "other" }, "400 usage"],
    ["another table's", { ...SNAPSHOT, tableId: "cd".repeat(16) }, "400 usage"],
    ["a newer format", { ...SNAPSHOT, format: 2 }, "501 unsupported_format"],
    ["a bitmap that is none", { ...SNAPSHOT, visible: "AAAA" } satisfies Snapshot, "400 usage"],
    ["no base64", { ...SNAPSHOT, visible: "!" } satisfies Snapshot, "400 usage"],
    ["a wrong count", { ...SNAPSHOT, files: 4 } satisfies Snapshot, "400 usage"],
    ["a number", 1, "400 usage"],
    ["null", null, "400 usage"],
  ])("refuses %s", async (_, value, expected) => {
    const before = await stored();
    expect(await outcome(put(prefix, value))).toBe(expected);
    expect(await stored()).toEqual(before);
  });
});

describe("the config", () => {
  const putConfig = (body: string, headers: Record<string, string>) =>
    api("/v1/config", { method: "PUT", body, headers });
  test("is made once, read, and changed only by who read it", async () => {
    expect(await outcome(api("/v1/config"))).toBe("404 not_found");
    const first = await putConfig('{"a":1}', { "if-none-match": "*" });
    const etag = first.headers.get("etag") ?? "";
    expect(await outcome(putConfig('{"a":2}', { "if-none-match": "*" }))).toBe("412 remote_moved");
    expect(await outcome(putConfig('{"a":2}', {}))).toBe("400 usage");
    expect(await outcome(putConfig('{"a":2}', { "if-match": etag }))).toBe("200");
    expect(await outcome(putConfig('{"a":3}', { "if-match": etag }))).toBe("412 remote_moved");
    expect(await (await api("/v1/config")).json()).toEqual({ a: 2 });
    expect(await outcome(putConfig("[]", { "if-match": etag }))).toBe("400 usage");
    expect(await outcome(putConfig("{", { "if-match": etag }))).toBe("400 usage");
  });

  test("a body that is not what its sha256 says is refused", async () => {
    const answer = putConfig("{}", { "if-none-match": "*", [SHA256_HEADER]: "0".repeat(64) });
    expect(await outcome(answer)).toBe("422 hash_mismatch");
  });
});

describe("bodies over their limit are refused before they are sent", () => {
  test.each([
    [`/v1/manifest/demo/${"0".repeat(64)}`, 16 * 1024 * 1024],
    [`/v1/snapshots/demo/${TABLE_ID}/${"0".repeat(64)}`, 16 * 1024 * 1024],
    ["/v1/refs/demo", 1024 * 1024],
    ["/v1/config", 1024 * 1024],
  ])("%s above %d bytes", async (path, limit) => {
    const head = `PUT ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nIf-None-Match: *\r\nAuthorization: Bearer ${key}\r\n`;
    const answer = await rawRequest(server.url, `${head}Content-Length: ${limit + 1}\r\n\r\n`);
    expect([answer.slice(0, 12), answer.includes('"code":"too_large"')]).toEqual(["HTTP/1.1 413", true]);
  });
});

test("what is stored as it comes needs a Content-Length", async () => {
  for (const path of [
    `/v1/manifest/demo/${"0".repeat(64)}`,
    `/v1/snapshots/demo/${TABLE_ID}/${"0".repeat(64)}`,
    "/v1/refs/demo",
  ]) {
    const body = chunked("{}");
    expect(await outcome(api(path, { method: "PUT", body, headers: { "if-none-match": "*" } }))).toBe(
      "411 length_required",
    );
  }
});

test("a question without one is read up to its limit", async () => {
  const ask = (body: string) => api("/v1/search", { method: "POST", body: chunked(body) });
  expect(await outcome(ask('{"q":"x"}'))).toBe("200");
  expect(await outcome(ask(`{"q":"${"x".repeat(1024 * 1024)}"}`))).toBe("413 too_large");
});
