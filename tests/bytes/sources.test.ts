import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ByteCache, cachedDirectory } from "../../src/bytes/cache.ts";
import type { ByteDirectory, ByteSource } from "../../src/bytes/byte-source.ts";
import { coalescedDirectory, planReads } from "../../src/bytes/coalesce.ts";
import { fileDirectory } from "../../src/bytes/file-source.ts";
import { memoryDirectory } from "../../src/bytes/memory-source.ts";
import { objectDirectory } from "../../src/store/object-source.ts";
import { ReadStats, countedDirectory } from "../../src/bytes/stats.ts";
import { untilAborted } from "../../src/protocol/abort.ts";
import { RepobaseError } from "../../src/protocol/errors.ts";
import type { ObjectStore, StoredObject } from "../../src/store/object-store.ts";

const BYTES = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
const root = await mkdtemp(join(tmpdir(), "repobase-bytes-"));
await writeFile(join(root, "a.bin"), BYTES);
afterAll(() => rm(root, { recursive: true }));

/** The read half of the ObjectStore contract, over one object. */
const store: Pick<ObjectStore, "get" | "head"> = {
  async get(key, { range } = {}): Promise<StoredObject | undefined> {
    if (key !== "p/a.bin") return undefined;
    const { offset, length } = range ?? { offset: 0, length: BYTES.length };
    if (length === 0) throw new Error("a store is never asked for nothing");
    if (offset >= BYTES.length) throw new RepobaseError("range_not_satisfiable", "range starts past the end");
    return { key, size: BYTES.length, etag: "e", uploaded: 0, bytes: BYTES.slice(offset, offset + length) };
  },
  async head(key) {
    return key === "p/a.bin" ? { key, size: BYTES.length, etag: "e", uploaded: 0 } : undefined;
  },
};

const memory = memoryDirectory(new Map([["a.bin", BYTES]]));
const DIRECTORIES: Record<string, ByteDirectory> = {
  memory,
  file: fileDirectory(root),
  object: objectDirectory(store as ObjectStore, "p/"),
  coalesced: coalescedDirectory(memory),
  cached: cachedDirectory(memory, new ByteCache(10_000)),
  counted: countedDirectory(memory, new ReadStats()),
};

for (const [name, directory] of Object.entries(DIRECTORIES))
  describe(`${name}: the ByteSource contract`, () => {
    test("ranges in the order asked, overlapping and empty ones too", async () => {
      const source = directory.open("a.bin");
      expect(await source.size()).toBe(1000);
      const ranges = [
        { offset: 900, length: 100 },
        { offset: 0, length: 10 },
        { offset: 5, length: 10 },
        { offset: 1000, length: 0 },
        { offset: 0, length: 0 },
      ];
      const expected = ranges.map(({ offset, length }) => BYTES.slice(offset, offset + length));
      for (let again = 0; again < 2; again++) expect(await source.read(ranges)).toEqual(expected);
      expect(await source.read([])).toEqual([]);
    });

    test("a missing object is not_found, a short one corrupt_index, and reading goes on after either", async () => {
      const missing = directory.open("b.bin");
      await expect(missing.read([{ offset: 0, length: 1 }])).rejects.toMatchObject({ code: "not_found" });
      await expect(missing.size()).rejects.toMatchObject({ code: "not_found" });
      for (const size of [undefined, 1000])
        for (const range of [
          { offset: 990, length: 11 },
          { offset: 1001, length: 5 },
        ])
          await expect(directory.open("a.bin", size).read([{ offset: 0, length: 1 }, range])).rejects.toMatchObject({
            code: "corrupt_index",
          });
      expect(await directory.open("a.bin").read([{ offset: 250, length: 2 }])).toEqual([Uint8Array.of(250, 0)]);
    });

    test("a read whose caller has given up is interrupted, and the next one is not", async () => {
      const source = directory.open("a.bin");
      const range = { offset: 40, length: 10 };
      await source.read([range]);
      const signal = AbortSignal.abort();
      await expect(source.read([range], signal)).rejects.toMatchObject({ code: "interrupted" });
      await expect(directory.open("a.bin").size(signal)).rejects.toMatchObject({ code: "interrupted" });
      expect(await source.read([range])).toEqual([BYTES.slice(40, 50)]);
    });
  });

/** A source that answers when it is told to. */
function hangingDirectory(): { directory: ByteDirectory; reads: () => number; answer: () => void } {
  let reads = 0;
  const waiting: (() => void)[] = [];
  const source = memory.open("a.bin");
  const read: ByteSource["read"] = async (ranges, signal) => {
    reads++;
    await untilAborted(signal, () => new Promise<void>((resolve) => waiting.push(resolve)));
    return source.read(ranges, signal);
  };
  return {
    directory: { open: () => ({ ...source, read }) },
    reads: () => reads,
    answer: () => waiting.splice(0).forEach((resolve) => resolve()),
  };
}

test("of two callers that wait for the same bytes, one that gives up takes nothing from the other", async () => {
  const { directory, reads, answer } = hangingDirectory();
  const source = cachedDirectory(coalescedDirectory(directory), new ByteCache(10_000)).open("a.bin");
  const ranges = [
    { offset: 0, length: 10 },
    { offset: 20, length: 10 },
  ];
  const caller = new AbortController();
  const [first, second] = [source.read(ranges, caller.signal), source.read(ranges)];
  caller.abort();
  await expect(first).rejects.toMatchObject({ code: "interrupted" });
  expect(reads()).toBe(2);
  answer();
  expect(await second).toEqual([BYTES.slice(0, 10), BYTES.slice(20, 30)]);
  expect(await source.read(ranges)).toEqual(await second);
  expect(reads()).toBe(2);
});

test("planReads merges below the gap, up to the cap, and keeps what is far apart", () => {
  const r = (offset: number, length: number) => ({ offset, length });
  const plan = planReads([r(500, 10), r(0, 10), r(15, 5), r(400, 50), r(18, 1)], { gap: 10, max: 100 });
  expect(plan).toEqual([
    { offset: 0, length: 20, serves: [1, 2, 4] },
    { offset: 400, length: 50, serves: [3] },
    { offset: 500, length: 10, serves: [0] },
  ]);
  // The cap ends a merge, but never splits one range; a range inside a big one costs nothing.
  expect(planReads([r(0, 300), r(10, 5), r(300, 10)], { gap: 10, max: 100 })).toEqual([
    { offset: 0, length: 300, serves: [0, 1] },
    { offset: 300, length: 10, serves: [2] },
  ]);
});

test("a coalesced read costs one request for neighbours", async () => {
  const stats = new ReadStats();
  const source = coalescedDirectory(countedDirectory(memory, stats), { gap: 16, max: 1000 }).open("a.bin");
  await source.read([
    { offset: 100, length: 10 },
    { offset: 120, length: 10 },
    { offset: 600, length: 10 },
  ]);
  expect(stats).toMatchObject({ requests: 2, bytes: 40 });
});

test("the cache serves repeats, copies views, and stays within its bytes", async () => {
  const stats = new ReadStats();
  const cache = new ByteCache(800);
  const source = cachedDirectory(coalescedDirectory(countedDirectory(memory, stats)), cache).open("a.bin");
  const ranges = [
    { offset: 0, length: 100 },
    { offset: 300, length: 100 },
  ];
  const first = await source.read(ranges);
  expect(await source.read(ranges)).toEqual(first);
  expect(stats.requests).toBe(1);
  const [kept] = await source.read([{ offset: 300, length: 100 }]);
  expect(kept?.buffer.byteLength).toBe(100);
  expect(cache.bytes).toBe(200);
  for (let i = 0; i < 20; i++) await source.read([{ offset: i, length: 90 }]);
  expect(cache.bytes).toBeLessThanOrEqual(800);
  expect(cache.bytes).toBeGreaterThan(700);
  stats.reset();
  await source.read([{ offset: 19, length: 90 }]);
  expect(stats.requests).toBe(0);
  await source.read([{ offset: 0, length: 100 }]);
  expect(stats.requests).toBe(1);
  // Above an eighth: read, not kept.
  await source.read([{ offset: 0, length: 500 }]);
  await source.read([{ offset: 0, length: 500 }]);
  expect(stats.requests).toBe(3);
});

test("file reads leave no descriptor open, not even after errors", async () => {
  const open = async () => (await readdir("/proc/self/fd").catch(() => [])).length;
  const source = fileDirectory(root).open("a.bin");
  await source.read([{ offset: 0, length: 1 }]);
  const before = await open();
  for (let i = 0; i < 50; i++) {
    await source.read([
      { offset: i, length: 1 },
      { offset: 0, length: 1000 },
    ]);
    await source
      .read([{ offset: 2000, length: 1 }])
      .catch((error: unknown) => expect(error).toBeInstanceOf(RepobaseError));
  }
  expect(await open()).toBeLessThanOrEqual(before + 2);
});
