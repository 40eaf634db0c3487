/** Index runs that merge segments: rows that no kept snapshot sees go, all others stay as they are, and no number is given twice. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@lancedb/lancedb";
import { fileDirectory } from "../../src/bytes/file-source.ts";
import { indexTree } from "../../src/ingest/index-tree.ts";
import type { IndexTreeOptions, IndexTreeResult } from "../../src/ingest/index-tree-contract.ts";
import { LanceTable } from "../../src/lance/table.ts";
import { strings, u32s } from "../../src/lance/values.ts";
import { type Snapshot, visibleFileIds } from "../../src/protocol/snapshot.ts";
import { DEFAULT_LIMITS } from "../../src/source/select-file.ts";
import { MAX_SEGMENTS } from "../../src/table/segments.ts";
import { memoryTree } from "./memory-tree.ts";

type Texts = Readonly<Record<string, string>>;

let home: string;
let last: IndexTreeResult | null;
let snapshots: Map<string, Snapshot>;
/** commit -> what it sees, as its run left it. */
let seen: Map<string, Texts>;
let number: number;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "repobase-merge-"));
  last = null;
  snapshots = new Map();
  seen = new Map();
  number = 0;
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const readSnapshot: NonNullable<IndexTreeOptions["readSnapshot"]> = async ({ sha256 }) => snapshots.get(sha256);

/** Indexes one commit more. */
async function run(texts: Texts, more: Partial<IndexTreeOptions> = {}): Promise<IndexTreeResult> {
  const commit = String(++number).padStart(40, "0");
  const result = await indexTree({
    home,
    repo: "sums",
    tableName: "files.lance",
    previous: last?.manifest ?? null,
    tree: memoryTree(commit, texts),
    embedding: { kind: "built-in" },
    limits: DEFAULT_LIMITS,
    skipCache: join(home, "cache", "sums", "skipped.json"),
    secretCache: join(home, "cache", "sums", "secrets.json"),
    threads: 0,
    readSnapshot,
    ...more,
  });
  snapshots.set(result.snapshotSha256, result.snapshot);
  seen.set(commit, texts);
  last = result;
  await expectWhole(result);
  return result;
}

/** fileId -> path and text. */
async function filesIn({ manifest }: IndexTreeResult): Promise<Map<number, readonly [path: string, text: string]>> {
  const dir = join(home, "index", "sums", "files.lance");
  const table = LanceTable.open(fileDirectory(dir), Uint8Array.fromBase64(manifest.table.manifest));
  const files = new Map<number, readonly [string, string]>();
  for (const { id } of table.fragments) {
    const [paths, contents] = [strings(await table.scan("path", id)), strings(await table.scan("contents", id))];
    u32s(await table.scan("fileId", id)).forEach((fileId, row) =>
      files.set(fileId, [paths[row] ?? "", (files.get(fileId)?.[1] ?? "") + (contents[row] ?? "")]),
    );
  }
  return files;
}

/** Every kept commit sees its files, and native LanceDB opens the table. */
async function expectWhole(result: IndexTreeResult): Promise<void> {
  const { manifest } = result;
  const files = await filesIn(result);
  for (const [commit, sha256] of Object.entries(manifest.snapshots)) {
    const visible = visibleFileIds(snapshots.get(sha256) as Snapshot, 10_000);
    expect(Object.fromEntries(Array.from(visible, (id) => files.get(id) ?? ["", "lost"]))).toEqual(
      seen.get(commit) ?? {},
    );
  }
  expect(manifest.stats.files).toBe(files.size);
  expect(Math.max(0, ...files.keys())).toBeLessThan(manifest.nextFileId ?? 0);
  expect(manifest.segments?.length).toBeLessThanOrEqual(MAX_SEGMENTS);
  const connection = await connect(join(home, "index", "sums"));
  const table = await connection.openTable("files");
  expect(await table.countRows()).toBe(manifest.stats.rows);
  table.close();
  connection.close();
}

const texts = (edition: string, count = 8): Texts =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${i}.txt`, `file ${i} of ${edition}\n`]));

test("merges keep what any commit sees", async () => {
  const result = await (async () => {
    await run(texts("first"));
    for (let i = 0; i < 6; i++) await run({ ...texts("first"), "0.txt": `changed ${i}\n` });
    return run(texts("last"));
  })();
  expect((await filesIn(result)).size).toBe(8 + 6 + 8);
  expect(result.manifest.segments).toHaveLength(1);
});

test("what no kept commit sees is left out when it is merged, and its number is never given again", async () => {
  await run(texts("first"));
  await run({ ...texts("first"), "passing.txt": "here for one commit\n" });
  const merged = await run(texts("second"), { keepCommits: new Set() });
  expect([...(await filesIn(merged)).keys()]).toEqual([10, 11, 12, 13, 14, 15, 16, 17]);
  expect(merged.manifest).toMatchObject({ nextFileId: 18, stats: { files: 8, rows: 8 }, segments: [{ rows: 8 }] });

  // the newest numbers go: the next ones are others all the same
  await run({ ...texts("second"), "passing.txt": "here again\n" });
  const without = await run({ ...texts("second"), "0.txt": "new\n", "1.txt": "new too\n" }, { keepCommits: new Set() });
  expect([...(await filesIn(without)).keys()]).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 19, 20]);
  await run({ ...texts("second"), "2.txt": "newest\n" }, { keepCommits: new Set() });
  expect(last?.manifest.nextFileId).toBe(22);
});

test("a snapshot that cannot be read may see anything: nothing is left out", async () => {
  await run(texts("first"));
  const first = last?.snapshotSha256;
  await run({ ...texts("first"), "passing.txt": "here for one commit\n" });
  const unreadable: typeof readSnapshot = async (of) => (of.sha256 === first ? undefined : readSnapshot(of));
  const merged = await run(texts("second"), {
    keepCommits: new Set(["1".padStart(40, "0")]),
    readSnapshot: unreadable,
  });
  expect((await filesIn(merged)).size).toBe(8 + 1 + 8);
});
