/** Every encoding LanceDB picks for columns of our kinds, at both storage versions, against what native reads back. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@lancedb/lancedb";
import { Bool, Float16, Float64, Int32, Int64, Uint16, Uint32, Uint8, Utf8 } from "apache-arrow";
import { fileDirectory } from "../../src/bytes/file-source.ts";
import { ReadStats, countedDirectory } from "../../src/bytes/stats.ts";
import { rowAddress } from "../../src/lance/table.ts";
import { createTable, nativeValues, openTable, plainValues, scalars, vectors } from "./native.ts";
import type { ColumnSpec } from "./native.ts";

const root = await mkdtemp(join(tmpdir(), "repobase-lance-"));
afterAll(() => rm(root, { recursive: true }));
const db = await connect(root);

/** Deterministic noise. */
function noise(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
}
const WORDS = ["const", "return", "function", "äöü", "=>", "await", "index", "\n  ", "{", "}", "// 漢字", "table", "0x1f"];
function text(seed: number, bytes: number): string {
  const next = noise(seed);
  let out = "";
  while (out.length < bytes) out += `${WORDS[(next() >>> 8) % WORDS.length]} ${(next() >>> 16) % 1000} `;
  return out.slice(0, bytes);
}
const ZSTD = { "lance-encoding:compression": "zstd" };

function columns(n: number): Record<string, ColumnSpec> {
  const rows = <T>(make: (i: number) => T) => Array.from({ length: n }, (_, i) => make(i));
  const random = noise(7);
  const bytes = (length: number) => Uint8Array.from({ length }, () => random() >>> 24);
  const big = n <= 50 ? 40_000 : 6000;
  return {
    path: scalars(new Utf8(), rows((i) => `src/dir${i % 40}/file${Math.floor(i / 7)}.ts`)),
    language: scalars(new Utf8(), rows(() => "typescript")),
    empty: scalars(new Utf8(), rows(() => "")),
    someEmpty: scalars(new Utf8(), rows((i) => (i % 2 ? "" : text(i, i % 90)))),
    unique: scalars(new Utf8(), rows((i) => `${(Math.imul(i + 1, 2654435761) >>> 0).toString(16)}-${i}`)),
    contents: scalars(new Utf8(), rows((i) => text(i, 100 + ((i * 37) % 1500)))),
    long: scalars(new Utf8(), rows((i) => (i % 9 === 4 ? text(i, big + (i % 7) * 5000) : text(i, 50)))),
    longNull: scalars(new Utf8(), rows((i) => (i % 5 === 2 ? null : text(i, i % 11 === 0 ? 40_000 : 300)))),
    zstd: scalars(new Utf8(), rows((i) => text(i, 100 + ((i * 53) % 1200))), ZSTD),
    zstdSmall: scalars(new Utf8(), rows((i) => text(i, 5 + (i % 30))), ZSTD),
    zstdMini: scalars(new Utf8(), rows((i) => text(i, 400)), { ...ZSTD, "lance-encoding:structural-encoding": "miniblock" }),
    lz4: scalars(new Utf8(), rows((i) => text(i, 20 + (i % 60))), { "lance-encoding:compression": "lz4" }),
    plain: scalars(new Utf8(), rows((i) => text(i, 20 + (i % 60))), { "lance-encoding:compression": "none" }),
    symbol: scalars(new Utf8(), rows((i) => (i % 3 === 1 ? null : `symbol${i % 30}`))),
    symbolUnique: scalars(new Utf8(), rows((i) => (i % 4 === 1 ? null : `${i}${text(i, 12)}`))),
    symbolConstant: scalars(new Utf8(), rows((i) => (i % 7 === 2 ? null : "main"))),
    allNull: scalars(new Utf8(), rows(() => null)),
    fileId: scalars(new Uint32(), rows((i) => Math.floor(i / 9))),
    u32: scalars(new Uint32(), rows((i) => Math.imul(i + 1, 2654435761) >>> 0)),
    chunk: scalars(new Uint16(), rows((i) => i % 9)),
    u16: scalars(new Uint16(), rows((i) => (i * 40_503) & 0xffff)),
    u8: scalars(new Uint8(), rows((i) => (i * 7) & 63)),
    startLine: scalars(new Int32(), rows((i) => (i % 500) + 1)),
    negative: scalars(new Int32(), rows((i) => -i * 3)),
    constant: scalars(new Int32(), rows(() => 7)),
    i32Null: scalars(new Int32(), rows((i) => (i % 4 === 0 ? null : i))),
    constantNull: scalars(new Int32(), rows((i) => (i % 6 === 3 ? null : 7))),
    i64: scalars(new Int64(), rows((i) => BigInt(i) * 10000000019n)),
    i64Small: scalars(new Int64(), rows((i) => BigInt(i % 700))),
    f64: scalars(new Float64(), rows((i) => Math.sin(i))),
    bool: scalars(new Bool(), rows((i) => i % 3 === 0)),
    boolConstant: scalars(new Bool(), rows(() => true)),
    zstdInt: scalars(new Int32(), rows((i) => Math.imul(i, 77777)), ZSTD),
    vector: vectors(new Float16(), 384, new Uint16Array(bytes(n * 768).buffer)),
    smallVector: vectors(new Float16(), 8, new Uint16Array(bytes(n * 16).buffer)),
    code: vectors(new Uint8(), 48, bytes(n * 48)),
    constantCode: vectors(new Uint8(), 48, new Uint8Array(n * 48).fill(5)),
  };
}

const CASES: { rows: number; version: string; batchRows?: number }[] = [
  { rows: 1, version: "2.2" },
  { rows: 2, version: "2.1" },
  { rows: 50, version: "2.2" },
  { rows: 50, version: "2.1" },
  { rows: 1025, version: "2.2" },
  { rows: 2100, version: "2.1" },
  { rows: 2100, version: "2.2" },
  // Several pages a column.
  { rows: 2000, version: "2.2", batchRows: 150 },
];

for (const { rows, version, batchRows } of CASES)
  describe(`${rows} rows, storage ${version}${batchRows ? `, batches of ${batchRows}` : ""}`, async () => {
    const name = `columns_${rows}_${version.replace(".", "_")}`;
    const native = await (await createTable(db, name, { columns: columns(rows), version, ...(batchRows && { batchRows }) })).toArrow();
    const table = await openTable(join(root, `${name}.lance`));

    for (const field of table.fields.filter((f) => f.parent < 0))
      test(`${field.name} (${field.type})`, async () => {
        const expected = nativeValues(native, field.name);
        const scanned = plainValues(await table.scan(field.name, 0), field.type);
        expect(scanned.length).toBe(rows);
        expect(Bun.deepEquals(scanned, expected)).toBe(true);
        // Out of order, with repeats, first and last row among them.
        const next = noise(rows);
        const picks = [rows - 1, 0, ...Array.from({ length: 60 }, () => (next() >>> 4) % rows), 0];
        const taken = plainValues(await table.take(field.name, picks.map((row) => rowAddress(0, row))), field.type);
        expect(taken).toEqual(picks.map((row) => expected[row]));
      });
  });

test("a byte order mark at the start of a text stays (apache-arrow, the reader of the other tests, drops it)", async () => {
  const texts = ["\uFEFFconst a;", "b", "\uFEFF"];
  await createTable(db, "bom", { columns: { text: scalars(new Utf8(), texts) } });
  const table = await openTable(join(root, "bom.lance"));
  expect(plainValues(await table.scan("text", 0), "string")).toEqual(texts);
});

test("a row index too large to read whole is read by entries", async () => {
  const rows = 140_000;
  const texts = Array.from({ length: rows }, (_, i) => `row ${i}`);
  const fullzip = { "lance-encoding:structural-encoding": "fullzip", "lance-encoding:compression": "none", "lance-encoding:dict-divisor": "1000000" };
  await createTable(db, "long", { columns: { text: scalars(new Utf8(), texts, fullzip) } });
  const stats = new ReadStats();
  const path = join(root, "long.lance");
  const table = await openTable(path, countedDirectory(fileDirectory(path), stats));
  const picks = [rows - 1, 0, 70_000, 70_001];
  expect(plainValues(await table.take("text", picks), "string")).toEqual(picks.map((row) => texts[row]));
  // The tail, then three entries or pairs of them, then three texts: nothing near the 560 KB of the index.
  expect(stats.requests).toBeLessThanOrEqual(7);
  expect(stats.bytes).toBeLessThan(70_000);
});
