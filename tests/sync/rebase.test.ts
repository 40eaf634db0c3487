/** Two devices that add to one real Lance table: the loser's rows go on top of the winner's, and nobody's commit changes. */
import { beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import * as lancedb from "@lancedb/lancedb";
import { catManifest } from "../../src/plumbing/cat-manifest.ts";
import { readRef } from "../../src/plumbing/read-ref.ts";
import { verifyManifest } from "../../src/plumbing/verify-manifest.ts";
import type { DirectoryStore } from "../../src/store/directory-store.ts";
import type { ObjectStore } from "../../src/store/object-store.ts";
import { LanceDevice, preparedStores, refIn, temporaryStores } from "../helpers/lance-device.ts";
import type { Files } from "../helpers/lance-index.ts";
import { REPO } from "../helpers/sync-fixtures.ts";
import { Crash, FaultPlan, withFaults } from "../helpers/with-faults.ts";
import { inLong } from "../helpers/long.ts";

const newStore = temporaryStores("rebase");

let remote: DirectoryStore;
let a: LanceDevice;
let b: LanceDevice;

const machine = async (name: string) => new LanceDevice(name, await newStore(), remote);

beforeEach(async () => {
  remote = await newStore();
  a = await machine("a");
  b = await machine("b");
});

const BASE: Files = { "src/a.ts": "one\ntwo\nthree\n", "src/b.ts": "four\nfive\n", README: "hello\n" };
const A2: Files = { ...BASE, "src/a.ts": "one\ntwo changed by a\nthree\n", "only-a.ts": "a\na\na\n" };
const B2: Files = {
  ...BASE,
  "src/a.ts": "one changed by b\ntwo\nthree\n",
  "only-b.ts": "b\nb\nb\n",
  "same.ts": "both\n",
};

async function expectSound(store: ObjectStore) {
  expect((await verifyManifest({ store, repo: REPO, readData: true })).problems).toEqual([]);
}

const diverged = preparedStores(newStore, async ([bucket, ...homes]) => {
  const [first, second] = homes.map((home, i) => new LanceDevice(i === 0 ? "a" : "b", home, bucket as DirectoryStore));
  if (first === undefined || second === undefined) throw new Error("two homes");
  const base = await first.indexFiles(BASE);
  await first.push();
  await second.pull();
  const theirs = await first.indexFiles({ ...A2, "same.ts": "both\n" });
  await first.push();
  const mine = await second.indexFiles(B2);
  return { base, mine, theirs };
});
const diverge = () => diverged([remote, a.home, b.home]);

describe("two devices on one table", () => {
  test("push puts ours on top of theirs by itself; every commit still sees exactly its files, everywhere", async () => {
    const { base, mine, theirs } = await diverge();
    expect((await b.status()).state).toBe("diverged");
    const result = await b.push();
    // same.ts came with the winner and is not appended again
    expect(result).toMatchObject({ commit: mine, filesRebased: 2, upToDate: false });
    expect(result.replaced).toBeUndefined();
    await expectSound(remote);
    await a.pull();
    const c = await machine("c");
    await c.pull();
    for (const device of [a, b, c]) {
      expect(await device.filesAt(base)).toEqual(BASE);
      expect(await device.filesAt(theirs)).toEqual({ ...A2, "same.ts": "both\n" });
      expect(await device.filesAt(mine)).toEqual(B2);
      expect((await device.status()).inSync).toBe(true);
      expect(await device.push()).toMatchObject({ upToDate: true, requests: 1 });
      await expectSound(device.store);
    }
  });

  test("pull does the same, and the next push sends it", async () => {
    const { base, mine, theirs } = await diverge();
    expect(await b.pull()).toMatchObject({ filesRebased: 2, upToDate: false });
    expect(await b.filesAt(base)).toEqual(BASE);
    expect(await b.filesAt(theirs)).toEqual({ ...A2, "same.ts": "both\n" });
    expect(await b.filesAt(mine)).toEqual(B2);
    expect((await b.status()).state).toBe("ahead");
    await b.push();
    await a.pull();
    expect(await a.filesAt(mine)).toEqual(B2);
  });

  test("branches of both survive; a branch moved by both goes to the later push", async () => {
    await a.indexFiles(BASE);
    await a.push();
    await b.pull();
    const topicA = await a.indexFiles(A2, "topic-a");
    const mainA = await a.indexFiles(A2, "main");
    await a.push();
    const topicB = await b.indexFiles(B2, "topic-b");
    const mainB = await b.indexFiles(B2, "main");
    await b.push();
    const heads = { "topic-a": topicA, "topic-b": topicB, main: mainB };
    expect((await refIn(remote))?.heads).toEqual(heads);
    await a.pull();
    expect((await refIn(a.store))?.heads).toEqual(heads);
    expect(await a.filesAt(mainA)).toEqual(A2);
  });

  test("a commit that adds no rows costs a snapshot and no rows", async () => {
    await a.indexFiles(BASE);
    await a.push();
    await b.pull();
    await a.indexFiles({ README: BASE.README ?? "" });
    await a.push();
    const mine = await b.indexFiles({ "src/b.ts": BASE["src/b.ts"] ?? "" });
    expect(await b.push()).toMatchObject({ filesRebased: 0, filesUploaded: 1 });
    await a.pull();
    expect(await a.filesAt(mine)).toEqual({ "src/b.ts": "four\nfive\n" });
  });

  test("the table goes on natively: indexed, appended and pushed again after a rebase and after a pull", async () => {
    await diverge();
    await b.push();
    const third = { ...B2, "third.ts": "3\n3\n3\n3\n" };
    const commit = await b.indexFiles(third);
    expect(await b.push()).toMatchObject({ filesRebased: 0, upToDate: false });
    await a.pull();
    expect(await a.filesAt(commit)).toEqual(third);
    const fourth = await a.indexFiles({ ...third, "fourth.ts": "4\n" });
    await a.push();
    await b.pull();
    expect(await b.filesAt(fourth)).toEqual({ ...third, "fourth.ts": "4\n" });
    const ref = await readRef({ from: b.store, repo: REPO });
    const manifest = await catManifest({ from: b.store, repo: REPO, sha256: ref?.ref.manifest ?? "" });
    const connection = await lancedb.connect(join(b.home.dir, "index", REPO));
    const table = await connection.openTable("files");
    expect(await table.countRows()).toBe(manifest?.stats.rows ?? -1);
    expect(await table.version()).toBe(manifest?.table.version ?? -1);
    table.close();
    connection.close();
  });

  test("three devices push at once: nothing of anybody is lost", async () => {
    await a.indexFiles(BASE);
    await a.push();
    const c = await machine("c");
    await b.pull();
    await c.pull();
    const commits = new Map<LanceDevice, string>();
    for (const device of [a, b, c])
      commits.set(
        device,
        await device.indexFiles({ ...BASE, [`by-${device.name}.ts`]: `${device.name}\n` }, device.name),
      );
    await Promise.all([a, b, c].map((device) => device.push()));
    await expectSound(remote);
    const d = await machine("d");
    await d.pull();
    for (const [device, commit] of commits)
      expect(await d.filesAt(commit)).toEqual({ ...BASE, [`by-${device.name}.ts`]: `${device.name}\n` });
  });

  test.each(["before", "after"] as const)(
    "S1, S2, S3: killed at any store operation of a joining push, %s it was done, it is repeated",
    async (when) => {
      // every eleventh operation: each round writes real tables
      for (let n = 1; ; n += inLong(2, 11)) {
        remote = await newStore();
        a = await machine("a");
        b = await machine("b");
        const { base, mine, theirs } = await diverge();
        const plan = new FaultPlan(n, when);
        const dying = new LanceDevice("b", b.home, withFaults(remote, plan), withFaults(b.home, plan));
        const died = await dying.push().then(
          () => false,
          (error: unknown) => {
            if (!(error instanceof Crash)) throw error;
            return true;
          },
        );
        await expectSound(remote);
        await expectSound(b.store);
        expect(await b.filesAt(mine)).toEqual(B2);
        if (!died) {
          expect(n).toBeGreaterThan(30);
          return;
        }
        await b.push();
        await a.pull();
        for (const device of [a, b]) {
          expect(await device.filesAt(base)).toEqual(BASE);
          expect(await device.filesAt(theirs)).toEqual({ ...A2, "same.ts": "both\n" });
          expect(await device.filesAt(mine)).toEqual(B2);
        }
      }
    },
    60_000,
  );
});
