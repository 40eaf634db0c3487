import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { connect } from "@lancedb/lancedb";
import { lanceVersionFile } from "../../src/protocol/keys.ts";
import { encodeManifest, formatFor } from "../../src/protocol/manifest.ts";
import type { Manifest } from "../../src/protocol/manifest.ts";
import { sha256Hex } from "../../src/protocol/hash.ts";
import type { Ref } from "../../src/protocol/ref.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";
import type { ObjectInfo, PutOptions } from "../../src/store/object-store.ts";
import { createApp } from "../../src/server/app.ts";
import { issueKey } from "../../src/server/key-store.ts";
import { startWorker } from "../helpers/worker-server.ts";
import type { WorkerServer } from "../helpers/worker-server.ts";
import { FIRST, apiClient, bytesOf, outcome, pushIndex, putRef, refOf, uploadParts } from "./api-client.ts";
import { queryTerms } from "../../src/search/terms.ts";
import type { Api } from "./api-client.ts";
import { startBunServer } from "./bun-server.ts";
import { makeRealIndex } from "./real-index.ts";
import type { RealIndex } from "./real-index.ts";

const file = (path: string, contents: string) => ({ path, language: "typescript", contents });
const ONE = [
  file("src/open.ts", "export function openStream() {\n  return 1;\n}\n"),
  file("src/close.ts", "export function closeStream() {}\n"),
];
const TWO = [file("src/open.ts", "export function openStream() {\n  return 2;\n}\n")];

let server: WorkerServer;
let long: RealIndex;
/** Another table under the same name, with a lower version number. */
let short: RealIndex;
let user = 0;
let userId: string;
let api: Api;
beforeAll(async () => {
  long = await makeRealIndex({ repo: "demo", commits: [ONE, TWO] });
  short = await makeRealIndex({ repo: "demo", commits: [TWO] });
});
/** All that follows in this block asks one server, each test as a user of its own. */
function serveWith(start: () => Promise<WorkerServer>): void {
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    userId = `user-${++user}`;
    api = apiClient(server.url, await server.issueKey(userId));
  });
}

const currentRef = async () => ((await (await api("/v1/refs/demo")).json()) as Ref).manifest;
const versionsOf = async () =>
  (await server.bucket.list(`${userId}/index/demo/files.lance/_versions/`))
    .map(({ key }) => key.split("files.lance/")[1] ?? "")
    .sort();
const aligned = ({ manifest }: RealIndex) =>
  [lanceVersionFile(manifest.table.version), "_versions/latest_version_hint.json"].sort();

describe("a first push", () => {
  serveWith(startWorker);

  test("moves the ref, and a plain LanceDB sees the same table", async () => {
    await pushIndex(api, long);
    expect(await currentRef()).toBe(long.manifestSha256);
    expect(await versionsOf()).toEqual(aligned(long));
    const dir = await mkdtemp(join(tmpdir(), "repobase-plain-"));
    try {
      for (const { key } of await server.bucket.list(`${userId}/index/demo/`)) {
        const path = join(dir, key);
        await mkdir(dirname(path), { recursive: true });
        await Bun.write(path, (await server.bucket.get(key)) ?? new Uint8Array());
      }
      const table = await (await connect(join(dir, userId, "index/demo"))).openTable("files");
      expect(await table.countRows()).toBe(3);
      const found = await table
        .query()
        .fullTextSearch(queryTerms("close").join(" "), { columns: ["terms"] })
        .select(["path"])
        .toArray();
      expect(found.map(({ path }) => String(path))).toEqual(["src/close.ts"]);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  test("the ref answers conditional reads", async () => {
    const etag = await pushIndex(api, long);
    expect(await outcome(api("/v1/refs/demo", { headers: { "if-none-match": etag } }))).toBe("304");
    expect(await outcome(api("/v1/refs/demo", { headers: { "if-none-match": `W/${etag}` } }))).toBe("304");
    expect(await outcome(api("/v1/refs/demo", { headers: { "if-none-match": '"other"' } }))).toBe("200");
    expect((await api("/v1/refs/demo", { method: "HEAD" })).headers.get("etag")).toBe(etag);
    expect(await outcome(api("/v1/refs/other"))).toBe("404 repo_not_found");
  });

  test("every ref and the current manifest can be read at once", async () => {
    const etag = await pushIndex(api, long);
    const { repos } = (await (await api("/v1/manifest")).json()) as { repos: { id: string; etag: string; ref: Ref }[] };
    expect(repos.map(({ id, etag: tag, ref }) => [id, `"${tag}"`, ref.manifest])).toEqual([
      ["demo", etag, long.manifestSha256],
    ]);
    expect(await bytesOf(api("/v1/manifest/demo"))).toEqual(long.manifestBytes);
    expect(await outcome(api("/v1/manifest/other"))).toBe("404 repo_not_found");
  });
});

describe("compare and swap", () => {
  serveWith(startWorker);

  test("a write must say what it replaces", async () => {
    await uploadParts(api, long);
    expect(await outcome(putRef(api, "demo", refOf(long), {}))).toBe("400 usage");
    expect(await outcome(putRef(api, "demo", refOf(long), { "if-match": '"nothing"' }))).toBe("412 remote_moved");
  });

  test("a stale etag loses and learns who won", async () => {
    const first = await pushIndex(api, long);
    await uploadParts(api, short);
    const winner = refOf(short, { generation: 2, device: "device-b" });
    expect(await outcome(putRef(api, "demo", winner, { "if-match": first }))).toBe("200");
    for (const condition of [{ "if-match": first }, FIRST]) {
      const answer = await putRef(api, "demo", refOf(long, { generation: 3 }), condition);
      const problem = (await answer.json()) as Record<string, unknown>;
      expect([answer.status, problem["code"], problem["device"], problem["generation"]]).toEqual([
        412,
        "remote_moved",
        "device-b",
        2,
      ]);
    }
    expect(await currentRef()).toBe(short.manifestSha256);
  });

  test("a generation that does not grow is refused", async () => {
    const etag = await pushIndex(api, long);
    await uploadParts(api, short);
    for (const generation of [1, 0, -1])
      expect(await outcome(putRef(api, "demo", refOf(short, { generation }), { "if-match": etag }))).toBe("400 usage");
  });

  test("the same ref again is a success whatever the condition: its answer was lost", async () => {
    const etag = await pushIndex(api, long);
    const answer = await putRef(api, "demo", refOf(long), FIRST);
    expect([answer.status, answer.headers.get("etag")]).toEqual([200, etag]);
  });

  test("two at once: exactly one wins, every time", async () => {
    let etag = await pushIndex(api, long);
    await uploadParts(api, short);
    for (let generation = 2; generation < 8; generation++) {
      const refs = [refOf(long, { generation, device: "a" }), refOf(short, { generation, device: "b" })];
      const answers = await Promise.all(refs.map((ref) => putRef(api, "demo", ref, { "if-match": etag })));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
      etag = answers.find(({ ok }) => ok)?.headers.get("etag") ?? "";
      const won = (await currentRef()) === long.manifestSha256 ? long : short;
      expect(await versionsOf()).toEqual(aligned(won));
    }
  });

  test("a table with a lower version number replaces one with a higher, also for plain LanceDB", async () => {
    const etag = await pushIndex(api, long);
    await uploadParts(api, short);
    await putRef(api, "demo", refOf(short, { generation: 2 }), { "if-match": etag });
    expect(await versionsOf()).toEqual(aligned(short));
    const hint = await server.bucket.get(`${userId}/index/demo/files.lance/_versions/latest_version_hint.json`);
    expect(JSON.parse(new TextDecoder().decode(hint))).toEqual({ version: short.manifest.table.version });
  });
});

// what is checked here is the same code on every runtime, and far cheaper on Bun
describe("S1: what the ref names must be there", () => {
  serveWith(startBunServer);

  const firstObject = () => long.manifest.objects[0]?.path ?? "";
  const keys = {
    manifest: () => `manifests/demo/${long.manifestSha256}.json`,
    snapshot: () => `snapshots/demo/${long.manifest.tableId}/${long.snapshots[0]?.sha256}.json`,
    object: () => `index/demo/${firstObject()}`,
  };
  const attempt = async () => {
    const answer = await putRef(api, "demo", refOf(long), FIRST);
    const { code, missing } = (await answer.json()) as { code: string; missing: string[] };
    return [answer.status, code, missing];
  };

  test.each(["manifest", "snapshot", "object"] as const)(
    "a missing %s is named, the ref stays, and sending it is enough",
    async (what) => {
      await uploadParts(api, long);
      const key = keys[what]();
      const bytes = (await server.bucket.get(`${userId}/${key}`)) ?? new Uint8Array();
      await server.bucket.delete(`${userId}/${key}`);
      expect(await attempt()).toEqual([409, "missing_objects", [key]]);
      expect(await outcome(api("/v1/refs/demo"))).toBe("404 repo_not_found");
      await server.bucket.put(`${userId}/${key}`, bytes);
      expect(await outcome(putRef(api, "demo", refOf(long), FIRST))).toBe("200");
    },
  );

  test.each(["manifest", "snapshot", "object"] as const)(
    "a %s with one byte changed counts as missing",
    async (what) => {
      await uploadParts(api, long);
      const key = keys[what]();
      const bytes = ((await server.bucket.get(`${userId}/${key}`)) ?? new Uint8Array()).slice();
      bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
      await server.bucket.put(`${userId}/${key}`, bytes);
      expect(await attempt()).toEqual([409, "missing_objects", [key]]);
    },
  );

  test("a truncated object counts as missing", async () => {
    await uploadParts(api, long);
    const key = `${userId}/${keys.object()}`;
    await server.bucket.put(key, ((await server.bucket.get(key)) ?? new Uint8Array()).slice(0, -1));
    expect(await attempt()).toEqual([409, "missing_objects", [keys.object()]]);
  });

  test("a head whose commit has no snapshot", async () => {
    await uploadParts(api, long);
    const answer = putRef(api, "demo", refOf(long, { heads: { main: "f".repeat(40) } }), FIRST);
    expect(await outcome(answer)).toBe("409 missing_objects");
  });

  test("of many missing things twenty are named and all are counted", async () => {
    const objects = Array.from({ length: 30 }, (_, i) => ({
      path: `files.lance/data/x${String(i).padStart(2, "0")}.lance`,
      size: 1,
      sha256: "0".repeat(64),
    }));
    const manifest: Manifest = {
      ...short.manifest,
      objects: [...short.manifest.objects, ...objects].sort((a, b) => (a.path < b.path ? -1 : 1)),
    };
    const bytes = encodeManifest(manifest);
    const sha256 = await sha256Hex(bytes);
    await uploadParts(api, short);
    await api(`/v1/manifest/demo/${sha256}`, { method: "PUT", body: bytes });
    const answer = await putRef(api, "demo", refOf(short, { manifest: sha256 }), FIRST);
    const { count, missing } = (await answer.json()) as { count: number; missing: string[] };
    expect([answer.status, count, missing.length]).toEqual([409, 30, 20]);
  });

  test("a manifest lost to an accident does not stop the push that replaces it", async () => {
    const etag = await pushIndex(api, long);
    await server.bucket.delete(`${userId}/${keys.manifest()}`);
    await uploadParts(api, short);
    expect(await outcome(putRef(api, "demo", refOf(short, { generation: 2 }), { "if-match": etag }))).toBe("200");
  });

  test("what was purged is not forgotten, whoever pushes", async () => {
    const purged = { ...long.manifest, format: formatFor({ purges: { ".env": 1 } }), purges: { ".env": 1 } };
    const bytes = encodeManifest(purged);
    const sha256 = await sha256Hex(bytes);
    await uploadParts(api, long);
    await api(`/v1/manifest/demo/${sha256}`, { method: "PUT", body: bytes });
    const etag = (await putRef(api, "demo", refOf(long, { manifest: sha256 }), FIRST)).headers.get("etag") ?? "";
    for (const other of [long, short]) {
      await uploadParts(api, other);
      const answer = putRef(api, "demo", refOf(other, { generation: 2 }), { "if-match": etag });
      expect(await outcome(answer)).toBe("412 remote_moved");
    }
    expect(await currentRef()).toBe(sha256);
  });

  test("an object of the current index cannot be deleted, one of an older index can", async () => {
    const etag = await pushIndex(api, long);
    const path = `/v1/index/demo/${firstObject()}`;
    expect(await outcome(api(path, { method: "DELETE" }))).toBe("409 in_use");
    await uploadParts(api, short);
    await putRef(api, "demo", refOf(short, { generation: 2 }), { "if-match": etag });
    expect(await outcome(api(path, { method: "DELETE" }))).toBe("200");
  });
});

describe("refs that are none", () => {
  serveWith(startBunServer);

  test.each([
    ["no JSON", "x", "400 usage"],
    ["an empty object", {}, "400 usage"],
    ["a newer format", { format: 99 }, "501 unsupported_format"],
    ["a manifest that is no hash", { manifest: "x" }, "400 usage"],
    ["uncommitted work", { heads: { main: "worktree" } }, "400 usage"],
    ["a default without a head", { default: "dev" }, "400 usage"],
    ["a date that is none", { pushedAt: "soon" }, "400 usage"],
    ["a nameless branch", { heads: { main: "a".repeat(40), "": "b".repeat(40) } }, "400 usage"],
  ])("%s", async (_, change, expected) => {
    await uploadParts(api, long);
    const body =
      typeof change === "string"
        ? change
        : JSON.stringify(Object.keys(change).length === 0 ? {} : { ...refOf(long), ...change });
    expect(await outcome(api("/v1/refs/demo", { method: "PUT", body, headers: FIRST }))).toBe(expected);
    expect(await server.bucket.get(`${userId}/refs/demo.json`)).toBeUndefined();
  });

  test("a manifest of another repository", async () => {
    await uploadParts(api, long);
    expect(await outcome(putRef(api, "other", refOf(long), FIRST))).toBe("409 missing_objects");
  });
});

/** Fails writes below `_versions/` while `broken`. */
class BrokenStore extends MemoryStore {
  broken = false;
  override async put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<ObjectInfo | undefined> {
    if (this.broken && key.includes("/_versions/")) throw new Error("the disk of /secret/place is on fire");
    return super.put(key, bytes, options);
  }
}

describe("S2, S3: a crash between the ref and _versions", () => {
  const start = async () => {
    const store = new BrokenStore();
    const app = createApp({ store, embedQuery: async () => undefined, adminToken: undefined });
    const { apiKey } = await issueKey(store, { userId: "alice" });
    const http = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: app.fetch });
    const list = async () => {
      const names: string[] = [];
      for await (const { key } of store.list("alice/index/demo/files.lance/_versions/"))
        names.push(key.split("files.lance/")[1] ?? "");
      return names.sort();
    };
    return { store, list, api: apiClient(http.url.origin, apiKey), stop: () => http.stop(true) };
  };

  test("heals when the client sends the same ref again", async () => {
    const { store, list, api: broken, stop } = await start();
    try {
      await uploadParts(broken, long);
      store.broken = true;
      const answer = await putRef(broken, "demo", refOf(long), FIRST);
      expect([answer.status, await answer.text()]).toEqual([500, expect.not.stringContaining("secret")]);
      store.broken = false;
      expect(await list()).toEqual([]);
      expect(await outcome(putRef(broken, "demo", refOf(long), FIRST))).toBe("200");
      expect(await list()).toEqual(aligned(long));
    } finally {
      await stop();
    }
  });

  test("heals with the next push", async () => {
    const { store, list, api: broken, stop } = await start();
    try {
      const etag = await pushIndex(broken, long);
      await uploadParts(broken, short);
      store.broken = true;
      await putRef(broken, "demo", refOf(short, { generation: 2 }), { "if-match": etag });
      store.broken = false;
      expect(await list()).toEqual(aligned(long));
      const now = (await broken("/v1/refs/demo")).headers.get("etag") ?? "";
      expect(await outcome(putRef(broken, "demo", refOf(short, { generation: 3 }), { "if-match": now }))).toBe("200");
      expect(await list()).toEqual(aligned(short));
    } finally {
      await stop();
    }
  });
});
