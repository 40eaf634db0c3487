/** Every encoding LanceDB picks for columns of our kinds, at both storage versions, against what native reads back. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@lancedb/lancedb";
import { Utf8 } from "apache-arrow";
import { fileDirectory } from "../../src/bytes/file-source.ts";
import { ReadStats, countedDirectory } from "../../src/bytes/stats.ts";
import { rowAddress } from "../../src/lance/table.ts";
import { inLong } from "../helpers/long.ts";
import { createTable, nativeValues, openTable, plainValues, scalars } from "./native.ts";
import { noise, sampleColumns } from "./sample-columns.ts";

const root = await mkdtemp(join(tmpdir(), "repobase-lance-"));
afterAll(() => rm(root, { recursive: true }));
const db = await connect(root);

interface Case {
  readonly rows: number;
  readonly version: string;
  readonly batchRows?: number;
}

const CASES: readonly Case[] = [
  { rows: 1, version: "2.2" },
  { rows: 50, version: "2.1" },
  { rows: 1025, version: "2.2" },
  { rows: 2100, version: "2.1" },
  // Several pages a column.
  { rows: 2000, version: "2.2", batchRows: 150 },
];

/** The same sizes at the other version. */
const MORE_CASES: readonly Case[] = [
  { rows: 2, version: "2.1" },
  { rows: 50, version: "2.2" },
  { rows: 2100, version: "2.2" },
];

for (const { rows, version, batchRows } of [...CASES, ...inLong(MORE_CASES, [])])
  describe(`${rows} rows, storage ${version}${batchRows ? `, batches of ${batchRows}` : ""}`, async () => {
    const name = `columns_${rows}_${version.replace(".", "_")}`;
    const native = await (
      await createTable(db, name, { columns: sampleColumns(rows), version, ...(batchRows && { batchRows }) })
    ).toArrow();
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
        const taken = plainValues(
          await table.take(
            field.name,
            picks.map((row) => rowAddress(0, row)),
          ),
          field.type,
        );
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
  const fullzip = {
    "lance-encoding:structural-encoding": "fullzip",
    "lance-encoding:compression": "none",
    "lance-encoding:dict-divisor": "1000000",
  };
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
