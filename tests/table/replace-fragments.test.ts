/** Rows of whole fragments are written anew in one step: whatever it is stopped at, native LanceDB opens the old table or the new one. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@lancedb/lancedb";
import { strings, u16s, u32s } from "../../src/lance/values.ts";
import { tableOnDisk } from "../../src/table/lance-versions.ts";
import { placeFiles, replaceFragments, stageReplacement } from "../../src/table/replace-fragments.ts";
import { setVersion } from "../../src/table/set-version.ts";
import { TableWriter } from "../../src/table/table-writer.ts";
import { fileOf, makeTable, nativeRows, openOurs } from "./small-table.ts";
import { stopAfter } from "./stop-after.ts";

let root: string;
let original: string;
let before: string[];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "repobase-replace-"));
  original = join(root, "original", "files.lance");
  await makeTable(original, [[fileOf(1, 5), fileOf(2, 3)], [fileOf(3, 4)], [fileOf(7, 2), fileOf(9, 6)]]);
  const writer = await TableWriter.open(original);
  await writer?.indexText();
  writer?.close();
  await setVersion(tableOnDisk(original), (await openOurs(original)).lance);
  before = await nativeRows(original);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function copy(name: string): string {
  const dir = join(root, name, "files.lance");
  cpSync(original, dir, { recursive: true });
  return dir;
}
const dataFiles = (dir: string) => readdirSync(join(dir, "data")).sort();
const isFile9 = (row: string) => row.includes('"fileId":9,');
const replacing = async (tableDir: string) => ({
  tableDir,
  ...(await openOurs(tableDir)),
  groups: [[1, 2]],
  isWanted: (fileId: number) => fileId !== 9,
});

test("rows keep number, chunk and all else; unwanted ones are left out; nulls stay null", async () => {
  const dir = copy("plain");
  const [made, ...more] = await replaceFragments(await replacing(dir));
  expect(more).toEqual([]);
  expect(made?.rows).toBe(6);
  expect(made?.files).toHaveLength(1);
  expect(await nativeRows(dir)).toEqual(before.filter((row) => !isFile9(row)));
  const { table } = await openOurs(dir);
  expect(table.fragments.map(({ id, rows }) => [id, rows])).toEqual([
    [0, 8],
    [3, 6],
  ]);
  expect([...u32s(await table.scan("fileId", 3))]).toEqual([3, 3, 3, 3, 7, 7]);
  expect([...u16s(await table.scan("chunk", 3))]).toEqual([0, 1, 2, 3, 0, 1]);
  expect(strings(await table.scan("symbol", 3))).toEqual([null, "name1", null, "name3", null, "name1"]);
  expect(readdirSync(join(dir, ".."))).toEqual(["files.lance"]);
  expect(existsSync(join(dir, "_deletions"))).toBe(false);
});

test("each group has files of its own; one of which nothing is wanted has none", async () => {
  const dir = copy("groups");
  const isWanted = (fileId: number) => fileId === 2 || fileId > 3;
  const made = await replaceFragments({ tableDir: dir, ...(await openOurs(dir)), groups: [[0], [1], [2]], isWanted });
  expect(made.map(({ rows, files }) => [rows, files.length])).toEqual([
    [3, 1],
    [0, 0],
    [8, 1],
  ]);
  expect((await nativeRows(dir)).length).toBe(11);
});

test("all rows may go", async () => {
  const dir = copy("empty");
  const of = { tableDir: dir, ...(await openOurs(dir)), groups: [[0, 1, 2]] };
  expect(await replaceFragments({ ...of, isWanted: () => false })).toEqual([{ files: [], rows: 0 }]);
  expect(await nativeRows(dir)).toEqual([]);
  // ids of fragments are never given twice
  const writer = await TableWriter.open(dir);
  await writer?.append([fileOf(10, 1)]);
  writer?.close();
  expect((await openOurs(dir)).table.fragments.map(({ id }) => id)).toEqual([3]);
});

test("what does not fit one append goes into several files", async () => {
  const dir = join(root, "large", "files.lance");
  // 25.6 MB of text
  const { lance, table } = await makeTable(dir, [[fileOf(1, 800, 16_000)], [fileOf(2, 800, 16_000)]]);
  const [made] = await replaceFragments({ tableDir: dir, lance, table, groups: [[0, 1]], isWanted: () => true });
  expect(made).toMatchObject({ rows: 1600 });
  expect(made?.files).toHaveLength(2);
  const after = await openOurs(dir);
  for (const [i, { id }] of after.table.fragments.entries())
    expect(strings(await after.table.scan("contents", id))).toEqual(strings(await table.scan("contents", i)));
});

describe("killed", () => {
  test("while the rows are written, before the table is touched: it is as it was, byte for byte", async () => {
    const dir = copy("staged");
    const state = () => readdirSync(dir, { recursive: true }).sort();
    const was = state();
    const staged = await stageReplacement(await replacing(dir));
    expect(state()).toEqual(was);
    expect(await nativeRows(dir)).toEqual(before);
    // on the same file system, hidden from stores
    expect(staged.folder).toStartWith(join(dir, "..", ".tmp-repobase-"));
  });

  test("after the new files took their places: nothing names them yet", async () => {
    const dir = copy("placed");
    const staged = await stageReplacement(await replacing(dir));
    await placeFiles(staged, dir);
    expect(dataFiles(dir)).toHaveLength(4);
    expect(await nativeRows(dir)).toEqual(before);
  });

  test("at any step of the switch: the old table or the new one, and once more it is the new one", async () => {
    const after = before.filter((row) => !isFile9(row));
    let steps = 0;
    for (let isDone = false; !isDone; steps++) {
      const dir = copy(`switch-${steps}`);
      const staged = await stageReplacement(await replacing(dir));
      await placeFiles(staged, dir);
      isDone = await setVersion(stopAfter(tableOnDisk(dir), steps), staged.lance).then(
        () => true,
        () => false,
      );
      expect([before, after]).toContainEqual(await nativeRows(dir));
      await setVersion(tableOnDisk(dir), staged.lance);
      expect(await nativeRows(dir)).toEqual(after);
    }
    // version, hint, old version
    expect(steps).toBeGreaterThan(3);
  });
});

describe("a foreign program deleted rows", () => {
  const deleted = async (name: string) => {
    const dir = copy(name);
    const connection = await connect(join(dir, ".."));
    const table = await connection.openTable("files");
    await table.delete('"fileId" = 7 or ("fileId" = 1 and chunk = 2)');
    table.close();
    connection.close();
    const rows = await nativeRows(dir);
    expect(rows).toHaveLength(before.length - 3);
    return { dir, rows };
  };

  test("they stay deleted, and the rest keeps its chunks", async () => {
    const { dir, rows } = await deleted("deleted");
    const groups = [[0, 2]];
    await replaceFragments({ tableDir: dir, ...(await openOurs(dir)), groups, isWanted: () => true });
    expect(await nativeRows(dir)).toEqual(rows);
    const { table } = await openOurs(dir);
    expect(table.fragments.some(({ deletion }) => deletion)).toBe(false);
  });

  test("what says which is gone: refused, and nothing has changed", async () => {
    const { dir } = await deleted("undeleted");
    const { lance, table } = await openOurs(dir);
    rmSync(join(dir, "_deletions"), { recursive: true });
    const of = { tableDir: dir, lance, table, groups: [[0, 2]], isWanted: () => true };
    expect(await replaceFragments(of).catch((error: unknown) => error)).toBeInstanceOf(Error);
    expect((await openOurs(dir)).lance).toEqual(lance);
    expect(readdirSync(join(dir, ".."))).toEqual(["files.lance"]);
  });
});

test("a version that is not the table's any more is found out before anything is switched", async () => {
  const dir = copy("stale");
  const of = await replacing(dir);
  // the same fragments as the version says, fewer rows than the reader believes
  const { table } = await makeTable(join(root, "other", "files.lance"), [
    [fileOf(1, 8)],
    [fileOf(3, 4)],
    [fileOf(7, 9)],
  ]);
  const error: unknown = await replaceFragments({ ...of, table }).catch((e: unknown) => e);
  expect(error).toMatchObject({ code: "corrupt_index" });
  expect(await nativeRows(dir)).toEqual(before);
});
