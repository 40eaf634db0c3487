/** Search packs on the way between devices: an index of an older program that has none, and what is made of it. Real Lance tables. */
import { beforeEach, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { updateLocalRef } from "../../src/plumbing/local-ref.ts";
import { readRef } from "../../src/plumbing/read-ref.ts";
import { verifyManifest } from "../../src/plumbing/verify-manifest.ts";
import { writeManifest } from "../../src/plumbing/write-manifest.ts";
import { objectKey } from "../../src/protocol/keys.ts";
import { formatFor, type Manifest, packsOf } from "../../src/protocol/manifest.ts";
import { openView } from "../../src/search/open-view.ts";
import { search } from "../../src/search/search.ts";
import type { DirectoryStore } from "../../src/store/directory-store.ts";
import { remakeDerived } from "../../src/table/remake-derived.ts";
import { LanceDevice, refIn, temporaryStores } from "../helpers/lance-device.ts";
import type { Files } from "../helpers/lance-index.ts";
import { manifestOf } from "../helpers/purging-machine.ts";
import { REPO } from "../helpers/sync-fixtures.ts";

const newStore = temporaryStores("packs");
const FILES: Files = { "src/a.ts": "one\ntwo\nthree\n", "src/b.ts": "four\nfive\n" };
const MORE: Files = { ...FILES, "src/c.ts": "six\n" };

let remote: DirectoryStore;
let a: LanceDevice;
let b: LanceDevice;

beforeEach(async () => {
  remote = await newStore();
  a = new LanceDevice("a", await newStore(), remote);
  b = new LanceDevice("b", await newStore(), remote);
});

/** The local ref names another manifest of the same table. */
async function show(device: LanceDevice, manifest: Manifest): Promise<void> {
  const expected = await readRef({ from: device.home, repo: REPO });
  const ref = await refIn(device.home);
  if (ref === undefined) throw new Error("no index");
  const sha256 = await writeManifest({ to: device.home, repo: REPO, manifest });
  await updateLocalRef({ to: device.home, repo: REPO, ref: { ...ref, manifest: sha256 }, expected });
}

/** As a program without packs leaves an index. */
async function makeOld(device: LanceDevice): Promise<void> {
  const { segments: _, nextFileId: __, ...manifest } = await manifestOf(device.home);
  const objects = manifest.objects.filter(({ path }) => !path.includes("/packs/"));
  await show(device, { ...manifest, format: formatFor({}), objects });
  await rm(join(device.home.dir, "index", REPO, "files.lance/packs"), { recursive: true });
}

const upgrade = async (device: LanceDevice) =>
  show(device, await remakeDerived({ localDir: device.home.dir, manifest: await manifestOf(device.home), lost: [] }));

async function found(store: DirectoryStore, q: string): Promise<string[]> {
  const view = await openView({ store, repo: REPO, ref: null });
  const request = {
    q,
    mode: "keyword",
    limit: 10,
    repos: [],
    ref: null,
    path: null,
    lang: null,
    vector: null,
  } as const;
  const { results } = await search({ views: [view], request, embedQuery: async () => undefined });
  return results.map(({ path }) => path);
}

const packsIn = async (store: DirectoryStore) => packsOf(await manifestOf(store))?.map(({ path }) => path);

test("an old index is pulled and searched as it is; with packs it is ahead, and replaces the one without for all", async () => {
  await a.indexFiles(FILES);
  await makeOld(a);
  await a.push();
  await b.pull();
  expect(await packsIn(b.home)).toBeUndefined();
  expect(await found(b.home, "five")).toEqual(["src/b.ts"]);
  expect(await found(remote, "five")).toEqual(["src/b.ts"]);

  await upgrade(b);
  expect((await b.status()).state).toBe("ahead");
  // the pack, the manifest, the ref; one look at the ref before
  expect(await b.push()).toMatchObject({ filesUploaded: 1, upToDate: false });
  expect((await b.status()).state).toBe("in-sync");
  const [pack] = (await packsIn(remote)) ?? [];
  expect(await remote.head(objectKey(REPO, pack ?? ""))).toBeDefined();
  expect((await verifyManifest({ store: remote, repo: REPO, readData: true })).problems).toEqual([]);

  expect((await a.status()).state).toBe("behind");
  expect(await a.push()).toMatchObject({ filesUploaded: 0 });
  expect(await packsIn(remote)).toEqual([pack as string]);
  expect(await a.pull()).toMatchObject({ filesDownloaded: 1 });
  expect(await packsIn(a.home)).toEqual([pack as string]);
  for (const store of [a.home, b.home, remote]) expect(await found(store, "five")).toEqual(["src/b.ts"]);
});

test("work that is put on top of an old index has packs, and so has all beneath it", async () => {
  await a.indexFiles(FILES);
  await makeOld(a);
  await a.push();
  await b.pull();
  await a.indexFiles({ ...FILES, "src/a.ts": "one\nseven\n" });
  await makeOld(a);
  await a.push();
  const mine = await b.indexFiles(MORE);
  expect((await b.status()).state).toBe("diverged");
  expect(await b.push()).toMatchObject({ commit: mine });
  const manifest = await manifestOf(remote);
  expect(packsOf(manifest)?.reduce((sum, { rows }) => sum + rows, 0)).toBe(manifest.stats.rows);
  expect((await verifyManifest({ store: remote, repo: REPO, readData: true })).problems).toEqual([]);
  expect(await found(remote, "six")).toEqual(["src/c.ts"]);
});

test("verify-manifest says of a pack what is wrong with it, though its bytes are those that the manifest names", async () => {
  await a.indexFiles(FILES);
  const manifest = await manifestOf(a.home);
  const [segment] = manifest.segments ?? [];
  if (segment?.pack === undefined) throw new Error("no pack");
  await show(a, { ...manifest, segments: [{ ...segment, pack: { ...segment.pack, crc32: 1 } }] });
  const problems = async (readData: boolean) =>
    (await verifyManifest({ store: a.home, repo: REPO, readData })).problems.map(({ kind, key }) => [kind, key]);
  expect(await problems(false)).toEqual([]);
  expect(await problems(true)).toEqual([["pack", objectKey(REPO, segment.pack.path)]]);
});
