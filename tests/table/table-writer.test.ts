import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@lancedb/lancedb";
import { fileDirectory } from "../../src/bytes/file-source.ts";
import { newestVersion, tableOnDisk } from "../../src/table/lance-versions.ts";
import { setVersion } from "../../src/table/set-version.ts";
import { RowAppender } from "../../src/table/row-appender.ts";
import { type RowBlock, Utf8Builder } from "../../src/table/row-block.ts";
import type { TableIdentity } from "../../src/table/table-schema.ts";
import { MAX_FLUSH_BYTES, TableWriter } from "../../src/table/table-writer.ts";
import { needsTextIndex } from "../../src/table/text-index-policy.ts";
import { vectorColumns } from "../../src/table/vector-columns.ts";
import { LanceTable } from "../../src/lance/table.ts";
import { strings, u32s } from "../../src/lance/values.ts";
import { isRepobaseError } from "../../src/protocol/errors.ts";

const IDENTITY: TableIdentity = { tableId: "ab".repeat(16), model: "test", dim: 384, chunker: "test-1" };

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "repobase-writer-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** One file of `rows` chunks whose vectors do not compress. */
function block(path: string, rows: number): RowBlock {
  const column = (text: (row: number) => string) => {
    const builder = new Utf8Builder(rows * 16);
    for (let row = 0; row < rows; row++) builder.push(text(row));
    return builder.finish();
  };
  const lines = Int32Array.from({ length: rows }, (_, row) => row + 1);
  const vectors = new Float32Array(rows * IDENTITY.dim);
  let seed = 1;
  for (let i = 0; i < vectors.length; i++)
    vectors[i] = (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x40000000 - 1;
  return {
    files: [{ path, blob: "0".repeat(40), language: "text", rows }],
    rows,
    startLine: lines,
    endLine: lines.slice(),
    symbol: column((row) => (row % 2 === 0 ? "" : `name${row}`)),
    symbolNulls: Uint8Array.from({ length: rows }, (_, row) => (row % 2 === 0 ? 1 : 0)),
    contents: column((row) => `line ${row} of ${path}\n`),
    terms: column((row) => `line ${row}`),
    ...vectorColumns(vectors, IDENTITY.dim),
  };
}

const openOurs = async (table: string) =>
  LanceTable.open(fileDirectory(table), (await newestVersion(table))?.manifest ?? new Uint8Array());

test("many rows go into several files, none of them over the bound", async () => {
  const table = join(dir, "big.lance");
  const writer = await TableWriter.create(table, IDENTITY);
  const appender = new RowAppender(async () => writer, 1);
  for (const path of ["a", "b", "c", "d", "e"]) await appender.add(block(path, 7_500));
  await appender.finish();
  writer.close();
  const ours = await openOurs(table);
  expect(ours.fragments.map((f) => f.rows)).toEqual([22_500, 15_000]);
  const sizes = readdirSync(join(table, "data")).map((name) => statSync(join(table, "data", name)).size);
  expect(sizes).toHaveLength(2);
  for (const size of sizes) expect(size).toBeLessThan(MAX_FLUSH_BYTES);
  const ids = u32s(await ours.scan("fileId", 1));
  expect([ids[0], ids[7_499], ids[7_500], ids[14_999]]).toEqual([4, 4, 5, 5]);
  expect(strings(await ours.scan("symbol", 1)).slice(0, 3)).toEqual([null, "name1", null]);
});

test("native reads the same values as our reader", async () => {
  const table = join(dir, "small.lance");
  const writer = await TableWriter.create(table, IDENTITY);
  await writer.append([{ block: block("x", 7), fileIds: [41] }]);
  await writer.indexText();
  writer.close();
  const native = await (await connect(dir)).openTable("small");
  const rows = (await native.query().toArray()) as Record<string, unknown>[];
  expect(rows.map((r) => [r.fileId, r.chunk, r.path, r.symbol, r.contents, r.endLine])).toEqual(
    Array.from({ length: 7 }, (_, i) => [41, i, "x", i % 2 === 0 ? null : `name${i}`, `line ${i} of x\n`, i + 1]),
  );
  const ours = await openOurs(table);
  expect(strings(await ours.scan("contents", 0))).toEqual(rows.map((r) => r.contents as string));
  expect(ours.indices.map((i) => i.fragments)).toEqual([[0]]);
});

test("a table names itself, and one of others is not taken for ours", async () => {
  const reopened = await TableWriter.open(join(dir, "small.lance"));
  expect(reopened?.identity).toEqual(IDENTITY);
  reopened?.close();
  await (await connect(dir)).createTable("other", [{ id: 1 }]);
  expect(await TableWriter.open(join(dir, "other.lance"))).toBeNull();
});

describe("versions", () => {
  test("any earlier one can be made newest, and appends go on from it", async () => {
    const table = join(dir, "versions.lance");
    const writer = await TableWriter.create(table, IDENTITY);
    await writer.append([{ block: block("a", 3), fileIds: [1] }]);
    const early = await newestVersion(table);
    await writer.append([{ block: block("b", 3), fileIds: [2] }]);
    await writer.append([{ block: block("c", 3), fileIds: [3] }]);
    writer.close();
    if (early === null) throw new Error("no version");
    await setVersion(tableOnDisk(table), early);
    await setVersion(tableOnDisk(table), early); // again, as after a kill
    expect(await newestVersion(table)).toEqual(early);
    expect((await openOurs(table)).liveRows()).toBe(3);
    const again = await TableWriter.open(table);
    await again?.append([{ block: block("d", 2), fileIds: [2] }]);
    again?.close();
    const native = await (await connect(dir)).openTable("versions");
    const paths = ((await native.query().select(["path"]).toArray()) as { path: string }[]).map((r) => r.path);
    expect(paths).toEqual(["a", "a", "a", "d", "d"]);
    expect((await openOurs(table)).liveRows()).toBe(5);
  });

  test("the newest alone is kept, without records of transactions", async () => {
    const table = join(dir, "versions.lance");
    const newest = await newestVersion(table);
    if (newest === null) throw new Error("no version");
    await setVersion(tableOnDisk(table), newest);
    expect(readdirSync(join(table, "_versions")).filter((name) => name.endsWith(".manifest"))).toHaveLength(1);
    expect(readdirSync(table)).not.toContain("_transactions");
    expect(await (await (await connect(dir)).openTable("versions")).countRows()).toBe(5);
  });

  test("where there is no table there is none", async () => {
    expect(await newestVersion(join(dir, "nothing.lance"))).toBeNull();
  });
});

test("a table whose newest version is garbage, or gone, is a damaged index", async () => {
  const table = join(dir, "damaged.lance");
  (await TableWriter.create(table, IDENTITY)).close();
  const versions = join(table, "_versions");
  for (const name of readdirSync(versions)) writeFileSync(join(versions, name), "garbage");
  const openingFails = async (path: string) =>
    expect(await TableWriter.open(path).catch((error: unknown) => error)).toMatchObject({ code: "corrupt_index" });
  await openingFails(table);
  rmSync(versions, { recursive: true });
  await openingFails(table);
});

describe("what cannot be written", () => {
  test("a folder that is a file", async () => {
    writeFileSync(join(dir, "file"), "");
    const error: unknown = await TableWriter.create(join(dir, "file", "t.lance"), IDENTITY).then(
      () => null,
      (e: unknown) => e,
    );
    expect(isRepobaseError(error)).toBe(true);
  });

  test.skipIf(process.getuid?.() === 0)("a folder without permission", async () => {
    const locked = mkdtempSync(join(dir, "locked-"));
    chmodSync(locked, 0o500);
    const error: unknown = await TableWriter.create(join(locked, "t.lance"), IDENTITY).then(
      () => null,
      (e: unknown) => e,
    );
    expect(isRepobaseError(error, "home_unwritable")).toBe(true);
  });
});

test("text index policy", () => {
  expect(needsTextIndex({ rows: 0, indexed: null })).toBe(false);
  expect(needsTextIndex({ rows: 1, indexed: null })).toBe(true);
  expect(needsTextIndex({ rows: 1000, indexed: 1000 })).toBe(false);
  expect(needsTextIndex({ rows: 1200, indexed: 1000 })).toBe(false); // too few to matter
  expect(needsTextIndex({ rows: 1300, indexed: 1000 })).toBe(true);
  expect(needsTextIndex({ rows: 101_000, indexed: 100_000 })).toBe(false); // too small a share
});
