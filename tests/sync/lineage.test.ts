/**
 * No head moves back and no table is replaced, whatever a device knows of the past: its base lost or of another server, its
 * home copied or restored, the bucket restored, its table made apart. Real Lance tables; every commit's files are read back.
 */
import { beforeEach, describe, expect, test } from "bun:test";
import { cp } from "node:fs/promises";
import { syncedIn } from "../../src/plumbing/local-ref.ts";
import { verifyManifest } from "../../src/plumbing/verify-manifest.ts";
import type { DirectoryStore } from "../../src/store/directory-store.ts";
import { LanceDevice, refIn, temporaryStores } from "../helpers/lance-device.ts";
import { filesAt, type Files } from "../helpers/lance-index.ts";
import { codeOf, contentsOf, REPO } from "../helpers/sync-fixtures.ts";

const newStore = temporaryStores("lineage");

let remote: DirectoryStore;
let a: LanceDevice;
let b: LanceDevice;
const machine = async (name: string) => new LanceDevice(name, await newStore(), remote);

beforeEach(async () => {
  remote = await newStore();
  a = await machine("a");
  b = await machine("b");
});

const headOf = async (store: DirectoryStore, branch = "main") => (await refIn(store))?.heads[branch];

const V1: Files = { "a.ts": "one\ntwo\n", "b.ts": "three\n" };
const V2: Files = { ...V1, "a.ts": "one\ntwo more\n" };
const V3: Files = { ...V2, "c.ts": "four\n" };

/** b has what a pushed first, and a has pushed twice since. */
async function fallBehind(): Promise<{ first: string; third: string }> {
  const first = await a.indexFiles(V1);
  await a.push();
  await b.pull();
  await a.indexFiles(V2);
  await a.push();
  const third = await a.indexFiles(V3);
  await a.push();
  return { first, third };
}

describe("a device that is behind and whose base is", () => {
  const losses: Record<string, (device: LanceDevice) => Promise<void> | void> = {
    "as it should be": () => undefined,
    "of another bucket": (device) => void (device.spaceId = "6".repeat(32)),
    "of a server that cannot say who it is": (device) => void (device.spaceId = undefined),
    "gone from the local ref": async ({ home }) => {
      const here = await refIn(home);
      await home.put(`refs/${REPO}.json`, new TextEncoder().encode(JSON.stringify({ ...here, synced: undefined })));
    },
    damaged: async ({ home }) => {
      const here = await refIn(home);
      await home.put(`refs/${REPO}.json`, new TextEncoder().encode(JSON.stringify({ ...here, synced: { ref: 1 } })));
    },
  };

  test.each(Object.keys(losses))("%s: pull takes the cloud's head", async (loss) => {
    const { third } = await fallBehind();
    await losses[loss]?.(b);
    expect((await b.status()).state).toBe("behind");
    expect((await b.pull()).commit).toBe(third);
    expect(await headOf(b.home)).toBe(third);
    expect(await filesAt(b.home, third)).toEqual(V3);
    expect((await b.status()).state).toBe("in-sync");
  });

  test.each(Object.keys(losses))("%s: push moves nothing back, before a pull and after it", async (loss) => {
    const { first, third } = await fallBehind();
    await losses[loss]?.(b);
    const before = await contentsOf(remote);
    expect(await b.push()).toMatchObject({
      upToDate: true,
      commit: third,
      headsKept: [{ branch: "main", from: first, to: third }],
    });
    await b.pull();
    expect(await b.push()).toMatchObject({ upToDate: true, commit: third, headsKept: [] });
    expect(await contentsOf(remote)).toEqual(before);
    // what is new does move it
    const fourth = await b.indexFiles({ ...V3, "d.ts": "d\n" });
    expect(await b.push()).toMatchObject({ commit: fourth, headsKept: [] });
  });
});

describe("a head that the cloud has already", () => {
  test("moves there only when asked, that branch alone, and push says from where", async () => {
    const { first, third } = await fallBehind();
    await a.indexFiles(V1, "topic");
    await a.push();
    await b.pull();
    await b.indexFiles(V1, "main", first);
    const topic = await headOf(remote, "topic");
    await b.indexFiles(V1, "topic", first);
    expect((await b.push()).headsKept.map(({ branch }) => branch).sort()).toEqual(["main", "topic"]);
    expect(await headOf(remote)).toBe(third);
    expect(await b.push({ force: { branch: "main" } })).toMatchObject({
      headsForced: [{ branch: "main", from: third, to: first }],
      headsKept: [{ branch: "topic", from: first, to: topic }],
    });
    expect((await refIn(remote))?.heads).toEqual({ main: first, topic: topic ?? "" });
  });

  test("moves forward by itself where git knows that it follows, and back for nobody", async () => {
    const { first, third } = await fallBehind();
    await a.indexFiles(V1, "release", first);
    await a.push();
    await a.indexFiles(V3, "release", third);
    const order = (here: string, there: string) =>
      Promise.resolve(here === third && there === first ? ("newer" as const) : ("older" as const));
    expect(await a.push({ compareCommits: order })).toMatchObject({ upToDate: false, headsKept: [], headsForced: [] });
    expect(await headOf(remote, "release")).toBe(third);
    await a.indexFiles(V1, "release", first);
    await a.push({ compareCommits: order });
    expect(await headOf(remote, "release")).toBe(third);
  });

  test("an older commit that the cloud does not have is not put over a newer one, where git knows", async () => {
    const old = await b.indexFiles(V1);
    const newer = await a.indexFiles(V2);
    await a.push();
    const order = (here: string) => Promise.resolve(here === old ? ("older" as const) : ("newer" as const));
    await b.push({ compareCommits: order });
    expect(await headOf(remote)).toBe(newer);
    expect(await filesAt(b.home, old)).toEqual(V1);
  });
});

describe("homes and buckets that are copies", () => {
  test("two machines with one home, device id and all: neither takes anything back from the other", async () => {
    await a.indexFiles(V1);
    await a.push();
    const copy = await newStore();
    await cp(a.home.dir, copy.dir, { recursive: true });
    const twin = new LanceDevice("a", copy, remote);
    const mine = await a.indexFiles(V2);
    await a.push();
    expect(await twin.push()).toMatchObject({ upToDate: true, commit: mine });
    const topic = await twin.indexFiles(V3, "topic");
    await twin.push();
    expect((await refIn(remote))?.heads).toEqual({ main: mine, topic });
    await a.pull();
    for (const { home } of [a, twin]) {
      expect(await filesAt(home, mine)).toEqual(V2);
      expect(await filesAt(home, topic)).toEqual(V3);
    }
  });

  test("a home restored from an old copy", async () => {
    await a.indexFiles(V1);
    await a.push();
    const copy = await newStore();
    await cp(a.home.dir, copy.dir, { recursive: true });
    await a.indexFiles(V2);
    await a.push();
    const third = await a.indexFiles(V3);
    await a.push();
    const restored = new LanceDevice("a", copy, remote);
    expect((await restored.status()).state).toBe("behind");
    expect(await restored.push()).toMatchObject({ upToDate: true, commit: third });
    expect((await restored.pull()).commit).toBe(third);
  });

  test("a bucket restored from an old copy gets back what it lost, and takes nothing from anybody", async () => {
    await a.indexFiles(V1);
    await a.push();
    await b.pull();
    const copy = await newStore();
    await cp(remote.dir, copy.dir, { recursive: true });
    const second = await a.indexFiles(V2);
    await a.push();
    await b.pull();
    remote = copy;
    const [a2, b2] = [new LanceDevice("a", a.home, remote), new LanceDevice("b", b.home, remote)];
    await b2.pull();
    expect(await headOf(b.home)).toBe(second);
    await a2.push();
    expect(await headOf(remote)).toBe(second);
    expect(await b2.push()).toMatchObject({ upToDate: true, commit: second });
  });
});

describe("tables made apart, by one model and chunker", () => {
  test("push takes the cloud's table and adds what is missing; nothing of anybody is lost", async () => {
    const theirs = await a.indexFiles(V1);
    const release = await a.indexFiles(V2, "release");
    await a.push();
    const { manifest } = (await refIn(remote)) ?? {};
    const mine = await b.indexFiles(V3, "topic");
    expect((await b.status()).state).toBe("diverged");
    // a.ts of V2, b.ts are there: c.ts alone is added
    expect(await b.push()).toMatchObject({ filesRebased: 1, upToDate: false, commit: theirs });
    expect((await refIn(remote))?.heads).toEqual({ main: theirs, release, topic: mine });
    expect((await refIn(remote))?.default).toBe("main");
    expect((await refIn(remote))?.manifest).not.toBe(manifest ?? "");
    await a.pull();
    for (const { home } of [a, b]) {
      expect(await filesAt(home, theirs)).toEqual(V1);
      expect(await filesAt(home, release)).toEqual(V2);
      expect(await filesAt(home, mine)).toEqual(V3);
      expect((await verifyManifest({ store: home, repo: REPO, readData: true })).problems).toEqual([]);
    }
    expect((await verifyManifest({ store: remote, repo: REPO, readData: true })).problems).toEqual([]);
    expect(await b.push()).toMatchObject({ upToDate: true, requests: 1 });
    expect(await a.push()).toMatchObject({ upToDate: true, requests: 1 });
  });

  test("an empty runner that indexed what the cloud has already sends nothing and fetches no table", async () => {
    const commit = await a.indexFiles(V1);
    await a.push();
    const before = await contentsOf(remote);
    await b.indexFiles(V1, "main", commit);
    expect(await b.push()).toMatchObject({ upToDate: true, requests: 2, filesRebased: 0 });
    expect(await contentsOf(remote)).toEqual(before);
    expect((await b.status()).state).toBe("behind");
    await b.pull();
    expect((await b.status()).inSync).toBe(true);
  });

  test("pull puts unpushed work on top of the cloud's table; with force it takes the cloud's as it is", async () => {
    const theirs = await a.indexFiles(V1);
    await a.push();
    const mine = await b.indexFiles(V3, "topic");
    expect(await b.pull()).toMatchObject({ filesRebased: 2 });
    expect(await filesAt(b.home, mine)).toEqual(V3);
    expect(await filesAt(b.home, theirs)).toEqual(V1);
    expect((await b.status()).state).toBe("ahead");
    const c = await machine("c");
    await c.indexFiles(V3, "other");
    await c.pull({ force: true });
    expect((await refIn(c.home))?.heads).toEqual({ main: theirs });
  });

  test("a device that lost its table and made a new one goes on from the cloud's", async () => {
    const first = await a.indexFiles(V1);
    await a.push();
    const again = await machine("a");
    const second = await again.indexFiles(V2);
    await again.push();
    expect(await filesAt(again.home, first)).toEqual(V1);
    expect(await headOf(remote)).toBe(second);
  });
});

test("what both agree on is in the file of the local ref, and never in the bucket's", async () => {
  await a.indexFiles(V1);
  await a.push();
  await b.pull();
  for (const { home } of [a, b])
    expect(syncedIn(await refIn(home))).toEqual({ spaceId: a.spaceId ?? "", ref: (await refIn(remote)) as never });
  expect(new TextDecoder().decode((await remote.get(`refs/${REPO}.json`))?.bytes)).not.toContain("synced");
  await a.indexFiles(V2);
  expect(syncedIn(await refIn(a.home))?.ref).toEqual((await refIn(remote)) as never);
  expect(await codeOf(a.push())).toBe("no error");
});
