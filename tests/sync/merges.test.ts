/**
 * Tables whose segments are merged, on two devices at once: no row is lost, no table replaced, native LanceDB opens every state,
 * and what merges leave behind goes. Real Lance tables; every commit's files are read back.
 */
import { beforeEach, describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { connect } from "@lancedb/lancedb";
import { verifyManifest } from "../../src/plumbing/verify-manifest.ts";
import { unnamedHere } from "../../src/porcelain/sync/sweep-home.ts";
import type { Manifest } from "../../src/protocol/manifest.ts";
import type { DirectoryStore } from "../../src/store/directory-store.ts";
import { MAX_SEGMENTS } from "../../src/table/segments.ts";
import { preparedStores, temporaryStores } from "../helpers/lance-device.ts";
import type { Files } from "../helpers/lance-index.ts";
import { inLong } from "../helpers/long.ts";
import { manifestOf, PurgingMachine } from "../helpers/purging-machine.ts";
import { Random } from "../helpers/random.ts";
import { REPO } from "../helpers/sync-fixtures.ts";

const newStore = temporaryStores("merges");

let remote: DirectoryStore;
let a: PurgingMachine;
let b: PurgingMachine;
/** What was indexed: commit -> its files. */
let commits: Map<string, Files>;

beforeEach(async () => {
  remote = await newStore();
  a = new PurgingMachine("a", await newStore(), remote);
  b = new PurgingMachine("b", await newStore(), remote);
  commits = new Map();
});

async function index(machine: PurgingMachine, files: Files, branch = "main"): Promise<string> {
  const commit = await machine.indexFiles(files, branch);
  commits.set(commit, files);
  return commit;
}

const lines = (text: string, count: number) => `${text}\n`.repeat(count);
const START: Files = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`${i}.ts`, lines(`start ${i}`, 6)]));

/** Segments and table agree, and native LanceDB opens what the manifest says. */
async function expectWhole(machine: PurgingMachine): Promise<Manifest> {
  const manifest = await manifestOf(machine.home);
  const segments = manifest.segments ?? [];
  expect(segments.length).toBeLessThanOrEqual(MAX_SEGMENTS);
  expect(segments.reduce((sum, { rows }) => sum + rows, 0)).toBe(manifest.stats.rows);
  const data = manifest.objects.flatMap(({ path }) =>
    path.includes("/data/") ? [path.slice("files.lance/".length)] : [],
  );
  expect(segments.flatMap(({ files }) => files).sort()).toEqual(data);
  const connection = await connect(join(machine.home.dir, "index", REPO));
  const table = await connection.openTable("files");
  expect(await table.countRows()).toBe(manifest.stats.rows);
  expect(await table.version()).toBe(manifest.table.version);
  table.close();
  connection.close();
  expect(await readdir(join(machine.home.dir, "index", REPO))).toEqual(["files.lance"]);
  return manifest;
}

async function expectAllCommits(machine: PurgingMachine): Promise<void> {
  for (const [commit, files] of commits) expect(await machine.filesAt(commit)).toEqual(files);
  for (const store of [machine.home, remote])
    expect((await verifyManifest({ store, repo: REPO, readData: true })).problems).toEqual([]);
}

/** Twelve files, one of them changed six times, on `a` alone, which merged them: `b` has the state before the last five. */
const apart = preparedStores(newStore, async ([bucket, homeA, homeB]) => {
  const [first, second] = [homeA, homeB].map(
    (home, i) => new PurgingMachine("ab"[i] ?? "", home as DirectoryStore, bucket as DirectoryStore),
  ) as [PurgingMachine, PurgingMachine];
  const made: [string, Files][] = [];
  for (let i = 0; i < 7; i++) {
    const files = { ...START, "0.ts": lines(`version ${i}`, 3) };
    made.push([await first.indexFiles(files), files]);
    await first.push();
    if (i === 1) await second.pull();
  }
  return made;
});
const setApart = async () => {
  for (const [commit, files] of await apart([remote, a.home, b.home])) commits.set(commit, files);
  return { latest: [...commits.values()].at(-1) as Files };
};

describe("one device", () => {
  test("merges as it goes, sends what it merged, and keeps at most the files of the last two states", async () => {
    await setApart();
    const manifest = await expectWhole(a);
    expect(manifest.segments?.length).toBeGreaterThan(1);
    // seven pushes that never merged would be seven files
    expect(manifest.segments?.flatMap((segment) => segment.files).length).toBeLessThan(5);
    await expectAllCommits(a);
    expect((await a.status()).state).toBe("in-sync");
    const before = new Set((await unnamedHere(a.input(), manifest)).filter((key) => key.includes("/data/")));
    await index(a, { ...START, "0.ts": "and on\n" });
    const left = (await unnamedHere(a.input(), await expectWhole(a))).filter((key) => key.includes("/data/"));
    // what the state before this one was made of, and nothing older
    for (const key of left) expect(before).not.toContain(key);
    await expectAllCommits(a);
  });

  test("never gives a number twice", async () => {
    const { latest } = await setApart();
    const next = (await manifestOf(a.home)).nextFileId ?? 0;
    expect(next).toBe(11 + 7 + 1);
    await index(a, { ...latest, "new.ts": "new\n" });
    expect((await manifestOf(a.home)).nextFileId).toBe(next + 1);
  });
});

describe("two devices", () => {
  test("one merged, the other has work on the table before: it goes on top of the merged one", async () => {
    const { latest } = await setApart();
    const { tableId } = await manifestOf(a.home);
    const [, seen] = [...commits.values()];
    await index(b, { ...seen, "only-b.ts": "b\n" }, "of-b");
    expect((await b.status()).state).toBe("diverged");
    expect(await b.push()).toMatchObject({ filesRebased: 1 });
    const joined = await expectWhole(b);
    expect(joined.tableId).toBe(tableId);
    await a.pull();
    await index(a, { ...latest, "only-a.ts": "a\n" });
    await a.push();
    await b.pull();
    for (const machine of [a, b]) {
      await expectWhole(machine);
      await expectAllCommits(machine);
      expect((await machine.status()).inSync).toBe(true);
    }
  });

  test("the same towards a server that cannot say who it is: nothing of the past is known, and it ends", async () => {
    await setApart();
    const [, seen] = [...commits.values()];
    b.spaceId = undefined;
    for (let i = 0; i < 3; i++) {
      await index(b, { ...seen, "only-b.ts": lines(`b ${i}`, 3 + i) }, "of-b");
      await (i === 1 ? b.pull() : b.push());
    }
    await a.pull();
    for (const machine of [a, b]) {
      await expectWhole(machine);
      await expectAllCommits(machine);
    }
  });

  test("one that is behind and has nothing new sends nothing, and takes the merged table", async () => {
    await setApart();
    const there = await manifestOf(remote);
    expect(await b.push()).toMatchObject({ filesUploaded: 0 });
    expect(await manifestOf(remote)).toEqual(there);
    await b.pull();
    expect(await manifestOf(b.home)).toEqual(there);
    await expectWhole(b);
    await expectAllCommits(b);
  });

  test("one purges: the other has its table, segment by segment", async () => {
    await setApart();
    const purged = await a.purge(["0.ts"]);
    expect(purged.left).toEqual([]);
    for (const [commit, files] of commits) {
      const { "0.ts": _, ...rest } = files;
      commits.set(commit, rest);
    }
    expect(await manifestOf(remote)).toEqual(await expectWhole(a));
    await b.pull();
    await expectWhole(b);
    await expectAllCommits(b);
  });

  test.each(inLong([1, 2, 3, 4, 5, 6], [2]))("seed %d: twenty commands of both, in any order", async (seed) => {
    const random = new Random(seed);
    const machines = [a, b];
    const files = [START, START];
    await index(a, START);
    await a.push();
    await b.pull();
    const { tableId } = await manifestOf(remote);
    for (let step = 0; step < 20; step++) {
      const who = random.below(2);
      const machine = machines[who] as PurgingMachine;
      const command = random.pick(["index", "index", "push", "pull"]);
      if (command === "push") await machine.push();
      else if (command === "pull") await machine.pull();
      else {
        files[who] = {
          ...files[who],
          [`${random.below(12)}.ts`]: lines(`${machine.name} ${step}`, 1 + random.below(9)),
        };
        await index(machine, files[who] as Files, `of-${machine.name}`);
        await expectWhole(machine);
      }
      expect((await manifestOf(remote)).tableId).toBe(tableId);
    }
    for (const machine of [a, b, a]) await machine.push();
    for (const machine of [b, a]) await machine.pull();
    for (const machine of machines) {
      expect((await expectWhole(machine)).tableId).toBe(tableId);
      await expectAllCommits(machine);
    }
  });
});

test("after a purge, merges go on, and nothing of it comes back", async () => {
  await setApart();
  const gone = new Set(["3.ts", "0.ts"]);
  await a.purge([...gone]);
  for (const [commit, files] of commits)
    commits.set(commit, Object.fromEntries(Object.entries(files).filter(([path]) => !gone.has(path))));
  const left = [...commits.values()].at(-1) as Files;
  for (let i = 0; i < 5; i++) {
    await index(a, { ...left, "1.ts": lines(`after ${i}`, 5) });
    const { objects } = await expectWhole(a);
    expect(objects.some(({ path }) => path.includes("_deletions"))).toBe(false);
    await a.push();
  }
  await b.pull();
  for (const machine of [a, b]) await expectAllCommits(machine);
});
