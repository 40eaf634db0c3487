/**
 * What was purged is gone: from every commit, from the bytes at home and in the bucket, on every device that comes by; and stays
 * gone, whoever pushes meanwhile and whatever dies. Real Lance tables; the sweep is the server's own.
 */
import { beforeEach, describe, expect, test } from "bun:test";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { updateLocalRef } from "../../src/plumbing/local-ref.ts";
import { readRef } from "../../src/plumbing/read-ref.ts";
import { writeManifest } from "../../src/plumbing/write-manifest.ts";
import { packsOf } from "../../src/protocol/manifest.ts";
import type { Ref } from "../../src/protocol/ref.ts";
import { verifyManifest } from "../../src/plumbing/verify-manifest.ts";
import type { DirectoryStore } from "../../src/store/directory-store.ts";
import type { ObjectStore } from "../../src/store/object-store.ts";
import { filesWith } from "../helpers/files-with.ts";
import { preparedStores, refIn, temporaryStores } from "../helpers/lance-device.ts";
import { filesAt, type Files } from "../helpers/lance-index.ts";
import { manifestOf, PurgingMachine } from "../helpers/purging-machine.ts";
import { codeOf, contentsOf, REPO } from "../helpers/sync-fixtures.ts";
import { Crash, FaultPlan, withFaults } from "../helpers/with-faults.ts";

const newStore = temporaryStores("purge");

let remote: DirectoryStore;
let a: PurgingMachine;
let b: PurgingMachine;

beforeEach(async () => {
  remote = await newStore();
  a = new PurgingMachine("a", await newStore(), remote);
  b = new PurgingMachine("b", await newStore(), remote);
});

const SECRET = "hunter2hunter2";
const CLEAN: Files = { "a.ts": "one\ntwo\n", "b.ts": "three\n" };
const V1: Files = { ...CLEAN, ".env": `TOKEN ${SECRET}\n` };
const V2: Files = {
  ...V1,
  "a.ts": "one\nnew\n",
  ".env": `TOKEN ${SECRET}\nMORE ${SECRET}\n`,
  "sub/.env": `OTHER ${SECRET}\n`,
};
const V2_CLEAN: Files = { ...CLEAN, "a.ts": "one\nnew\n" };

async function expectGone(machine: PurgingMachine): Promise<void> {
  for (const { dir } of [machine.home, remote]) {
    expect(await filesWith(dir, SECRET)).toEqual([]);
    expect(await filesWith(dir, "TOKEN")).toEqual([]);
  }
  for (const store of [machine.home, remote]) {
    expect((await verifyManifest({ store, repo: REPO, readData: true })).problems).toEqual([]);
    const manifest = await manifestOf(store);
    for (const commit of Object.keys(manifest.snapshots))
      if (store === machine.home) expect(Object.keys(await filesAt(machine.home, commit))).not.toContain(".env");
  }
}

const twoCommits = preparedStores(newStore, async ([home, bucket]) => {
  const machine = new PurgingMachine("a", home as DirectoryStore, bucket as DirectoryStore);
  const first = await machine.indexFiles(V1);
  await machine.push();
  const second = await machine.indexFiles(V2);
  await machine.push();
  return { first, second };
});
const pushTwoCommits = () => twoCommits([a.home, remote]);

describe("purge", () => {
  test("takes every version out of every commit, and its bytes out of home and bucket", async () => {
    const { first, second } = await pushTwoCommits();
    for (const { dir } of [a.home, remote]) {
      const holding = await filesWith(dir, SECRET);
      for (const kind of [/\/data\//, /\/packs\//])
        expect(holding.filter((path) => kind.test(path)).length).toBeGreaterThan(0);
    }
    const result = await a.purge([".env"]);
    expect(result.left).toEqual([]);
    expect(result.files.map(({ path }) => path).sort()).toEqual([".env", ".env", "sub/.env"]);
    expect(result.removed.here).toBeGreaterThan(3);
    expect(result.removed.cloud).toBeGreaterThan(3);
    await expectGone(a);
    expect(await filesAt(a.home, first)).toEqual(CLEAN);
    expect(await filesAt(a.home, second)).toEqual(V2_CLEAN);
    expect((await a.status()).state).toBe("in-sync");
    expect(await a.push()).toMatchObject({ upToDate: true, requests: 1 });
  });

  test("also takes it out of a search pack that holds what the table no longer does, and makes a lost one again", async () => {
    await a.indexFiles(V1);
    const before = await manifestOf(a.home);
    const [old] = packsOf(before) ?? [];
    const path = join(a.home.dir, "index", REPO, old?.path ?? "");
    const bytes = await readFile(path);
    await a.push();
    expect((await a.purge([".env"])).left).toEqual([]);
    // as another program may leave it
    const clean = await manifestOf(a.home);
    const [segment] = clean.segments ?? [];
    if (!segment?.pack || !old) throw new Error("no pack");
    const objects = [
      ...clean.objects.filter((object) => object.path !== segment.pack?.path),
      ...before.objects.filter((object) => object.path === old.path),
    ];
    const stale = { ...clean, segments: [{ ...segment, pack: old }], objects };
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    const manifest = await writeManifest({ to: a.home, repo: REPO, manifest: stale });
    const here = await refIn(a.home);
    await updateLocalRef({
      to: a.home,
      repo: REPO,
      ref: { ...(here as Ref), manifest },
      expected: await readRef({ from: a.home, repo: REPO }),
    });
    expect((await a.purge([".env"])).left).toEqual([]);
    await expectGone(a);
    expect((await manifestOf(a.home)).segments).toEqual(clean.segments ?? []);

    await rm(join(a.home.dir, "index", REPO, segment.pack.path));
    expect((await a.purge([".env"])).left).toEqual([]);
    await expectGone(a);
  });

  test("of a pattern that nothing matches, and a second time, changes no row", async () => {
    const { second } = await pushTwoCommits();
    expect(await a.purge(["nothing.here"])).toMatchObject({ files: [], left: [] });
    await a.purge([".env"]);
    const before = await manifestOf(remote);
    expect(await a.purge([".env"])).toMatchObject({ files: [], left: [], purged: [".env", "nothing.here"] });
    expect(await manifestOf(remote)).toEqual(before);
    expect(await filesAt(a.home, second)).toEqual(V2_CLEAN);
  });

  test("of all files leaves an index with none, and new ones can be added", async () => {
    const { first } = await pushTwoCommits();
    expect((await a.purge(["**"])).left).toEqual([]);
    expect(await filesAt(a.home, first)).toEqual({});
    await expectGone(a);
    await a.purge(["**"], { undo: true });
    const third = await a.indexFiles(CLEAN);
    await a.push();
    await b.pull();
    expect(await filesAt(b.home, third)).toEqual(CLEAN);
  });

  test("only lists with dryRun, and refuses a pattern that means nothing", async () => {
    await pushTwoCommits();
    const before = [await contentsOf(a.home), await contentsOf(remote)];
    expect((await a.purge([".env"], { dryRun: true })).files).toHaveLength(3);
    expect(await codeOf(a.purge(["["]))).toBe("usage");
    expect([await contentsOf(a.home), await contentsOf(remote)]).toEqual(before);
  });

  test("of an index that is not in the cloud sends nothing", async () => {
    const first = await a.indexFiles(V1);
    expect(await a.purge([".env"])).toMatchObject({ left: [], removed: { cloud: null } });
    expect(await contentsOf(remote)).toEqual({});
    expect(await filesAt(a.home, first)).toEqual(CLEAN);
    expect(await filesWith(a.home.dir, SECRET)).toEqual([]);
    await a.push();
    await b.pull();
    expect(await filesAt(b.home, first)).toEqual(CLEAN);
  });
});

describe("another device", () => {
  test("that follows drops the rows and their files with its next pull", async () => {
    const { second } = await pushTwoCommits();
    await b.pull();
    expect((await filesWith(b.home.dir, SECRET)).length).toBeGreaterThan(0);
    await a.purge([".env"]);
    await b.pull();
    await expectGone(b);
    expect(await filesAt(b.home, second)).toEqual(V2_CLEAN);
    expect(await b.push()).toMatchObject({ upToDate: true });
  });

  test.each(["pull", "push"] as const)(
    "with work of its own drops them with its next %s, and brings none back",
    async (verb) => {
      await pushTwoCommits();
      await b.pull();
      const mine = await b.indexFiles({ ...V2, "mine.ts": "mine\n", ".env": `TOKEN again ${SECRET}\n` }, "topic");
      await a.purge([".env"]);
      await b[verb]();
      await b.push();
      await expectGone(b);
      expect(await filesAt(b.home, mine)).toEqual({ ...V2_CLEAN, "mine.ts": "mine\n" });
      await a.pull();
      expect(await filesAt(a.home, mine)).toEqual({ ...V2_CLEAN, "mine.ts": "mine\n" });
    },
  );

  test("whose table was made apart, too", async () => {
    await pushTwoCommits();
    const mine = await b.indexFiles({ ...V1, "mine.ts": "mine\n" }, "topic");
    await a.purge([".env"]);
    await b.push();
    await expectGone(b);
    expect(await filesAt(b.home, mine)).toEqual({ ...CLEAN, "mine.ts": "mine\n" });
  });

  test("whose index is by another chunker, and takes the cloud's place by force, is purged first", async () => {
    await pushTwoCommits();
    await a.purge([".env"]);
    const mine = await b.indexFiles({ ...V2, "mine.ts": "mine\n" }, "main", undefined, "test-2");
    expect(await codeOf(b.push())).toBe("remote_moved");
    expect(await b.push({ force: { branch: "main" } })).toMatchObject({ commit: mine, replaced: { device: "a" } });
    expect((await manifestOf(remote)).purges).toEqual({ ".env": 1 });
    expect(await filesAt(b.home, mine)).toEqual({ ...V2_CLEAN, "mine.ts": "mine\n" });
    // the objects of the index that was replaced are the purge's to take: they went with it
    await expectGone(b);
  });

  test("that pushes in the midst of it is purged as well", async () => {
    await pushTwoCommits();
    await b.pull();
    const mine = await b.indexFiles({ ...V2, "mine.ts": "mine\n", "new/.env": `TOKEN late ${SECRET}\n` }, "topic");
    let pushed = false;
    // the moment before the purge's own ref move
    const put: ObjectStore["put"] = async (key, bytes, options) => {
      if (key.startsWith("refs/") && !pushed) {
        pushed = true;
        await b.push();
      }
      return remote.put(key, bytes, options);
    };
    const racing = new PurgingMachine(
      "a",
      a.home,
      Object.assign(Object.create(remote) as DirectoryStore, wrapped(remote), { put }),
    );
    expect((await racing.purge([".env"])).left).toEqual([]);
    expect(pushed).toBe(true);
    await expectGone(racing);
    expect(await filesAt(a.home, mine)).toEqual({ ...V2_CLEAN, "mine.ts": "mine\n" });
    await b.pull();
    await expectGone(b);
  });

  test("that loses to the purge takes away what it had sent", async () => {
    await pushTwoCommits();
    await b.pull();
    const mine = await b.indexFiles({ ...V2, "mine.ts": "mine\n", "new/.env": `TOKEN late ${SECRET}\n` }, "topic");
    let purged = false;
    const put: ObjectStore["put"] = async (key, bytes, options) => {
      if (key.startsWith("refs/") && !purged) {
        purged = true;
        await a.purge([".env"]);
      }
      return remote.put(key, bytes, options);
    };
    const racing = new PurgingMachine(
      "b",
      b.home,
      Object.assign(Object.create(remote) as DirectoryStore, wrapped(remote), { put }),
    );
    await racing.push();
    expect(purged).toBe(true);
    await expectGone(racing);
    expect(await filesAt(b.home, mine)).toEqual({ ...V2_CLEAN, "mine.ts": "mine\n" });
  });

  test("that knows nothing of the undoing takes it over; what comes back is what is indexed again", async () => {
    const { second } = await pushTwoCommits();
    await b.pull();
    await a.purge([".env"]);
    await b.pull();
    await a.purge([".env"], { undo: true });
    await b.pull();
    expect((await manifestOf(b.home)).purges).toEqual({ ".env": 2 });
    const again = await b.indexFiles(V1, "main");
    await b.push();
    await a.pull();
    expect(await filesAt(a.home, again)).toEqual(V1);
    expect(await filesAt(a.home, second)).toEqual(V2_CLEAN);
  });
});

const wrapped = (store: DirectoryStore) => ({
  get: store.get.bind(store),
  head: store.head.bind(store),
  list: store.list.bind(store),
  delete: store.delete.bind(store),
});

/** Every operation with PURGE_KILLS=1, which takes minutes; else some. */
const STEP = Number(process.env.PURGE_KILLS ?? 61);

describe.each(["before", "after"] as const)("killed, %s an operation was done", (when) => {
  test("the index stays whole, and run again it is gone", async () => {
    for (let n = when === "before" ? 11 % STEP : 0; ; n += STEP) {
      remote = await newStore();
      a = new PurgingMachine("a", await newStore(), remote);
      const { first, second } = await pushTwoCommits();
      const plan = new FaultPlan(n + 1, when);
      const faulty = new PurgingMachine("a", a.home, withFaults(remote, plan), withFaults(a.home, plan));
      const died = await faulty.purge([".env"]).then(
        () => false,
        (error: unknown) => {
          if (!(error instanceof Crash)) throw error;
          return true;
        },
      );
      for (const store of [a.home, remote])
        expect((await verifyManifest({ store, repo: REPO, readData: true })).problems).toEqual([]);
      if (!died) {
        expect(n).toBeGreaterThan(30);
        return;
      }
      // a sweep that died leaves its mark for some minutes
      a.serverNow = () => Date.now() + 10 * 60_000;
      expect((await a.purge([".env"])).left).toEqual([]);
      await expectGone(a);
      expect(await filesAt(a.home, first)).toEqual(CLEAN);
      expect(await filesAt(a.home, second)).toEqual(V2_CLEAN);
    }
  }, 400_000);
});
