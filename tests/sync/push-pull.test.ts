/** push and pull between two homes and a bucket: what is sent, what is asked, what each device ends up with. */
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catManifest } from "../../src/plumbing/cat-manifest.ts";
import { readRef } from "../../src/plumbing/read-ref.ts";
import { verifyManifest } from "../../src/plumbing/verify-manifest.ts";
import { canonicalJson } from "../../src/protocol/canonical-json.ts";
import { manifestKey, objectKey, refKey } from "../../src/protocol/keys.ts";
import { encodeRef } from "../../src/protocol/ref.ts";
import { DirectoryStore } from "../../src/store/directory-store.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";
import type { ObjectStore } from "../../src/store/object-store.ts";
import { RepobaseError } from "../../src/protocol/errors.ts";
import { withStats } from "../../src/store/with-stats.ts";
import { Device } from "../helpers/device.ts";
import { codeOf, contentsOf, forgeManifest, newTableId, randomBytes, REPO } from "../helpers/sync-fixtures.ts";

const dirs: string[] = [];
afterAll(() => Promise.all(dirs.map((dir) => rm(dir, { recursive: true }))));

let remote: MemoryStore;
let tableId: string;
let a: Device;
let b: Device;

async function newDevice(name: string): Promise<Device> {
  const dir = await mkdtemp(join(tmpdir(), "repobase-sync-"));
  dirs.push(dir);
  return new Device(name, new DirectoryStore(dir), remote);
}

beforeEach(async () => {
  remote = new MemoryStore();
  tableId = newTableId();
  a = await newDevice("a");
  b = await newDevice("b");
});

/** The same home, and a server that cannot say who it is: nothing of an earlier sync counts. */
function forgetting(device: Device): Device {
  const other = new Device(device.name, device.store, device.remote);
  other.spaceId = undefined;
  return other;
}

const expectSound = async (store: ObjectStore) =>
  expect((await verifyManifest({ store, repo: REPO, readData: true })).problems).toEqual([]);

describe("push", () => {
  test("S1: the first sends everything, the ref last, and nothing more", async () => {
    const { commit, manifest, objects } = await a.index(tableId);
    const order: string[] = [];
    const watched: ObjectStore = Object.assign(Object.create(remote) as ObjectStore, {
      get: (key: string) => remote.get(key),
      put: (key: string, ...rest: [Uint8Array]) => (order.push(key), remote.put(key, ...rest)),
    });
    const result = await a.push({ remote: watched });
    // 3 objects and a snapshot; GET ref, 4 puts, manifest, ref
    expect(result).toMatchObject({
      repoId: REPO,
      filesUploaded: 4,
      filesSkipped: 0,
      requests: 7,
      commit,
      manifest,
      upToDate: false,
    });
    expect(result.replaced).toBeUndefined();
    // side by side, so their own order is not told; the two that make them visible come after all of them
    const sent = new Set(order.slice(0, 4));
    for (const { path } of objects) expect(sent).toContain(objectKey(REPO, path));
    expect(order.slice(4)).toEqual([manifestKey(REPO, manifest), refKey(REPO)]);
    await expectSound(remote);
    // the bucket holds nothing the home does not, and nothing under another key
    const home = await contentsOf(a.store);
    for (const [key, hash] of Object.entries(await contentsOf(remote)))
      if (key !== refKey(REPO)) expect(home[key]).toBe(hash);
  });

  test("nothing new is one request, also when only the time and the device differ", async () => {
    await a.index(tableId);
    await a.push();
    const before = await contentsOf(remote);
    expect(await a.push({ now: () => Date.now() + 86_400_000 })).toMatchObject({
      upToDate: true,
      requests: 1,
      bytesUploaded: 0,
      filesUploaded: 0,
    });
    await b.pull();
    expect(await b.push()).toMatchObject({ upToDate: true, requests: 1, bytesUploaded: 0 });
    expect(await forgetting(a).push()).toMatchObject({ upToDate: true, requests: 1 });
    expect(await contentsOf(remote)).toEqual(before);
  });

  test("later ones send only what is new", async () => {
    await a.index(tableId, { sizes: [50_000, 60_000, 70_000] });
    await a.push();
    const second = await a.index(tableId, { sizes: [1000] });
    const result = await a.push();
    // ref, object, snapshot, manifest, ref; the old manifest is known here
    expect(result).toMatchObject({ filesUploaded: 2, filesSkipped: 4, requests: 5, commit: second.commit });
    expect(result.bytesUploaded).toBeLessThan(5000);
    await expectSound(remote);
  });

  test("a moved branch alone is a ref alone", async () => {
    const first = await a.index(tableId);
    await a.index(tableId);
    await a.push();
    const here = await readRef({ from: a.store, repo: REPO });
    if (here === undefined) throw new Error("no ref");
    await a.store.put(refKey(REPO), encodeRef({ ...here.ref, heads: { ...here.ref.heads, old: first.commit } }));
    expect(await a.push()).toMatchObject({ filesUploaded: 0, requests: 2, upToDate: false });
    expect((await readRef({ from: remote, repo: REPO }))?.ref.heads.old).toBe(first.commit);
  });

  test("without a local index it says so", async () => {
    expect(await codeOf(a.push())).toBe("ref_not_found");
  });

  test("uncommitted work stays here, whatever lies beside the index", async () => {
    await a.index(tableId);
    await a.store.put(`index/${REPO}/worktree.lance/data/x.lance`, randomBytes(10));
    await a.store.put(`worktree/${REPO}.json`, randomBytes(10));
    await a.push();
    expect(Object.keys(await contentsOf(remote)).filter((key) => key.includes("worktree"))).toEqual([]);
  });

  test.each([
    ["its table", { table: { name: "worktree.lance", version: 1, manifest: "AA==" } }],
    ["its object", { objects: [{ path: "worktree.lance/data/x.lance", size: 1, sha256: "0".repeat(64) }] }],
    ["its snapshot", { snapshots: { worktree: "0".repeat(64) } }],
    ["a path that climbs", { objects: [{ path: "files.lance/../../refs/x.json", size: 1, sha256: "0".repeat(64) }] }],
    ["another repository", { repo: "other" }],
  ])("a manifest with %s is refused before anything is sent", async (_, wrong) => {
    await a.index(tableId);
    await forgeManifest(a.store, wrong);
    const counted = withStats(remote);
    expect(await codeOf(a.push({ remote: counted }))).toBe("corrupt_index");
    expect(counted.counts().byMethod.put).toBe(0);
  });

  test("S1: a damaged local object never reaches the bucket", async () => {
    const { objects } = await a.index(tableId);
    const key = objectKey(REPO, objects[1]?.path ?? "");
    await a.store.put(key, randomBytes(objects[1]?.size ?? 0));
    expect(await codeOf(a.push())).toBe("hash_mismatch");
    await a.store.delete(key);
    expect(await codeOf(a.push())).toBe("missing_objects");
    expect(await remote.head(refKey(REPO))).toBeUndefined();
    expect(await remote.head(key)).toBeUndefined();
  });

  test("a bucket written by a newer version is left alone (exit 14)", async () => {
    await a.index(tableId);
    await a.push();
    await remote.put(refKey(REPO), new TextEncoder().encode(canonicalJson({ format: 2 })));
    expect(await codeOf(a.push())).toBe("unsupported_format");
    expect(await codeOf(b.pull())).toBe("unsupported_format");
  });

  test("S3: what the server misses in spite of its own manifest is sent again, once", async () => {
    await a.index(tableId);
    await a.push();
    await a.index(tableId, { sizes: [10] });
    const victim = Object.keys(await contentsOf(remote, "index/"))[0] ?? "";
    await remote.delete(victim);
    const checking: ObjectStore = Object.assign(Object.create(remote) as ObjectStore, {
      get: (key: string) => remote.get(key),
      head: (key: string) => remote.head(key),
      put: async (key: string, bytes: Uint8Array, options: object) => {
        if (key.startsWith("refs/") && (await remote.head(victim)) === undefined)
          throw new RepobaseError("missing_objects", "no");
        return remote.put(key, bytes, options);
      },
    });
    await a.push({ remote: checking });
    await expectSound(remote);
  });
});

describe("pull", () => {
  test("into an empty home: the same index, and nothing is fetched twice", async () => {
    const { commit, manifest } = await a.index(tableId);
    await a.push();
    const result = await b.pull();
    expect(result).toMatchObject({
      filesDownloaded: 4,
      filesSkipped: 0,
      requests: 6,
      commit,
      manifest,
      upToDate: false,
    });
    await expectSound(b.store);
    const home = await contentsOf(b.store);
    for (const [key, hash] of Object.entries(await contentsOf(remote, "index/"))) expect(home[key]).toBe(hash);
    expect(Object.keys(home).filter((k) => k.includes("_versions/"))).toHaveLength(2);
    expect(await b.pull()).toMatchObject({ upToDate: true, requests: 1, filesDownloaded: 0, filesSkipped: 4 });
    expect(await b.status()).toMatchObject({
      inSync: true,
      state: "in-sync",
      localCommit: commit,
      cloudCommit: commit,
      requests: 1,
    });
  });

  test("later ones fetch only what is new", async () => {
    await a.index(tableId);
    await a.push();
    await b.pull();
    await a.index(tableId, { sizes: [1000] });
    await a.push();
    expect((await b.status()).state).toBe("behind");
    // ref, manifest, object, snapshot
    expect(await b.pull()).toMatchObject({ filesDownloaded: 2, filesSkipped: 4, requests: 4 });
  });

  test("of nothing says so", async () => {
    expect(await codeOf(b.pull())).toBe("repo_not_found");
  });

  test.each(["flipped", "short", "gone"])(
    "a remote object that is %s: refused, the old index stays",
    async (damage) => {
      await a.index(tableId);
      await a.push();
      await b.pull();
      const before = await contentsOf(b.store, "refs/");
      const { objects } = await a.index(tableId);
      await a.push();
      const key = objectKey(REPO, objects[2]?.path ?? "");
      const bytes = (await remote.get(key))?.bytes ?? new Uint8Array();
      if (damage === "gone") await remote.delete(key);
      else if (damage === "short") await remote.put(key, bytes.slice(0, -1));
      else await remote.put(key, bytes.with(7, (bytes[7] ?? 0) ^ 1));
      expect(await codeOf(b.pull())).toBe(damage === "gone" ? "missing_objects" : "hash_mismatch");
      expect(await contentsOf(b.store, "refs/")).toEqual(before);
      expect(await b.store.head(key)).toBeUndefined();
      await expectSound(b.store);
      const problems = (await verifyManifest({ store: remote, repo: REPO, readData: true })).problems;
      expect(problems.map((p) => p.key)).toEqual([key]);
      // mended there, it goes on from where it was
      await remote.put(key, bytes);
      expect((await b.pull()).filesDownloaded).toBeGreaterThan(0);
      await expectSound(b.store);
    },
  );

  test("a damaged, missing or foreign manifest: refused", async () => {
    const { manifest } = await a.index(tableId);
    await a.push();
    const key = manifestKey(REPO, manifest);
    const bytes = (await remote.get(key))?.bytes ?? new Uint8Array();
    await remote.put(key, bytes.slice(0, -5));
    expect(await codeOf(b.pull())).toBe("hash_mismatch");
    await remote.delete(key);
    expect(await codeOf(b.pull())).toBe("missing_objects");
    await forgeManifest(
      remote,
      { objects: [{ path: "files.lance/../../../x", size: 1, sha256: "0".repeat(64) }] },
      bytes,
    );
    expect(await codeOf(b.pull())).toBe("corrupt_index");
    expect(await contentsOf(b.store)).toEqual({});
  });

  test("a local object that was cut short or lost is fetched again", async () => {
    const { objects } = await a.index(tableId);
    await a.push();
    await b.pull();
    const [first, second] = objects.map((o) => objectKey(REPO, o.path));
    await b.store.put(first ?? "", randomBytes(3));
    await b.store.delete(second ?? "");
    expect(await b.pull()).toMatchObject({ filesDownloaded: 2, upToDate: false });
    await expectSound(b.store);
  });
});

describe("two devices, one table", () => {
  test("behind: a push has nothing to send and takes nothing back", async () => {
    await a.index(tableId);
    await a.push();
    await b.pull();
    const newer = await a.index(tableId);
    await a.push();
    const before = await contentsOf(remote);
    expect(await b.push()).toMatchObject({ upToDate: true, commit: newer.commit, filesUploaded: 0 });
    expect(await forgetting(b).push()).toMatchObject({ upToDate: true, commit: newer.commit });
    expect(await contentsOf(remote)).toEqual(before);
  });

  test("ahead after a lost answer: our own push is recognised by what it holds", async () => {
    await a.index(tableId);
    await a.push();
    await a.index(tableId);
    const before = (await a.store.get(refKey(REPO)))?.bytes ?? new Uint8Array();
    await a.push();
    await a.store.put(refKey(REPO), before); // the answer is lost, and with it what both agreed on
    const third = await a.index(tableId, { sizes: [77] });
    expect(await a.push()).toMatchObject({ filesUploaded: 2, commit: third.commit });
    expect((await a.status()).inSync).toBe(true);
  });

  test("branches that only the other has are kept, and come along", async () => {
    const main = await a.index(tableId);
    await a.push();
    await b.pull();
    const topic = await b.index(tableId, { branch: "topic" });
    await b.push();
    expect((await readRef({ from: remote, repo: REPO }))?.ref).toMatchObject({
      default: "main",
      heads: { main: main.commit, topic: topic.commit },
    });
    await a.pull();
    expect((await readRef({ from: a.store, repo: REPO }))?.ref.heads).toEqual({
      main: main.commit,
      topic: topic.commit,
    });
    expect(await a.push()).toMatchObject({ upToDate: true, requests: 1 });
  });
});

describe("two devices, tables of two models", () => {
  const other = { model: "other-model" };

  test("push refuses (exit 11) and sends nothing; with force it replaces the table, and says whose and what went", async () => {
    const first = await a.index(tableId);
    await a.index(tableId, { branch: "topic" });
    await a.push();
    const before = await contentsOf(remote);
    const second = await b.index(newTableId(), other);
    expect((await b.status()).state).toBe("unrelated");
    expect(await codeOf(b.push())).toBe("remote_moved");
    expect(await contentsOf(remote)).toEqual(before);
    const result = await b.push({ force: { branch: "main" } });
    expect(result.replaced).toMatchObject({ device: "a", commit: first.commit, branches: ["main", "topic"] });
    expect(result).toMatchObject({ commit: second.commit, manifest: second.manifest });
    await expectSound(remote);
    // and whose table was replaced is told, not robbed of it
    await a.index(tableId);
    expect(await codeOf(a.pull())).toBe("remote_moved");
    await a.pull({ force: true });
    expect((await a.status()).inSync).toBe(true);
  });

  test("also one's own older table is replaced only when asked", async () => {
    await a.index(tableId);
    await a.push();
    const fresh = await a.index(newTableId(), other);
    expect(await codeOf(a.push())).toBe("remote_moved");
    expect((await a.push({ force: { branch: "main" } })).manifest).toBe(fresh.manifest);
  });

  test("pull takes the other table when nothing would be lost, else only with force", async () => {
    const { commit } = await a.index(tableId);
    await a.push();
    await b.index(newTableId(), { ...other, commit });
    expect((await b.pull()).manifest).toBe((await readRef({ from: remote, repo: REPO }))?.ref.manifest ?? "");
    await b.index(newTableId(), other);
    expect(await codeOf(b.pull())).toBe("remote_moved");
    await b.pull({ force: true });
    expect((await b.status()).inSync).toBe(true);
    await expectSound(b.store);
  });

  test("pull follows a table that another device replaced, when all of ours had been pushed", async () => {
    await a.index(tableId);
    await a.push();
    await b.index(newTableId(), other);
    await b.push({ force: { branch: "main" } });
    await a.pull();
    expect((await a.status()).inSync).toBe(true);
  });
});

describe("an index that nobody can read, its manifest gone from the bucket", () => {
  test("is mended by a push that loses no branch of it, else only with force", async () => {
    const { manifest } = await a.index(tableId);
    await a.push();
    await b.pull();
    await b.index(tableId);
    await remote.delete(manifestKey(REPO, manifest));
    await b.store.delete(manifestKey(REPO, manifest));
    const c = await newDevice("c");
    await c.index(newTableId());
    expect(await codeOf(c.push())).toBe("missing_objects");
    await b.push();
    await expectSound(remote);
  });
});

test("eight devices of one table push at once, each to its branch: all are there", async () => {
  await a.index(tableId);
  await a.push();
  const devices = await Promise.all(Array.from({ length: 8 }, (_, i) => newDevice(`d${i}`)));
  for (const device of devices) await device.pull();
  const { manifest } = await a.index(tableId, { branch: "more" });
  await a.push();
  // the same index on all of them, so that only refs are moved
  await Promise.all(
    devices.map(async (device) => {
      await device.pull();
      const here = await readRef({ from: device.store, repo: REPO });
      if (here === undefined) throw new Error("no ref");
      const heads = { ...here.ref.heads, [device.name]: here.ref.heads.more ?? "" };
      await device.store.put(refKey(REPO), encodeRef({ ...here.ref, heads }));
    }),
  );
  await Promise.all(devices.map((device) => device.push()));
  const ref = (await readRef({ from: remote, repo: REPO }))?.ref;
  expect(ref).toMatchObject({ generation: 10, manifest });
  expect(Object.keys(ref?.heads ?? {}).sort()).toEqual([...devices.map((d) => d.name), "main", "more"].sort());
  await expectSound(remote);
});

test("a snapshot dropped here on purpose is dropped there by push, and pull does not bring it back", async () => {
  const first = await a.index(tableId);
  const second = await a.index(tableId);
  await a.push();
  const manifest = await catManifest({ from: a.store, repo: REPO, sha256: second.manifest });
  if (manifest === undefined) throw new Error("no manifest");
  const { [first.commit]: _, ...kept } = manifest.snapshots;
  await forgeManifest(a.store, { snapshots: kept });
  expect((await a.status()).state).toBe("ahead");
  expect(await a.pull()).toMatchObject({ upToDate: true, requests: 1 });
  await a.push();
  await b.pull();
  const ref = await readRef({ from: b.store, repo: REPO });
  expect((await catManifest({ from: b.store, repo: REPO, sha256: ref?.ref.manifest ?? "" }))?.snapshots).toEqual(kept);
});
