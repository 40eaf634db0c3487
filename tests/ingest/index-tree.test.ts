import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@lancedb/lancedb";
import { fileDirectory } from "../../src/bytes/file-source.ts";
import type { Embedder } from "../../src/embed/embedder.ts";
import { loadStaticEmbedder } from "../../src/embed/load-static.ts";
import { passageText } from "../../src/embed/passage.ts";
import { indexTree } from "../../src/ingest/index-tree.ts";
import type { IndexTreeOptions, IndexTreeResult } from "../../src/ingest/index-tree-contract.ts";
import { newestVersion, tableOnDisk } from "../../src/table/lance-versions.ts";
import { setVersion, versionIn } from "../../src/table/set-version.ts";
import { DEFAULT_LIMITS } from "../../src/source/select-file.ts";
import { TEXT_INDEX } from "../../src/table/table-writer.ts";
import { MIN_UNINDEXED_ROWS } from "../../src/table/text-index-policy.ts";
import { LanceTable } from "../../src/lance/table.ts";
import { bytesOf, halfFloats, strings, u16s, u32s } from "../../src/lance/values.ts";
import { isRepobaseError } from "../../src/protocol/errors.ts";
import { sha256Hex } from "../../src/protocol/hash.ts";
import { type Manifest, packsOf } from "../../src/protocol/manifest.ts";
import { visibleFileIds } from "../../src/protocol/snapshot.ts";
import { queryTerms, rowTerms } from "../../src/search/terms.ts";
import { manySources } from "../helpers/fixture-sources.ts";
import { type MemoryTree, memoryTree } from "./memory-tree.ts";

const C1 = "1".repeat(40);
const C2 = "2".repeat(40);
const C3 = "3".repeat(40);
const FILES = {
  "src/add.ts": "export function add(a: number, b: number) {\n  return a + b;\n}\n",
  "src/sub.py": "def sub(a, b):\r\n    return a - b",
  "README.md": "# Sums\n\nAdds and subtracts.\n",
  "logo.png": Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0, 0),
  "data.bin": Uint8Array.of(0, 1, 2, 3),
};

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "repobase-index-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const tableDir = () => join(home, "index", "sums", "files.lance");
const run = (
  tree: MemoryTree,
  previous: Manifest | null,
  more: Partial<IndexTreeOptions> = {},
): Promise<IndexTreeResult> =>
  indexTree({
    home,
    repo: "sums",
    tableName: "files.lance",
    previous,
    tree,
    embedding: { kind: "built-in" },
    limits: DEFAULT_LIMITS,
    skipCache: join(home, "cache", "sums", "skipped.json"),
    secretCache: join(home, "cache", "sums", "secrets.json"),
    threads: 0,
    ...more,
  });

const openOurs = ({ table }: Manifest) =>
  LanceTable.open(fileDirectory(tableDir()), Uint8Array.fromBase64(table.manifest));

interface Row {
  readonly fileId: number;
  readonly chunk: number;
  readonly path: string;
  readonly contents: string;
  readonly symbol: string | null;
}

async function rowsOf(manifest: Manifest): Promise<Row[]> {
  const table = openOurs(manifest);
  const rows: Row[] = [];
  for (const { id } of table.fragments) {
    const [fileIds, chunks] = [u32s(await table.scan("fileId", id)), u16s(await table.scan("chunk", id))];
    const [paths, contents, symbols] = await Promise.all(
      ["path", "contents", "symbol"].map(async (c) => strings(await table.scan(c, id))),
    );
    fileIds.forEach((fileId, i) =>
      rows.push({
        fileId,
        chunk: chunks[i] ?? -1,
        path: paths?.[i] ?? "",
        contents: contents?.[i] ?? "",
        symbol: symbols?.[i] ?? null,
      }),
    );
  }
  return rows;
}

/** path -> text of what a snapshot sees. */
async function visibleTexts({ manifest, snapshot }: IndexTreeResult): Promise<Record<string, string>> {
  const visible = new Set(visibleFileIds(snapshot, 1000));
  const texts: Record<string, string> = {};
  for (const row of await rowsOf(manifest))
    if (visible.has(row.fileId)) texts[row.path] = (texts[row.path] ?? "") + row.contents;
  return texts;
}

/** Every file below the home with its size and time of change. */
const stateOfHome = () =>
  readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name))
    .sort()
    .map((path) => `${path} ${statSync(path).size} ${statSync(path).mtimeMs}`);

const textFiles = {
  "README.md": FILES["README.md"],
  "src/add.ts": FILES["src/add.ts"],
  "src/sub.py": FILES["src/sub.py"],
};

describe("a first run", () => {
  test("writes rows whose chunks are the files, and says what it skipped", async () => {
    const result = await run(memoryTree(C1, FILES), null);
    expect(await visibleTexts(result)).toEqual(textFiles);
    expect(result.skipped.map(({ path, reason }) => [path, reason])).toEqual([
      ["data.bin", "binary"],
      ["logo.png", "binary"],
    ]);
    expect(result).toMatchObject({ changed: true, newFiles: 3, newRows: 3, embeddedChunks: 3 });
    expect(result.manifest.stats).toMatchObject({ files: 3, rows: 3 });
    expect(result.manifest.snapshots).toEqual({ [C1]: result.snapshotSha256 });
    expect((await rowsOf(result.manifest)).map((r) => [r.fileId, r.chunk, r.path, r.symbol])).toEqual([
      [1, 0, "README.md", "Sums"],
      [2, 0, "src/add.ts", "add"],
      [3, 0, "src/sub.py", "sub"],
    ]);
  });

  test("stores terms, vectors and codes of each chunk", async () => {
    const { manifest } = await run(memoryTree(C1, FILES), null);
    const table = openOurs(manifest);
    const rows = await rowsOf(manifest);
    expect(strings(await table.scan("terms", 0))).toEqual(
      rows.map((row, at) => rowTerms({ ...row, definitions: [[], ["add"], ["sub"]][at] ?? [] })),
    );
    const expected = await (await loadStaticEmbedder()).embedDocuments(rows.map(passageText));
    const stored = halfFloats(await table.scan("vector", 0));
    expect(stored).toEqual(Float32Array.from(new Float16Array(expected)));
    const codes = bytesOf(await table.scan("code", 0));
    stored.forEach((value, at) => expect(((codes[at >> 3] ?? 0) >> (at & 7)) & 1).toBe(value >= 0 ? 1 : 0));
  });

  test("its objects are all there, with their hashes", async () => {
    const { manifest } = await run(memoryTree(C1, FILES), null);
    expect(manifest.objects.map((o) => o.path)).toEqual(manifest.objects.map((o) => o.path).sort());
    const packs = packsOf(manifest) ?? [];
    expect(packs.map(({ rows }) => rows)).toEqual([3]);
    const files = [
      ...openOurs(manifest)
        .files()
        .map(({ path }) => `files.lance/${path}`),
      ...packs.map((p) => p.path),
    ];
    expect(manifest.objects.map((o) => o.path)).toEqual(files.sort());
    for (const object of manifest.objects) {
      const bytes = readFileSync(join(home, "index", "sums", object.path));
      expect({ size: bytes.length, sha256: await sha256Hex(bytes) }).toEqual({
        size: object.size,
        sha256: object.sha256,
      });
    }
  });

  test("native LanceDB opens the table and finds words in it", async () => {
    const { manifest } = await run(memoryTree(C1, FILES), null);
    const table = await (await connect(join(home, "index", "sums"))).openTable("files");
    expect(await table.version()).toBe(manifest.table.version);
    expect(await table.listIndices()).toEqual([]);
    const words = queryTerms("subtracts").join(" ");
    const hits = await table
      .query()
      .fullTextSearch(words, { columns: ["terms"] })
      .select(["path"])
      .toArray();
    expect(hits.map((h) => (h as { path: string }).path)).toEqual(["README.md"]);
  });

  test("a tree without anything to index gives an empty table", async () => {
    const result = await run(memoryTree(C1, { "a.bin": Uint8Array.of(0) }), null);
    expect(result.manifest.stats).toMatchObject({ files: 0, rows: 0 });
    expect(await run(memoryTree(C1, { "a.bin": Uint8Array.of(0) }), result.manifest)).toMatchObject({ changed: false });
    const next = await run(memoryTree(C2, FILES), result.manifest);
    expect(next.manifest.tableId).toBe(result.manifest.tableId);
    expect(await visibleTexts(next)).toEqual(textFiles);
  });
});

describe("a second run", () => {
  test("on the same tree reads and writes nothing at all", async () => {
    const first = await run(memoryTree(C1, FILES), null);
    const before = stateOfHome();
    const tree = memoryTree(C1, FILES);
    const second = await run(tree, first.manifest);
    expect(second.changed).toBe(false);
    expect(second.manifest).toEqual(first.manifest);
    expect(second.snapshot).toEqual(first.snapshot);
    expect(second.skipped).toEqual(first.skipped);
    expect(tree.reads).toEqual([]);
    expect(stateOfHome()).toEqual(before);
  });

  test("on a new commit appends only what is new, and both stay visible", async () => {
    const first = await run(memoryTree(C1, FILES), null);
    const changed = { ...FILES, "src/sub.py": "def sub(a, b):\n    return b - a\n", "src/new.go": "package sums\n" };
    const tree = memoryTree(C2, changed);
    const second = await run(tree, first.manifest);
    expect(tree.reads.sort()).toEqual(["src/new.go", "src/sub.py"]);
    expect(second).toMatchObject({ newFiles: 2, newRows: 2 });
    expect(second.manifest.snapshots).toEqual({ [C1]: first.snapshotSha256, [C2]: second.snapshotSha256 });
    expect([...visibleFileIds(second.snapshot, 1000)]).toEqual([1, 2, 4, 5]);
    expect(await visibleTexts({ ...second, snapshot: first.snapshot })).toEqual(textFiles);
    expect(await visibleTexts(second)).toEqual({
      ...textFiles,
      "src/sub.py": changed["src/sub.py"],
      "src/new.go": "package sums\n",
    });
    const old = new Map(first.manifest.objects.map((o) => [o.path, o.sha256]));
    const added = second.manifest.objects.filter((o) => !old.has(o.path) && o.path.includes("/data/"));
    expect(added).toHaveLength(1);
  });

  test("going back to an old tree only makes a snapshot", async () => {
    const first = await run(memoryTree(C1, FILES), null);
    const second = await run(memoryTree(C2, { ...FILES, "x.txt": "x\n" }), first.manifest);
    const before = stateOfHome();
    const third = await run(memoryTree(C3, FILES), second.manifest);
    expect(third).toMatchObject({ changed: true, newRows: 0 });
    expect([...visibleFileIds(third.snapshot, 1000)]).toEqual([...visibleFileIds(first.snapshot, 1000)]);
    expect(third.manifest.objects).toEqual(second.manifest.objects);
    expect(stateOfHome()).toEqual(before);
    const pruned = await run(memoryTree(C3, { ...FILES, "y.txt": "y\n" }), third.manifest, {
      keepCommits: new Set([C1]),
    });
    expect(Object.keys(pruned.manifest.snapshots).sort()).toEqual([C1, C3]);
  });

  test("with another limit forgets what it skipped and hides what it would skip", async () => {
    const first = await run(memoryTree(C1, FILES), null, { limits: { ...DEFAULT_LIMITS, maxFileBytes: 40 } });
    expect(first.skipped.map((s) => s.path)).toEqual(["data.bin", "logo.png", "src/add.ts"]);
    const second = await run(memoryTree(C1, FILES), first.manifest);
    expect(await visibleTexts(second)).toEqual(textFiles);
  });

  test("leaves out what another table holds", async () => {
    const overlay = await run(memoryTree("worktree", FILES), null, { elsewhere: ({ path }) => path !== "src/add.ts" });
    expect(await visibleTexts(overlay)).toEqual({ "src/add.ts": FILES["src/add.ts"] });
    expect(overlay.skipped).toEqual([]);
  });
});

describe("a run that was cut short", () => {
  const grown = { ...FILES, "src/mul.rs": "pub fn mul(a: i64, b: i64) -> i64 {\n    a * b\n}\n" };

  test("before its manifest was stored: the rows are found and used", async () => {
    const first = await run(memoryTree(C1, FILES), null);
    await run(memoryTree(C2, grown), first.manifest); // its result is lost
    const tree = memoryTree(C2, grown);
    const again = await run(tree, first.manifest);
    expect(tree.reads).toEqual([]);
    expect(again).toMatchObject({ changed: true, newRows: 0, embeddedChunks: 0 });
    expect(again.manifest.tableId).toBe(first.manifest.tableId);
    expect(await visibleTexts(again)).toEqual({ ...textFiles, "src/mul.rs": grown["src/mul.rs"] });
    expect(await visibleTexts({ ...first, snapshot: first.snapshot })).toEqual(textFiles); // the old manifest still reads
  });

  test("the very first one", async () => {
    const lost = await run(memoryTree(C1, FILES), null);
    const tree = memoryTree(C1, FILES);
    const again = await run(tree, null);
    expect(tree.reads).toEqual([]);
    expect(again.manifest).toEqual(lost.manifest);
  });

  test("by a signal, between two appends", async () => {
    const controller = new AbortController();
    const contents = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [`f${String(i).padStart(3, "0")}.txt`, `file ${i}\n`.repeat(200)]),
    );
    const cut = run(memoryTree(C1, contents), null, {
      signal: controller.signal,
      onProgress: ({ phase, filesDone }) => {
        if (phase === "index" && filesDone > 0) controller.abort();
      },
    });
    const error: unknown = await cut.then(
      () => null,
      (e: unknown) => e,
    );
    expect(isRepobaseError(error, "interrupted")).toBe(true);
    const tree = memoryTree(C1, contents);
    const again = await run(tree, null);
    expect(tree.reads.length).toBeLessThan(200);
    expect(tree.reads.length).toBeGreaterThan(0);
    expect(await visibleTexts(again)).toEqual(contents);
    const ids = (await rowsOf(again.manifest)).map((r) => `${r.fileId} ${r.chunk}`);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("a native table of another history", () => {
  test("is put back to the manifest's before rows are added", async () => {
    const base = await run(memoryTree(C1, FILES), null);
    const ours = await run(memoryTree(C2, { ...FILES, "ours.txt": "ours\n" }), base.manifest);
    // another device went on from the same base; its manifest and files were pulled
    await setVersion(tableOnDisk(tableDir()), versionIn(base.manifest));
    const theirs = await run(memoryTree(C2, { ...FILES, "theirs.txt": "theirs\n" }), base.manifest);
    await setVersion(tableOnDisk(tableDir()), versionIn(ours.manifest));
    const next = await run(
      memoryTree(C3, { ...FILES, "theirs.txt": "theirs\n", "next.txt": "next\n" }),
      theirs.manifest,
    );
    expect(await visibleTexts(next)).toEqual({ ...textFiles, "theirs.txt": "theirs\n", "next.txt": "next\n" });
    expect((await rowsOf(next.manifest)).map((r) => r.path)).not.toContain("ours.txt");
    expect((await newestVersion(tableDir()))?.version).toBe(next.manifest.table.version);
  });
});

describe("another model", () => {
  const counting = (dim: number): Embedder & { texts: string[] } => {
    const texts: string[] = [];
    const unit = (n: number) => {
      const rows = new Float32Array(n * dim);
      for (let i = 0; i < n; i++) rows[i * dim] = 1;
      return rows;
    };
    return {
      id: "first-axis",
      dim,
      texts,
      embedDocuments: async (passages) => {
        texts.push(...passages);
        return unit(passages.length);
      },
      embedQuery: async () => unit(1),
    };
  };

  test("gives a new table, while the old one stays readable", async () => {
    const first = await run(memoryTree(C1, FILES), null);
    const embedder = counting(16);
    const second = await run(memoryTree(C1, FILES), first.manifest, { embedding: { kind: "model", embedder } });
    expect(embedder.texts.sort()).toEqual((await rowsOf(second.manifest)).map(passageText).sort());
    expect(second.manifest.tableId).not.toBe(first.manifest.tableId);
    expect(second.manifest.model).toEqual({ id: "first-axis", dim: 16 });
    expect(Object.keys(second.manifest.snapshots)).toEqual([C1]);
    expect(await visibleTexts(second)).toEqual(textFiles);
    expect(await visibleTexts(first)).toEqual(textFiles);
    for (const object of first.manifest.objects) expect(second.manifest.objects).not.toContainEqual(object);
  });

  test("cut short before its manifest was stored, embeds nothing twice", async () => {
    const first = await run(memoryTree(C1, FILES), null);
    const lost = await run(memoryTree(C1, FILES), first.manifest, {
      embedding: { kind: "model", embedder: counting(16) },
    });
    const embedder = counting(16);
    const again = await run(memoryTree(C1, FILES), first.manifest, { embedding: { kind: "model", embedder } });
    expect(embedder.texts).toEqual([]);
    expect(again.manifest).toEqual(lost.manifest);
    const back = await run(memoryTree(C2, FILES), first.manifest); // or the first model again after all
    expect(back.manifest.tableId).toBe(first.manifest.tableId);
    expect(back.newRows).toBe(0);
  });
});

describe("the native full-text index", () => {
  const indicesOf = ({ manifest }: IndexTreeResult) => openOurs(manifest).indices;
  const more = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}.txt`, `n${i}\n`]));

  test("is there for who asks for it, stays, is built anew once enough rows are outside it, and goes again", async () => {
    const without = await run(memoryTree(C1, FILES), null);
    expect(indicesOf(without)).toEqual([]);
    const first = await run(memoryTree(C1, FILES), without.manifest, { nativeTextIndex: true });
    expect(first).toMatchObject({ changed: true, newRows: 0 });
    expect(indicesOf(first)).toMatchObject([{ name: TEXT_INDEX, fragments: [0] }]);
    expect(first.manifest.segments).toEqual(without.manifest.segments ?? []);
    const table = await (await connect(join(home, "index", "sums"))).openTable("files");
    const hits = await table.search(queryTerms("subtracts").join(" "), "fts", "terms").select(["path"]).toArray();
    expect(hits.map((h) => (h as { path: string }).path)).toEqual(["README.md"]);

    expect(await run(memoryTree(C1, FILES), first.manifest)).toMatchObject({ changed: false });
    const few = await run(memoryTree(C2, { ...FILES, ...more(1) }), first.manifest);
    expect(indicesOf(few).map(({ uuid }) => uuid)).toEqual(indicesOf(first).map(({ uuid }) => uuid));
    const many = await run(memoryTree(C3, { ...FILES, ...more(MIN_UNINDEXED_ROWS) }), few.manifest);
    const [index] = indicesOf(many);
    expect(index?.fragments).toEqual(openOurs(many.manifest).fragments.map(({ id }) => id));
    expect(index?.uuid).not.toBe(indicesOf(first)[0]?.uuid);

    const gone = await run(memoryTree(C1, FILES), many.manifest, { nativeTextIndex: false });
    expect(indicesOf(gone)).toEqual([]);
    expect(gone.manifest.objects.some(({ path }) => path.includes("_indices"))).toBe(false);
    expect(await run(memoryTree(C1, FILES), gone.manifest, { nativeTextIndex: false })).toMatchObject({
      changed: false,
    });
  });
});

test("threads give the same table as no threads", async () => {
  const sources = [...manySources(60_000, 0), ...manySources(60_000, 1)];
  const contents = Object.fromEntries(sources.map(({ path, text }) => [path, text]));
  const threaded = await run(memoryTree(C1, contents), null, { threads: 2 });
  const rows = await rowsOf(threaded.manifest);
  const vectors = bytesOf(await openOurs(threaded.manifest).scan("vector", 0));
  rmSync(join(home, "index"), { recursive: true });
  const inline = await run(memoryTree(C1, contents), null, { threads: 0 });
  expect(await rowsOf(inline.manifest)).toEqual(rows);
  expect(bytesOf(await openOurs(inline.manifest).scan("vector", 0))).toEqual(vectors);
  expect(await visibleTexts(inline)).toEqual(contents);
});
