import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { SHA256_HEADER } from "../../src/protocol/cloud-api.ts";
import { sha256Hex } from "../../src/protocol/hash.ts";
import { startWorker } from "../helpers/worker-server.ts";
import type { WorkerServer } from "../helpers/worker-server.ts";
import { apiClient, bytesOf, chunked, outcome, putObject, rawRequest } from "./api-client.ts";
import type { Api } from "./api-client.ts";

const PATH = "demo/files.lance/data/a1.lance";
const BYTES = new TextEncoder().encode("0123456789");

let server: WorkerServer;
let key: string;
let api: Api;
beforeAll(async () => {
  server = await startWorker();
  key = await server.issueKey("alice");
  api = apiClient(server.url, key);
  await putObject(api, PATH, BYTES);
});
afterAll(() => server.stop());

const read = (headers: Record<string, string>, method = "GET") => api(`/v1/index/${PATH}`, { headers, method });

describe("index objects", () => {
  test("an object comes back as it went, with its facts", async () => {
    const answer = await read({});
    expect(await bytesOf(answer)).toEqual(BYTES);
    expect(answer.headers.get("content-length")).toBe("10");
    expect(answer.headers.get(SHA256_HEADER)).toBe(await sha256Hex(BYTES));
    expect(answer.headers.get("etag")).toMatch(/^"\w+"$/);
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  test("HEAD says the same without the bytes", async () => {
    const [got, headed] = [await read({}), await read({}, "HEAD")];
    await bytesOf(got);
    for (const name of ["content-length", SHA256_HEADER, "etag", "last-modified"])
      expect(headed.headers.get(name)).toBe(got.headers.get(name));
    expect(await outcome(api("/v1/index/demo/files.lance/data/none.lance", { method: "HEAD" }))).toBe("404");
    expect(await outcome(api("/v1/index/demo/files.lance/data/none.lance"))).toBe("404 not_found");
  });

  test.each([
    ["bytes=2-4", "206", "234", "bytes 2-4/10"],
    ["bytes=7-", "206", "789", "bytes 7-9/10"],
    ["bytes=-3", "206", "789", "bytes 7-9/10"],
    ["bytes=-300", "206", "0123456789", "bytes 0-9/10"],
    ["bytes=8-99", "206", "89", "bytes 8-9/10"],
    ["bytes=0-0", "206", "0", "bytes 0-0/10"],
    ["bytes=4-2", "200", "0123456789", null],
    ["bytes=0-1,4-5", "200", "0123456789", null],
    ["lines=1-2", "200", "0123456789", null],
    ["bytes=x", "200", "0123456789", null],
  ])("Range %s", async (range, status, text, contentRange) => {
    const answer = await read({ range });
    expect([String(answer.status), await answer.text(), answer.headers.get("content-range")]).toEqual([
      status,
      text,
      contentRange,
    ]);
  });

  test.each(["bytes=10-", "bytes=99-100", "bytes=-0"])("Range %s begins past the end", async (range) => {
    const answer = await read({ range });
    expect(answer.headers.get("content-range")).toBe("bytes */10");
    expect(await outcome(answer)).toBe("416 range_not_satisfiable");
    expect(await outcome(api("/v1/index/demo/files.lance/data/none.lance", { headers: { range } }))).toBe(
      "404 not_found",
    );
  });

  test("the same bytes again are a success, other bytes are refused, the first stay", async () => {
    const again = await putObject(api, PATH, BYTES);
    expect([again.status, ((await again.json()) as { created: boolean }).created]).toEqual([200, false]);
    expect(await outcome(putObject(api, PATH, new TextEncoder().encode("9876543210")))).toBe("409 exists");
    expect(await outcome(putObject(api, PATH, new TextEncoder().encode("longer than that")))).toBe("409 exists");
    expect(await bytesOf(read({}))).toEqual(BYTES);
  });

  test("twenty at once: one writes, the others are told the same", async () => {
    const path = "demo/files.lance/data/race.lance";
    const answers = await Promise.all(Array.from({ length: 20 }, () => putObject(api, path, BYTES)));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(19).fill(200), 201]);
  });

  test("twenty different ones at once: exactly one wins", async () => {
    const path = "demo/files.lance/data/fight.lance";
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => putObject(api, path, Uint8Array.of(i))));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(19).fill(409)]);
  });

  test("an object another tool wrote, without a sha256, is compared by its bytes", async () => {
    await server.bucket.put("alice/index/demo/files.lance/data/foreign.lance", BYTES);
    expect(await outcome(putObject(api, "demo/files.lance/data/foreign.lance", BYTES))).toBe("200");
    expect(await outcome(putObject(api, "demo/files.lance/data/foreign.lance", new Uint8Array(10)))).toBe("409 exists");
  });

  test("DELETE removes, twice is no error", async () => {
    const path = "demo/files.lance/data/gone.lance";
    await putObject(api, path, BYTES);
    for (const _ of [1, 2]) expect(await outcome(api(`/v1/index/${path}`, { method: "DELETE" }))).toBe("200");
    expect(await server.bucket.get(`alice/index/${path}`)).toBeUndefined();
  });
});

describe("bad uploads leave nothing", () => {
  const path = "demo/files.lance/data/bad.lance";
  const put = (headers: Record<string, string>, body: Uint8Array | ReadableStream = BYTES) =>
    api(`/v1/index/${path}`, { method: "PUT", body, headers });
  const nothing = async () => expect(await server.bucket.get(`alice/index/${path}`)).toBeUndefined();

  test("wrong sha256", async () => {
    expect(await outcome(put({ [SHA256_HEADER]: "0".repeat(64) }))).toBe("422 hash_mismatch");
    await nothing();
  });

  test("no sha256, or nonsense for one", async () => {
    expect(await outcome(put({}))).toBe("400 usage");
    expect(await outcome(put({ [SHA256_HEADER]: "xyz" }))).toBe("400 usage");
    await nothing();
  });

  test("no Content-Length", async () => {
    expect(await outcome(put({ [SHA256_HEADER]: await sha256Hex(BYTES) }, chunked("0123456789")))).toBe(
      "411 length_required",
    );
    await nothing();
  });

  const header = (length: string) =>
    `PUT /v1/index/${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${key}\r\n${SHA256_HEADER}: ${"0".repeat(64)}\r\nContent-Length: ${length}\r\n\r\n`;

  test("a body over the limit is refused before it is sent", async () => {
    const answer = await rawRequest(server.url, header(String(64 * 1024 * 1024 + 1)));
    expect(answer).toStartWith("HTTP/1.1 413");
    expect(answer).toContain('"code":"too_large"');
    await nothing();
  });

  test("a body of exactly the limit is taken", async () => {
    const bytes = new Uint8Array(64 * 1024 * 1024);
    expect(await outcome(putObject(api, "demo/files.lance/data/largest.lance", bytes))).toBe("201");
  });

  test("a body cut half-way", async () => {
    await rawRequest(server.url, `${header("10")}01234`, true);
    await Bun.sleep(100);
    await nothing();
  });

  test.each(["files.lance/_versions/1.manifest", "files.lance/_versions/latest_version_hint.json"])(
    "%s is the server's to write",
    async (name) => {
      expect(await outcome(putObject(api, `demo/${name}`, BYTES))).toBe("400 usage");
      expect(await outcome(api(`/v1/index/demo/${name}`, { method: "DELETE" }))).toBe("400 usage");
    },
  );

  test.each([
    "demo/toplevel",
    "demo/.hidden/x",
    "demo/files.lance/.x",
    "Demo/files.lance/x",
    "d..o/files.lance/x",
    "demo/files..lance/x",
  ])("the name %s", async (name) => expect(await outcome(putObject(api, name, BYTES))).toBe("400 usage"));
});
