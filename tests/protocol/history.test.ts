/** A manifest with 1,000 commits is as large as one with 50, and whole again from its pages. */
import { expect, test } from "bun:test";
import { catManifest } from "../../src/plumbing/cat-manifest.ts";
import { verifyManifest } from "../../src/plumbing/verify-manifest.ts";
import { writeManifest } from "../../src/plumbing/write-manifest.ts";
import {
  decodeHistoryPage,
  NEWEST_COMMITS,
  PAGE_COMMITS,
  readPages,
  sealManifest,
  wholeManifest,
  withCommit,
} from "../../src/protocol/history.ts";
import { refKey, snapshotKey } from "../../src/protocol/keys.ts";
import { decodeManifest, type Manifest } from "../../src/protocol/manifest.ts";
import { encodeRef, REF_FORMAT, type Ref } from "../../src/protocol/ref.ts";
import { keptCommits } from "../../src/protocol/retention.ts";
import { makeSnapshot } from "../../src/protocol/snapshot.ts";
import { writeSnapshot } from "../../src/plumbing/write-snapshot.ts";
import { listCommits } from "../../src/search/browse/list-commits.ts";
import { findCommit } from "../../src/search/find-commit.ts";
import { ViewCache } from "../../src/search/view-cache.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";
import { withStats } from "../../src/store/with-stats.ts";
import { codeOf, newTableId, REPO } from "../helpers/sync-fixtures.ts";

const commitOf = (n: number) => (n * 7919).toString(16).padStart(40, "0");
const tableId = newTableId();

async function manifestWith(store: MemoryStore, commits: number): Promise<Manifest> {
  const snapshots: Record<string, string> = {};
  let log: Manifest["log"] = [];
  for (let n = 0; n < commits; n++) {
    const commit = commitOf(n);
    const snapshot = makeSnapshot({ repo: REPO, tableId, commit, fileIds: [n] });
    snapshots[commit] = await writeSnapshot({ to: store, snapshot });
    log = withCommit(log ?? [], { commit, branch: n % 5 === 0 ? "old" : "main" });
  }
  return {
    format: 3,
    repo: REPO,
    tableId,
    model: { id: "test", dim: 8 },
    chunker: "test",
    table: { name: "files.lance", version: 1, manifest: "AAAA" },
    stats: { files: 1, rows: 1, bytes: 1 },
    snapshots,
    ...(log && { log }),
    segments: [],
    nextFileId: commits,
    objects: [],
  };
}

const refTo = (manifest: string, commits: number): Ref => ({
  format: REF_FORMAT,
  manifest,
  default: "main",
  heads: { main: commitOf(commits - 1), old: commitOf(0) },
  generation: 1,
  device: "d",
  pushedAt: "2026-01-01T00:00:00.000Z",
  source: { name: REPO, url: null },
});

test("the manifest does not grow with history, and one more commit sends kilobytes", async () => {
  const store = new MemoryStore();
  const many = await manifestWith(store, 1000);
  const sizes = [50, 200, 500, 1000].map(async (commits) => {
    const log = many.log?.slice(-commits) ?? [];
    const snapshots = Object.fromEntries(log.map(({ commit }) => [commit, many.snapshots[commit] ?? ""]));
    return (await sealManifest({ ...many, log, snapshots })).bytes.length;
  });
  const largest = (NEWEST_COMMITS + PAGE_COMMITS) * 230 + 800;
  for (const size of sizes) expect(await size).toBeLessThan(largest);

  const counted = withStats(new MemoryStore());
  const before = await manifestWith(store, 999);
  await writeManifest({ to: counted, repo: REPO, manifest: before });
  const { bytesSent: all } = counted.counts();
  await writeManifest({ to: counted, repo: REPO, manifest: many, known: before });
  const sent = counted.counts().bytesSent - all;
  expect(sent).toBeLessThan(largest + 6000);
});

test("it is whole again from its pages, and has the same name", async () => {
  const store = new MemoryStore();
  const manifest = await manifestWith(store, 300);
  const sha256 = await writeManifest({ to: store, repo: REPO, manifest });
  const read = await catManifest({ from: store, repo: REPO, sha256 });
  expect(read).toEqual(manifest);
  expect((await sealManifest(read as Manifest)).sha256).toBe(sha256);
  await store.put(refKey(REPO), encodeRef(refTo(sha256, 300)));
  expect((await verifyManifest({ store, repo: REPO })).problems).toEqual([]);
});

test("a page that is damaged, lost or of another table is told of", async () => {
  const store = new MemoryStore();
  const manifest = await manifestWith(store, 100);
  const { sha256, bytes, pages } = await sealManifest(manifest);
  await writeManifest({ to: store, repo: REPO, manifest });
  await store.put(refKey(REPO), encodeRef(refTo(sha256, 100)));
  const key = snapshotKey(REPO, tableId, pages[0]?.sha256 ?? "");
  await store.put(key, new TextEncoder().encode("{}"));
  expect(await codeOf(catManifest({ from: store, repo: REPO, sha256 }))).toBe("hash_mismatch");
  expect((await verifyManifest({ store, repo: REPO })).problems).toMatchObject([{ key, kind: "sha256" }]);
  await store.delete(key);
  expect(await codeOf(catManifest({ from: store, repo: REPO, sha256 }))).toBe("missing_objects");
  expect((await verifyManifest({ store, repo: REPO })).problems).toMatchObject([{ key, kind: "missing" }]);
  const stored = decodeManifest(bytes);
  const foreign = async (name: string) => ({
    ...decodeHistoryPage(pages.find((p) => p.sha256 === name)?.bytes ?? bytes),
    tableId: newTableId(),
  });
  expect(await codeOf(wholeManifest(stored, foreign))).toBe("corrupt_index");
  const none = { ...stored, history: { sha256: pages.at(-1)?.sha256 ?? "", commits: 1 } };
  expect(
    await codeOf(
      readPages(none, async (name) => decodeHistoryPage(pages.find((p) => p.sha256 === name)?.bytes ?? bytes)),
    ),
  ).toBe("corrupt_index");
});

test("a search by a new commit reads no page, by an old one those before it; the list has all", async () => {
  const store = new MemoryStore();
  const whole = await manifestWith(store, 1000);
  const sha256 = await writeManifest({ to: store, repo: REPO, manifest: whole });
  const manifest = decodeManifest((await sealManifest(whole)).bytes);
  const ref = refTo(sha256, 1000);
  const counted = withStats(store);
  const cache = new ViewCache({ maxRangeBytes: 0, maxHeldBytes: 1e8 });
  const reader = { store: counted, repo: REPO, ref, manifest, cache };
  expect(await findCommit(reader, null)).toEqual({
    commit: commitOf(999),
    branch: "main",
    snapshot: whole.snapshots[commitOf(999)] ?? "",
  });
  expect(counted.counts().requests).toBe(0);
  // the branch has been where it is for long
  expect((await findCommit(reader, "old")).snapshot).toBe(whole.snapshots[commitOf(0)] ?? "");
  expect(counted.counts().requests).toBe(31);
  expect((await findCommit(reader, commitOf(17))).commit).toBe(commitOf(17));
  expect(await codeOf(findCommit(reader, "0000"))).toBe("ref_not_found");
  expect(counted.counts().requests).toBe(31);
  const list = await listCommits({ ...reader, store }, { limit: 1000, after: undefined });
  expect(list.commits.length).toBe(1000);
});

test("what stays: heads, tags, and the newest of each branch", async () => {
  const manifest = await manifestWith(new MemoryStore(), 100);
  const kept = keptCommits({
    manifest,
    heads: { main: commitOf(99), old: commitOf(0) },
    named: [commitOf(50)],
    keep: 3,
  });
  const numbers = Array.from({ length: 100 }, (_, n) => n).filter((n) => kept.has(commitOf(n)));
  expect(numbers).toEqual([0, 50, 85, 90, 95, 97, 98, 99]);
  // a branch that is gone: its commits count as those of no branch
  const gone = keptCommits({ manifest, heads: { main: commitOf(99) }, named: [], keep: 1 });
  expect(gone.has(commitOf(95))).toBe(true);
  expect(gone.size).toBe(2);
});
