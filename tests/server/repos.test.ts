/** `/v1/repos`: equal to what an opened view says, from refs, manifests and snapshots alone, and whole when one repository is damaged. */
import { beforeAll, expect, test } from "bun:test";
import type { RemoteRepo } from "../../src/protocol/cloud-api.ts";
import { manifestKey, refKey, snapshotKey } from "../../src/protocol/keys.ts";
import { decodeSnapshot } from "../../src/protocol/snapshot.ts";
import { openView } from "../../src/search/open-view.ts";
import type { Bucket } from "../../src/server/bucket.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";
import { appWithIndexes, copyHome } from "./app-with-indexes.ts";
import { makeRealIndex } from "./real-index.ts";
import type { RealIndex } from "./real-index.ts";

const FILES = [
  { path: "a.ts", language: "typescript", contents: "export function a() {}\n" },
  { path: "b.ts", language: "typescript", contents: "export function b() {}\n" },
];

/** Remembers what was read, and how many reads were under way at once. */
class WatchedStore extends MemoryStore {
  readonly read: string[] = [];
  mostAtOnce = 0;
  #now = 0;

  override async get(...args: Parameters<MemoryStore["get"]>) {
    this.read.push(args[0]);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#now);
    await Bun.sleep(1);
    try {
      return await super.get(...args);
    } finally {
      this.#now--;
    }
  }
}

let index: RealIndex;
beforeAll(async () => {
  index = await makeRealIndex({ repo: "demo", commits: [FILES] });
});

/** The same documents under several names: what is counted does not ask the manifest for its repository. */
async function serverWith(repos: readonly string[]) {
  const store = new WatchedStore();
  const { home, failures, ask } = await appWithIndexes(
    store,
    repos.map((repo) => [repo, index] as const),
  );
  const get = async (path: string) => {
    const answer = await ask(path);
    return { status: answer.status, text: await answer.text() };
  };
  const list = async () => {
    const { text, status } = await get("/v1/repos");
    if (status !== 200) throw new Error(text);
    return (JSON.parse(text) as { repos: RemoteRepo[] }).repos;
  };
  return { store, home, failures, get, list };
}

test("byte for byte what the opened views say, in the order of ids", async () => {
  const { home, get } = await serverWith(["zeta", "demo", "alpha"]);
  const expected = [];
  for (const repo of ["alpha", "demo", "zeta"]) {
    const { ref, commit, manifest } = await openView({ store: home, repo, ref: null });
    const { name, url } = ref.source;
    const key = snapshotKey(repo, manifest.tableId, manifest.snapshots[commit] ?? "");
    const fileCount = decodeSnapshot((await home.get(key))?.bytes ?? new Uint8Array()).files;
    expected.push({
      id: repo,
      name,
      url,
      fileCount,
      lastSyncedAt: ref.pushedAt,
      commit,
      refs: ref.heads,
      tags: {},
      default: "main",
      bytes: manifest.stats.bytes,
      generation: 1,
      device: ref.device,
      state: "ready",
    });
  }
  expect(expected[0]?.fileCount).toBe(2);
  expect((await get("/v1/repos")).text).toBe(JSON.stringify({ repos: expected }));
});

test("no table is opened, few reads are under way at once, and a second call reads the refs alone", async () => {
  const { store, list } = await serverWith(Array.from({ length: 20 }, (_, i) => `r${String(i).padStart(2, "0")}`));
  expect((await list()).length).toBe(20);
  expect(store.read.filter((key) => key.includes("/index/"))).toEqual([]);
  expect([store.mostAtOnce > 1, store.mostAtOnce <= 6]).toEqual([true, true]);
  store.read.length = 0;
  await list();
  expect(store.read.filter((key) => key.startsWith("alice/")).length).toBe(20);
});

test.each([
  ["its ref is no JSON", refKey("bad"), new TextEncoder().encode("{"), "corrupt_index"],
  ["its manifest is gone", "manifest", undefined, "corrupt_index"],
  ["its snapshot is no JSON", "snapshot", new TextEncoder().encode("{"), "corrupt_index"],
  ["its ref is of a newer format", refKey("bad"), new TextEncoder().encode('{"format":99}'), "unsupported_format"],
])("%s: it is listed as damaged, the others as they are", async (_, what, bytes, code) => {
  const { home, failures, list, get } = await serverWith(["alpha", "bad", "zeta"]);
  const keys: Record<string, string> = {
    manifest: manifestKey("bad", index.manifestSha256),
    snapshot: snapshotKey("bad", index.manifest.tableId, index.snapshots[0]?.sha256 ?? ""),
  };
  const before = await list();
  const key = keys[what] ?? what;
  if (bytes) await home.put(key, bytes);
  else await home.delete(key);
  const { list: listAfresh, failures: afresh } = await restartedOn(home);
  for (const [repos, told] of [
    [await listAfresh(), afresh],
    [what === refKey("bad") ? await list() : undefined, failures],
  ] as const) {
    if (!repos) continue;
    expect([repos[0], repos[2]]).toEqual([before[0] as RemoteRepo, before[2] as RemoteRepo]);
    expect(repos[1]).toMatchObject({ id: "bad", fileCount: null, commit: null, bytes: null, error: { code } });
    expect(told).toEqual([expect.objectContaining({ code })]);
  }
  const refs = (JSON.parse((await get("/v1/manifest")).text) as { repos: { id: string; ref: unknown }[] }).repos;
  expect(refs.map(({ id }) => id)).toEqual(["alpha", "bad", "zeta"]);
  expect(refs[1]?.ref === null).toBe(what === refKey("bad"));
});

/** Another process over the same bucket, which remembers nothing. */
async function restartedOn(home: Bucket) {
  const fresh = await serverWith([]);
  await copyHome(home, fresh.home);
  return fresh;
}
