/**
 * What was purged does not come back by any of the ways around a plain pull and push: an index of another model or chunker, one
 * that takes another's place, an empty runner, a bucket that was emptied. Each story begins after the purge, from one fixture.
 */
import { beforeAll, expect, test } from "bun:test";
import { cp } from "node:fs/promises";
import { verifyManifest } from "../../src/plumbing/verify-manifest.ts";
import { DirectoryStore } from "../../src/store/directory-store.ts";
import { filesWith } from "../helpers/files-with.ts";
import { temporaryStores } from "../helpers/lance-device.ts";
import { filesAt, type Files } from "../helpers/lance-index.ts";
import { manifestOf, PurgingMachine } from "../helpers/purging-machine.ts";
import { REPO } from "../helpers/sync-fixtures.ts";
import { Crash, FaultPlan, withFaults } from "../helpers/with-faults.ts";

const newStore = temporaryStores("purge-holds");

const SECRET = "hunter2hunter2";
const CLEAN: Files = { "a.ts": "one\ntwo\n", "b.ts": "threeandthirty\n" };
const V1: Files = { ...CLEAN, ".env": `TOKEN ${SECRET}\n` };
const V2: Files = { ...V1, ".env": `TOKEN ${SECRET}\nMORE ${SECRET}\n` };
/** Names another chunker. */
const OTHER = "test-2";
const FORCE = { force: { branch: "main" } };
/** As a machine purges that may not speak to the cloud. */
const HERE_ONLY = { cloud: undefined };

interface World {
  readonly remote: DirectoryStore;
  /** Has purged `.env`, here and in the cloud. */
  readonly a: PurgingMachine;
  /** Has both commits, and never heard of it. */
  readonly b: PurgingMachine;
  /** Has nothing. */
  readonly ci: PurgingMachine;
}

const world: Record<"remote" | "a" | "b" | "ci", string> = { remote: "", a: "", b: "", ci: "" };
let first: string;

function worldIn(at: typeof world): World {
  const remote = new DirectoryStore(at.remote);
  const machine = (name: "a" | "b" | "ci") => new PurgingMachine(name, new DirectoryStore(at[name]), remote);
  return { remote, a: machine("a"), b: machine("b"), ci: machine("ci") };
}

beforeAll(async () => {
  for (const name of ["remote", "a", "b", "ci"] as const) world[name] = (await newStore()).dir;
  const { a, b } = worldIn(world);
  first = await a.indexFiles(V1);
  await a.push();
  await a.indexFiles(V2);
  await a.push();
  await b.pull();
  expect((await a.purge([".env"])).left).toEqual([]);
});

async function copyOfWorld(): Promise<World> {
  const at = { ...world };
  for (const name of ["remote", "a", "b", "ci"] as const) {
    at[name] = (await newStore()).dir;
    await cp(world[name], at[name], { recursive: true, preserveTimestamps: true });
  }
  return worldIn(at);
}

async function empty(store: DirectoryStore): Promise<void> {
  for await (const { key } of store.list("")) await store.delete(key);
}

/** @returns who must be clean at the end, beside the bucket; and `also`: what must be gone beside `.env` */
type Story = (world: World) => Promise<{ clean: readonly PurgingMachine[]; also?: readonly string[] }>;

const stories: Record<string, Story> = {
  "push --force of another chunker's index, by a device that never heard of the purge": async ({ b }) => {
    const mine = await b.indexFiles({ ...V2, "mine.ts": "mine\n" }, "main", undefined, OTHER);
    expect((await b.push(FORCE)).replaced).toBeDefined();
    expect(await filesAt(b.home, mine)).toEqual({ ...CLEAN, "mine.ts": "mine\n" });
    return { clean: [b] };
  },
  "push --force of such an index, which the others then pull": async ({ a, b }) => {
    const mine = await b.indexFiles(V2, "main", undefined, OTHER);
    expect((await b.push(FORCE)).replaced).toBeDefined();
    await a.pull();
    expect(await filesAt(a.home, mine)).toEqual(CLEAN);
    return { clean: [a, b] };
  },
  "push --force of an index that purged more": async ({ a, b }) => {
    const mine = await b.indexFiles(V2, "main", undefined, OTHER);
    await b.purge(["b.ts"], HERE_ONLY);
    await b.push(FORCE);
    await a.pull();
    expect(await filesAt(a.home, mine)).toEqual({ "a.ts": "one\ntwo\n" });
    return { clean: [a, b], also: ["b.ts"] };
  },
  "pull --force over an index of another chunker that purged more": async ({ a, b }) => {
    await b.indexFiles(V2, "main", undefined, OTHER);
    await b.purge(["b.ts"], HERE_ONLY);
    await b.pull({ force: true });
    expect(await filesAt(b.home, first)).toEqual({ "a.ts": "one\ntwo\n" });
    await b.push();
    await a.pull();
    return { clean: [a, b], also: ["b.ts"] };
  },
  "a pull that takes the cloud's table in place of one made apart, which purged more": async ({ a, ci }) => {
    await ci.indexFiles(V1, "main", first);
    await ci.purge(["b.ts"], HERE_ONLY);
    await ci.pull();
    await ci.push();
    await a.pull();
    return { clean: [a, ci], also: ["b.ts"] };
  },
  "a push by one whose commits the cloud has, and who purged more": async ({ a, ci }) => {
    await ci.indexFiles(V1, "main", first);
    await ci.purge(["b.ts"], HERE_ONLY);
    await ci.push();
    await a.pull();
    return { clean: [a, ci], also: ["b.ts"] };
  },
  "a purge that had no cloud, pushed later": async ({ a, b }) => {
    await a.purge(["b.ts"], HERE_ONLY);
    await b.indexFiles({ ...V2, "mine.ts": "mine\n", "sub/b.ts": "threeandthirty again\n" }, "topic");
    await b.push();
    await a.push();
    await b.pull();
    return { clean: [a, b], also: ["b.ts"] };
  },
  "a runner from an empty home that indexes the old commit again": async ({ ci }) => {
    await ci.indexFiles(V1, "main", first);
    await ci.push();
    await ci.pull();
    return { clean: [ci] };
  },
  "an index removed from the cloud, pushed by one that never heard, then by the one that purged": async (all) => {
    const { a, b, remote } = all;
    await empty(remote);
    await b.push();
    expect((await filesWith(remote.dir, SECRET)).length).toBeGreaterThan(0);
    await a.push();
    await b.pull();
    return { clean: [a, b] };
  },
  "a first push that was cut off, then a purge that finds no cloud": async ({ remote, ci }) => {
    await empty(remote);
    await ci.indexFiles(V1);
    for (let at = 1; (await filesWith(remote.dir, SECRET)).length === 0; at++) {
      const dying = new PurgingMachine("ci", ci.home, withFaults(remote, new FaultPlan(at, "after")));
      expect(await dying.push().catch((error: unknown) => error instanceof Crash)).toBe(true);
    }
    expect((await ci.purge([".env"])).removed.cloud).toBeNull();
    await ci.push();
    return { clean: [ci] };
  },
};

for (const [name, story] of Object.entries(stories))
  test(name, async () => {
    const all = await copyOfWorld();
    const { clean, also = [] } = await story(all);
    for (const store of [all.remote, ...clean.map(({ home }) => home)]) {
      expect((await verifyManifest({ store, repo: REPO, readData: true })).problems).toEqual([]);
      const { purges } = await manifestOf(store);
      expect(purges).toEqual(Object.fromEntries([".env", ...also].map((pattern) => [pattern, 1])));
      for (const word of [SECRET, "TOKEN", ...(also.length > 0 ? ["threeandthirty"] : [])])
        expect(await filesWith(store.dir, word)).toEqual([]);
    }
    for (const machine of clean) {
      expect(await machine.push()).toMatchObject({ upToDate: true });
      for (const commit of Object.keys((await manifestOf(machine.home)).snapshots))
        expect(Object.keys(await filesAt(machine.home, commit))).not.toContainAnyValues([".env", ...also]);
    }
  });
