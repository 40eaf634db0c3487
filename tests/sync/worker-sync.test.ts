/** push and pull of a real table through the real Worker on workerd and R2: requests, bytes, and what others find in the bucket. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as lancedb from "@lancedb/lancedb";
import { readRef } from "../../src/plumbing/read-ref.ts";
import { verifyManifest } from "../../src/plumbing/verify-manifest.ts";
import { DirectoryStore } from "../../src/store/directory-store.ts";
import { RemoteStore } from "../../src/remote/remote-store.ts";
import { Device } from "../helpers/device.ts";
import { filesAt, indexFiles, type Files } from "../helpers/lance-index.ts";
import { codeOf, newTableId, REPO } from "../helpers/sync-fixtures.ts";
import { startWorker, type WorkerServer } from "../helpers/worker-server.ts";

const dirs: string[] = [];
let server: WorkerServer;
beforeAll(async () => {
  server = await startWorker();
});
afterAll(async () => {
  await server.stop();
  await Promise.all(dirs.map((dir) => rm(dir, { recursive: true })));
});

async function newDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "repobase-wsync-"));
  dirs.push(dir);
  return dir;
}

class Cloud {
  private constructor(
    readonly userId: string,
    readonly apiKey: string,
  ) {}

  static async of(userId: string): Promise<Cloud> {
    return new Cloud(userId, await server.issueKey(userId));
  }

  async device(name: string): Promise<{ device: Device; home: DirectoryStore }> {
    const home = new DirectoryStore(await newDir());
    const remote = new RemoteStore({ endpoint: server.url, apiKey: this.apiKey, userId: this.userId });
    return { home, device: new Device(name, home, remote) };
  }
}

const FILES: Files = Object.fromEntries(
  Array.from({ length: 60 }, (_, i) => [
    `src/file${i}.ts`,
    Array.from({ length: 12 }, (__, line) => `word${i} line${line} shared\n`).join(""),
  ]),
);

describe("one device", () => {
  test("first push, no-op, three files changed, pull elsewhere, plain LanceDB on the bucket", async () => {
    const cloud = await Cloud.of("single");
    const { device: a, home } = await cloud.device("a");
    const first = await indexFiles({ store: home, device: "a", files: FILES, textIndex: true });
    const firstPush = await a.push();
    // GET ref, 6 objects (data, pack and the native text index's four files), snapshot, manifest, ref
    expect(firstPush).toMatchObject({ filesUploaded: 7, requests: 10, commit: first, upToDate: false });
    expect(await a.push()).toMatchObject({ requests: 1, bytesUploaded: 0, upToDate: true });

    const changed = {
      ...FILES,
      "src/file1.ts": "changed one\n",
      "src/file2.ts": "changed two\n",
      "new.ts": "new three\n",
    };
    const second = await indexFiles({ store: home, device: "a", files: changed });
    const later = await a.push();
    expect(later).toMatchObject({ filesUploaded: 3, filesSkipped: 7, requests: 6, commit: second });
    expect(later.bytesUploaded).toBeLessThan(firstPush.bytesUploaded / 3);
    expect((await verifyManifest({ store: a.remote, repo: REPO, readData: true })).problems).toEqual([]);

    const { device: b, home: pulled } = await cloud.device("b");
    expect(await b.pull()).toMatchObject({ filesDownloaded: 10, requests: 12, commit: second });
    expect(await filesAt(pulled, first)).toEqual(FILES);
    expect(await filesAt(pulled, second)).toEqual(changed);
    expect(await b.status()).toMatchObject({ inSync: true, requests: 1 });

    const copy = await newDir();
    const below = `single/index/${REPO}/`;
    for (const { key } of await server.bucket.list(below)) await save(key, join(copy, key.slice(below.length)));
    const connection = await lancedb.connect(copy);
    const table = await connection.openTable("files");
    expect(await table.countRows()).toBe(60 * 6 + 3);
    const hits = await table
      .query()
      .fullTextSearch("word7", { columns: ["terms"] })
      .select(["path"])
      .limit(50)
      .toArray();
    expect(new Set(hits.map((row: { path: string }) => row.path))).toEqual(new Set(["src/file7.ts"]));
    table.close();
    connection.close();
  });

  async function save(key: string, path: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, (await server.bucket.get(key)) ?? new Uint8Array());
  }

  test("S1: a ref whose objects it lacks is refused, and push mends it by itself", async () => {
    const cloud = await Cloud.of("mends");
    const { device: a } = await cloud.device("a");
    const tableId = newTableId();
    await a.index(tableId);
    await a.push();
    await a.index(tableId, { sizes: [1234] });
    const damaged = withoutPuts(a.remote, 1);
    const result = await a.push({ remote: damaged });
    expect(result.upToDate).toBe(false);
    expect((await verifyManifest({ store: a.remote, repo: REPO, readData: true })).problems).toEqual([]);
  });

  /** A proxy that says yes to the first n object puts and keeps nothing of them. */
  function withoutPuts(remote: Device["remote"], n: number): Device["remote"] {
    let left = n;
    return Object.assign(Object.create(remote) as Device["remote"], {
      get: remote.get.bind(remote),
      head: remote.head.bind(remote),
      put: async (...args: Parameters<Device["remote"]["put"]>) => {
        if (args[0].startsWith("index/") && left-- > 0)
          return { key: args[0], size: args[1].length, etag: "lost", uploaded: 0 };
        return remote.put(...args);
      },
    });
  }
});

describe("many devices", () => {
  test("two on one table: the second joins the first, and both see everything", async () => {
    const cloud = await Cloud.of("joins");
    const { device: a, home: homeA } = await cloud.device("a");
    const { device: b, home: homeB } = await cloud.device("b");
    await indexFiles({ store: homeA, device: "a", files: FILES });
    await a.push();
    await b.pull();
    const onA = { ...FILES, "by-a.ts": "a a a\n" };
    const onB = { ...FILES, "by-b.ts": "b b b\n" };
    const commitA = await indexFiles({ store: homeA, device: "a", files: onA, branch: "a" });
    await a.push();
    const commitB = await indexFiles({ store: homeB, device: "b", files: onB, branch: "b" });
    expect(await b.push()).toMatchObject({ filesRebased: 1 });
    await a.pull();
    for (const home of [homeA, homeB]) {
      expect(await filesAt(home, commitA)).toEqual(onA);
      expect(await filesAt(home, commitB)).toEqual(onB);
    }
    expect((await verifyManifest({ store: a.remote, repo: REPO, readData: true })).problems).toEqual([]);
  });

  test("S1 four with tables of their own at once: all succeed, and nothing of anybody is lost", async () => {
    const cloud = await Cloud.of("crowd");
    const devices = await Promise.all(Array.from({ length: 4 }, (_, i) => cloud.device(`d${i}`)));
    const files = (name: string): Files => ({ "shared.ts": "all\n", [`${name}.ts`]: `${name}\n` });
    const commits = new Map<string, string>();
    for (const { device, home } of devices) {
      const { name } = device;
      commits.set(name, await indexFiles({ store: home, device: name, files: files(name), branch: name }));
    }
    await Promise.all(devices.map(({ device }) => device.push()));
    const { device, home } = await cloud.device("after");
    await device.pull();
    expect((await readRef({ from: device.remote, repo: REPO }))?.ref.heads).toEqual(Object.fromEntries(commits));
    for (const [name, commit] of commits) expect(await filesAt(home, commit)).toEqual(files(name));
    expect((await verifyManifest({ store: device.remote, repo: REPO, readData: true })).problems).toEqual([]);
  });

  test("a key that may only read cannot push", async () => {
    const home = new DirectoryStore(await newDir());
    const apiKey = await server.issueKey("reader", ["read"]);
    const a = new Device("a", home, new RemoteStore({ endpoint: server.url, apiKey, userId: "reader" }));
    await a.index(newTableId());
    expect(await codeOf(a.push())).toBe("forbidden");
  });
});
