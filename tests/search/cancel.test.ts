/** A search that nobody waits for any more: whichever read it is at, it ends at once and begins no other. */
import { beforeAll, expect, test } from "bun:test";
import { loadStaticEmbedder } from "../../src/embed/load-static.ts";
import { untilAborted } from "../../src/protocol/abort.ts";
import { indexPrefix, manifestKey, refKey, snapshotKey } from "../../src/protocol/keys.ts";
import { encodeRef, REF_FORMAT } from "../../src/protocol/ref.ts";
import { parseSearchRequest } from "../../src/protocol/search-question.ts";
import { openView } from "../../src/search/open-view.ts";
import { ViewCache } from "../../src/search/view-cache.ts";
import { readFile } from "../../src/search/read-file.ts";
import { search } from "../../src/search/search.ts";
import type { SearchArguments } from "../../src/search/search.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";
import type { ObjectStore } from "../../src/store/object-store.ts";
import { makeRealIndex } from "../server/real-index.ts";

const REPO = "made";
const path = "src/vault.ts";
const bucket = new MemoryStore();
let embedQuery: SearchArguments["embedQuery"];

beforeAll(async () => {
  const embedder = await loadStaticEmbedder();
  embedQuery = () => embedder.embedQuery("open the vault");
  const contents = "export function openVault(door) {\n  return door.unlock();\n}\n";
  const index = await makeRealIndex({ repo: REPO, commits: [[{ path, language: "typescript", contents }]], embedder });
  const [commit = ""] = index.commits;
  for (const [file, bytes] of index.objects) await bucket.put(indexPrefix(REPO) + file, bytes);
  for (const { sha256, bytes } of index.snapshots)
    await bucket.put(snapshotKey(REPO, index.manifest.tableId, sha256), bytes);
  await bucket.put(manifestKey(REPO, index.manifestSha256), index.manifestBytes);
  const source = { name: REPO, url: null };
  const ref = { manifest: index.manifestSha256, default: "main", heads: { main: commit }, tags: {}, source };
  await bucket.put(
    refKey(REPO),
    encodeRef({ ...ref, format: REF_FORMAT, generation: 1, device: "test", pushedAt: "2026-01-01T00:00:00Z" }),
  );
});

interface Stalling {
  readonly store: ObjectStore;
  readonly reads: () => number;
  /** The n-th read has come. */
  readonly stalled: Promise<void>;
  /** Now it goes on. */
  readonly release: () => void;
}

/** The bucket, which stops answering at the n-th read; a deaf one does not even hear the signal then. */
function stallingAt(n: number, { deaf } = { deaf: false }): Stalling {
  let reads = 0;
  const { promise: stalled, resolve: stall } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const get: ObjectStore["get"] = async (key, options) => {
    if (++reads >= n) {
      stall();
      await untilAborted(deaf ? undefined : options?.signal, () => released);
    }
    return bucket.get(key, deaf && options?.range ? { range: options.range } : options);
  };
  const store: ObjectStore = {
    get,
    head: (key, options) => bucket.head(key, options),
    put: (key, bytes, options) => bucket.put(key, bytes, options),
    list: (prefix, options) => bucket.list(prefix, options),
    delete: (key) => bucket.delete(key),
  };
  return { store, reads: () => reads, stalled, release };
}

const WORK: Record<string, (store: ObjectStore, signal?: AbortSignal) => Promise<unknown>> = {
  search: async (store, signal) => {
    const view = await openView({ store, repo: REPO, ref: null, signal });
    const request = parseSearchRequest({ q: '"open the vault"' });
    const found = await search({ views: [view], request, embedQuery, signal });
    expect(found.results.map((hit) => hit.path)).toEqual([path]);
  },
  "reading a file": async (store, signal) => {
    const view = await openView({ store, repo: REPO, ref: null, signal });
    expect((await readFile({ view, path, signal }))?.path).toBe(path);
  },
};

for (const [name, work] of Object.entries(WORK))
  test(`${name}: stopped at each of its reads`, async () => {
    const whole = stallingAt(Number.POSITIVE_INFINITY);
    await work(whole.store);
    expect(whole.reads()).toBeGreaterThan(8);
    for (let n = 1; n <= whole.reads(); n++) {
      const { store, reads, stalled } = stallingAt(n);
      const caller = new AbortController();
      const done = work(store, caller.signal);
      await stalled;
      caller.abort();
      const begun = reads();
      await expect(done).rejects.toMatchObject({ code: "interrupted" });
      await Bun.sleep(0);
      expect(reads()).toBe(begun);
    }
  });

test("reads that do not hear the signal are the last ones of their search", async () => {
  const work = WORK["search"] as (typeof WORK)[string];
  const whole = stallingAt(Number.POSITIVE_INFINITY);
  await work(whole.store);
  for (let n = 1; n <= whole.reads(); n++) {
    const { store, reads, stalled, release } = stallingAt(n, { deaf: true });
    const caller = new AbortController();
    const done = work(store, caller.signal);
    await stalled;
    caller.abort();
    const begun = reads();
    release();
    await expect(done).rejects.toMatchObject({ code: "interrupted" });
    for (let turn = 0; turn < 5; turn++) await Bun.sleep(0);
    expect(reads()).toBe(begun);
  }
});

test("a search ends even where a model never answers", async () => {
  const view = await openView({ store: bucket, repo: REPO, ref: null });
  const caller = new AbortController();
  const request = parseSearchRequest({ q: "vault" });
  const { signal } = caller;
  const done = search({ views: [view], request, embedQuery: () => new Promise(() => {}), signal });
  await Bun.sleep(0);
  caller.abort();
  await expect(done).rejects.toMatchObject({ code: "interrupted" });
});

test("who gives up while a view is opened leaves nothing half open to the next one", async () => {
  const reads = stallingAt(Number.POSITIVE_INFINITY);
  await openView({ store: reads.store, repo: REPO, ref: null });
  for (let n = 1; n <= reads.reads(); n++) {
    const cache = new ViewCache({ maxRangeBytes: 1 << 20, maxHeldBytes: 1 << 20 });
    const { store, stalled } = stallingAt(n);
    const caller = new AbortController();
    const first = openView({ store, repo: REPO, ref: null, cache, signal: caller.signal });
    await stalled;
    const second = openView({ store: bucket, repo: REPO, ref: null, cache });
    caller.abort();
    await expect(first).rejects.toMatchObject({ code: "interrupted" });
    expect((await readFile({ view: await second, path }))?.path).toBe(path);
  }
});
