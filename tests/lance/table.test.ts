/** Fragments, deletions, added columns, and what a read costs. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRequire } from "node:module";
import { connect } from "@lancedb/lancedb";
import type * as Arrow from "apache-arrow";
import { Field, Float16, Int32, List, Uint32, Uint8, Utf8 } from "apache-arrow";
import { memoryDirectory } from "../../src/bytes/memory-source.ts";
import { ByteCache } from "../../src/bytes/cache.ts";
import { fileDirectory } from "../../src/bytes/file-source.ts";
import { ReadStats, countedDirectory } from "../../src/bytes/stats.ts";
import { LanceTable, fragmentOf, offsetOf, rowAddress } from "../../src/lance/table.ts";
import { bytesOf, halfFloats, i32s, strings, u32s } from "../../src/lance/values.ts";
import { arrowTable, createTable, newestManifest, openTable, plainValues, scalars, vectors } from "./native.ts";

const root = await mkdtemp(join(tmpdir(), "repobase-lance-"));
afterAll(() => rm(root, { recursive: true }));
const db = await connect(root);

const rowsOf = (from: number, n: number) => ({
  id: scalars(
    new Uint32(),
    Array.from({ length: n }, (_, i) => from + i),
  ),
  contents: scalars(
    new Utf8(),
    Array.from(
      { length: n },
      (_, i) => `row ${from + i}: ${"lorem ipsum dolor sit amet ".repeat(10 + ((from + i) % 40))}`,
    ),
  ),
  vector: vectors(
    new Float16(),
    384,
    Uint16Array.from({ length: n * 384 }, (_, i) => (i * 31) & 0x7bff),
  ),
  code: vectors(
    new Uint8(),
    48,
    Uint8Array.from({ length: n * 48 }, (_, i) => i * 7 + from),
  ),
});

/** All live ids with their texts, in table order. */
async function liveIds(table: LanceTable): Promise<number[]> {
  const ids: number[] = [];
  for (const { id } of table.fragments) {
    const deleted = await table.deletedRows(id);
    u32s(await table.scan("id", id)).forEach((value, offset) => deleted.has(offset) || ids.push(value));
  }
  return ids;
}

describe("several fragments and deletions", async () => {
  const native = await createTable(db, "fragments", { columns: rowsOf(0, 500) });
  await native.add(arrowTable(rowsOf(500, 300)));
  await native.add(arrowTable(rowsOf(800, 3)));
  const path = join(root, "fragments.lance");

  test("scan and take across fragments, in the order asked", async () => {
    const table = await openTable(path);
    expect(table.fragments.map(({ id, rows }) => [id, rows])).toEqual([
      [0, 500],
      [1, 300],
      [2, 3],
    ]);
    expect(table.liveRows()).toBe(803);
    expect(await liveIds(table)).toEqual(Array.from({ length: 803 }, (_, i) => i));
    const addresses = [rowAddress(1, 299), rowAddress(0, 3), rowAddress(2, 2), rowAddress(1, 0), rowAddress(0, 3)];
    expect([...u32s(await table.take("id", addresses))]).toEqual([799, 3, 802, 500, 3]);
    const texts = strings(await table.take("contents", addresses));
    expect(texts.map((t) => t?.split(":")[0])).toEqual(["row 799", "row 3", "row 802", "row 500", "row 3"]);
    expect(bytesOf(await table.take("code", [rowAddress(1, 1)]))).toEqual(
      Uint8Array.from({ length: 48 }, (_, i) => (48 + i) * 7 + 500),
    );
    expect((await table.take("id", [])).rows).toBe(0);
  });

  test("deleted rows", async () => {
    await native.delete("id % 7 = 3 AND id < 500");
    await native.delete("id >= 500 AND id < 800 AND id % 10 != 1");
    const table = await openTable(path);
    expect(table.liveRows()).toBe(await native.countRows());
    const expected = (await native.query().select(["id"]).toArray()).map((r: { id: number }) => r.id);
    expect(await liveIds(table)).toEqual(expected);
    // What a row had is still there: visibility is the caller's business.
    expect([...u32s(await table.take("id", [rowAddress(0, 3)]))]).toEqual([3]);
  });

  test("deletion files of both kinds, as native chooses them", async () => {
    const ids = Array.from({ length: 20_000 }, (_, i) => i);
    const copy = await createTable(db, "deletions", { columns: { id: scalars(new Uint32(), ids) } });
    for (const [condition, kind] of [
      ["id % 9 = 2", "arrow"],
      ["id % 7 != 3", "bitmap"],
    ] as const) {
      await copy.delete(condition);
      const table = await openTable(join(root, "deletions.lance"));
      expect(table.fragment(0)?.deletion?.kind).toBe(kind);
      expect(await liveIds(table)).toEqual((await copy.query().toArray()).map((r: { id: number }) => r.id));
    }
  });

  test("row addresses are native's row ids", async () => {
    const table = await openTable(path);
    const found = (await native.query().where("id IN (1, 501, 802)").withRowId().select(["id"]).toArray()) as {
      id: number;
      _rowid: bigint;
    }[];
    expect(found.length).toBe(3);
    expect([
      ...u32s(
        await table.take(
          "id",
          found.map((r) => Number(r._rowid)),
        ),
      ),
    ]).toEqual(found.map((r) => r.id));
    expect(found.map((r) => [fragmentOf(Number(r._rowid)), offsetOf(Number(r._rowid))])).toContainEqual([1, 1]);
  });

  test("columns added later, in a file of their own or in none at all", async () => {
    const copy = await createTable(db, "added", { columns: { id: scalars(new Int32(), [1, 2, 3]) } });
    await copy.addColumns([{ name: "twice", valueSql: "id * 2" }]);
    // LanceDB knows a Field only by the class of its own copy of apache-arrow.
    const { Field: NativeField, Utf8: NativeUtf8 } = createRequire(import.meta.resolve("@lancedb/lancedb"))(
      "apache-arrow",
    ) as typeof Arrow;
    await copy.addColumns(new NativeField("none", new NativeUtf8(), true));
    const table = await openTable(join(root, "added.lance"));
    expect(table.fragment(0)?.files.length).toBe(2);
    const field = table.fields.find((f) => f.name === "twice");
    expect(plainValues(await table.scan("twice", 0), field?.type ?? "").map(Number)).toEqual([2, 4, 6]);
    expect(strings(await table.scan("none", 0))).toEqual([null, null, null]);
    expect(strings(await table.take("none", [2, 0]))).toEqual([null, null]);
  });

  test("files() names exactly what is needed to read this version", async () => {
    const table = await openTable(path);
    for (const { path: file, size } of table.files()) {
      const { size: actual } = await stat(join(path, file));
      if (size !== undefined) expect(actual).toBe(size);
    }
    expect(table.files().filter((f) => f.path.startsWith("data/")).length).toBe(
      (await readdir(join(path, "data"))).length,
    );
  });

  test("what is not there is not_found", async () => {
    const table = await openTable(path);
    for (const bad of [
      () => table.scan("nothing", 0),
      () => table.scan("id", 9),
      () => table.take("id", [rowAddress(0, 500)]),
      () => table.take("id", [0.5]),
      () => table.deletedRows(9),
    ])
      await expect(bad()).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("what this reader does not know, it refuses", () => {
  const columns = { id: scalars(new Uint32(), [1, 2, 3]) };
  test("other storage versions and stable row ids", async () => {
    for (const [name, storageOptions] of [
      ["old", { new_table_data_storage_version: "2.0" }],
      ["next", { new_table_data_storage_version: "2.3" }],
      ["stable", { new_table_enable_stable_row_ids: "true" }],
    ] as const) {
      await db.createTable(name, arrowTable(columns), { storageOptions });
      await expect(openTable(join(root, `${name}.lance`))).rejects.toMatchObject({ code: "unsupported_format" });
    }
  });

  test("columns of types it cannot hand out, while others can be read", async () => {
    const list = scalars(new List(new Field("item", new Int32(), true)), [[1], [2, 3], []]);
    await db.createTable("lists", arrowTable({ ...columns, list }));
    const table = await openTable(join(root, "lists.lance"));
    await expect(table.scan("list", 0)).rejects.toMatchObject({ code: "unsupported_format" });
    expect([...u32s(await table.scan("id", 0))]).toEqual([1, 2, 3]);
    expect(() => i32s({ kind: "binary", rows: 0, items: [] })).toThrow("has no values of 4 bytes");
  });

  test("foreign, cut and missing files", async () => {
    await createTable(db, "damaged", { columns });
    const path = join(root, "damaged.lance");
    const manifest = await newestManifest(path);
    for (const bytes of [
      new Uint8Array(),
      new Uint8Array(100),
      manifest.slice(0, -1),
      new TextEncoder().encode('{"json": true, "and": "long enough"}'),
    ])
      expect(() => LanceTable.open(memoryDirectory(new Map()), bytes)).toThrow(
        expect.objectContaining({ code: "corrupt_index" }),
      );
    await expect(LanceTable.open(memoryDirectory(new Map()), manifest).scan("id", 0)).rejects.toMatchObject({
      code: "not_found",
    });
    const [file] = LanceTable.open(memoryDirectory(new Map()), manifest).files();
    const bytes = await Bun.file(join(path, file?.path ?? "")).bytes();
    for (const damaged of [bytes.slice(0, -1), bytes.slice(0, 20), new Uint8Array(bytes.length)]) {
      const error = await LanceTable.open(memoryDirectory(new Map([[file?.path ?? "", damaged]])), manifest)
        .scan("id", 0)
        .catch((e: unknown) => e);
      expect(error).toMatchObject({ code: "corrupt_index", message: expect.stringContaining(file?.path ?? "") });
    }
  });
});

describe("what a read costs", async () => {
  const n = 5000;
  await createTable(db, "costs", { columns: rowsOf(0, n) });
  const path = join(root, "costs.lance");
  const stats = new ReadStats();
  const fresh = async () => {
    const table = await openTable(path, countedDirectory(fileDirectory(path), stats));
    stats.reset();
    return table;
  };

  test("opening reads nothing, and the first column one tail", async () => {
    const table = await fresh();
    expect(stats.requests).toBe(0);
    await table.scan("id", 0);
    // The tail, then the column; file sizes come from the manifest.
    expect(stats).toMatchObject({ requests: 2, sizeRequests: 0 });
    expect(stats.bytes).toBeLessThan(65_536 + n * 4);
  });

  test("50 texts cost little more than their pages' row index and themselves", async () => {
    const table = await fresh();
    await table.scan("id", 0);
    stats.reset();
    const picks = Array.from({ length: 50 }, (_, i) => (i * 997) % n);
    const texts = strings(await table.take("contents", picks));
    expect(texts[1]).toStartWith("row 997:");
    const size = table.fragment(0)?.files[0]?.size ?? 0;
    // Rows a hundred apart are merged up to the gap; the vectors, most of the file, stay unread.
    expect(stats.bytes).toBeLessThan(size / 3);
    expect(stats.requests).toBeLessThanOrEqual(8);
    stats.reset();
    await table.take("contents", [17]);
    expect(stats.requests).toBe(1);
    expect(stats.bytes).toBeLessThan(1500);
  });

  test("50 vectors cost 50 vectors when they are far apart, one request when they are neighbours", async () => {
    const table = await fresh();
    await table.scan("id", 0);
    stats.reset();
    const vectors8 = halfFloats(
      await table.take(
        "vector",
        Array.from({ length: 8 }, (_, i) => i * 600),
      ),
    );
    expect(vectors8.length).toBe(8 * 384);
    expect(stats).toMatchObject({ requests: 8, bytes: 8 * 768 });
    stats.reset();
    await table.take(
      "vector",
      Array.from({ length: 50 }, (_, i) => 1000 + i),
    );
    expect(stats).toMatchObject({ requests: 1, bytes: 50 * 768 });
  });

  test("a cache serves what was read before, for tables opened later too", async () => {
    const cache = new ByteCache(8 << 20);
    const directory = countedDirectory(fileDirectory(path), stats);
    const picks = [7, 4000, 8];
    const open = async () => LanceTable.open(directory, await newestManifest(path), { cache });
    const first = strings(await (await open()).take("contents", picks));
    stats.reset();
    expect(strings(await (await open()).take("contents", picks))).toEqual(first);
    expect(stats.requests).toBe(0);
  });

  test("100 k rows of ids and codes come back whole", async () => {
    const rows = 100_000;
    await createTable(db, "wide", {
      columns: {
        id: scalars(
          new Uint32(),
          Array.from({ length: rows }, (_, i) => Math.imul(i, 2654435761) >>> 0),
        ),
        line: scalars(
          new Int32(),
          Array.from({ length: rows }, (_, i) => (i * 40) % 3000),
        ),
        file: scalars(
          new Uint32(),
          Array.from({ length: rows }, (_, i) => Math.floor(i / 6)),
        ),
        code: vectors(
          new Uint8(),
          48,
          Uint8Array.from({ length: rows * 48 }, (_, i) => i * 31),
        ),
      },
    });
    const table = await openTable(join(root, "wide.lance"));
    for (const name of ["id", "line", "file", "code"]) {
      const column = await table.scan(name, 0);
      expect(column.rows).toBe(rows);
      if (name === "line") expect(i32s(column)[99_999]).toBe((99_999 * 40) % 3000);
    }
  });
});
