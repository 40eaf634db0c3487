/**
 * Writes a golden Lance table per storage version below fixtures/lance/, named after the LanceDB that wrote it, with what
 * native reads from it in expected.json. tests/lance/golden.test.ts reads every folder there. Existing folders are left
 * alone: a fixture is never changed, a new LanceDB adds one. Run: `bun scripts/make-lance-fixture.ts`
 */
import { cp, exists, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { Float16, Int32, Uint16, Uint32, Uint8, Utf8 } from "apache-arrow";
import project from "../package.json" with { type: "json" };
import { lanceVersionFile } from "../src/protocol/keys.ts";
import { sha256Hex } from "../src/protocol/hash.ts";
import {
  arrowTable,
  createFtsIndex,
  createTable,
  nativeValues,
  openTable,
  scalars,
  vectors,
} from "../tests/lance/native.ts";
import type { GoldenTable } from "../tests/lance/golden.ts";
import { FIXTURES } from "../tests/lance/golden.ts";

process.env["LANCE_FTS_NUM_SHARDS"] = "1";
const { connect } = await import("@lancedb/lancedb");
const lancedb = project.dependencies["@lancedb/lancedb"];

const ZSTD = { "lance-encoding:compression": "zstd" };
const termsOf = (row: number) =>
  row % 20 === 19 ? "" : `the row_${row} ${row % 2 ? "odd" : "even"} mod${row % 7} the`;

/** Columns whose values would fill expected.json: their hash says as much. */
const HASHED = new Set(["vector", "code", "contents", "packed"]);

/** One row per chunk, as Repobase writes them, with vectors small enough to commit. */
function rows(from: number, n: number) {
  const of = <T>(make: (row: number) => T) => Array.from({ length: n }, (_, i) => make(from + i));
  return {
    fileId: scalars(
      new Uint32(),
      of((r) => Math.floor(r / 3)),
    ),
    chunk: scalars(
      new Uint16(),
      of((r) => r % 3),
    ),
    path: scalars(
      new Utf8(),
      of((r) => `src/module-${Math.floor(r / 3)}.ts`),
    ),
    language: scalars(
      new Utf8(),
      of(() => "typescript"),
    ),
    startLine: scalars(
      new Int32(),
      of((r) => (r % 3) * 40 + 1),
    ),
    symbol: {
      ...scalars(
        new Utf8(),
        of((r) => (r % 4 === 1 ? null : `function${r % 5}`)),
      ),
      nullable: true,
    },
    rare: {
      ...scalars(
        new Utf8(),
        of((r) => (r % 9 === 2 ? null : "main")),
      ),
      nullable: true,
    },
    contents: scalars(
      new Utf8(),
      of((r) => `export function row${r}() {\n${`  return "${r}"; // é\n`.repeat(14 + (r % 4))}}\n`),
    ),
    packed: scalars(
      new Utf8(),
      of((r) => `packed ${r} `.repeat(26)),
      ZSTD,
    ),
    terms: scalars(new Utf8(), of(termsOf)),
    vector: vectors(
      new Float16(),
      160,
      Uint16Array.from({ length: n * 160 }, (_, i) => ((from * 160 + i) * 37) & 0x7bff),
    ),
    code: vectors(
      new Uint8(),
      48,
      Uint8Array.from({ length: n * 48 }, (_, i) => (from * 48 + i) * 7),
    ),
  };
}

const scratch = await mkdtemp(join(tmpdir(), "repobase-fixture-"));
try {
  const db = await connect(scratch);
  for (const version of ["2.1", "2.2"]) {
    const target = join(FIXTURES, `lancedb-${lancedb}-storage-${version}`);
    if (await exists(target)) continue;
    const name = `t${version.replace(".", "_")}`;
    const native = await createTable(db, name, { columns: rows(0, 40), version });
    await createFtsIndex(native, "terms");
    await native.add(arrowTable(rows(40, 12)));
    const all = await native.toArrow();
    await native.delete('"fileId" % 5 = 4');

    const root = join(scratch, `${name}.lance`);
    const table = await openTable(root);
    const copies = [...table.files().map((file) => file.path), lanceVersionFile(table.version)];
    for (const path of copies) await cp(join(root, path), join(target, path));
    const texts = Array.from({ length: 40 }, (_, row) => termsOf(row));
    const columns = Object.keys(rows(0, 1)).map(async (column) => {
      const values = nativeValues(all, column);
      return [column, HASHED.has(column) ? await sha256Hex(new TextEncoder().encode(values.join())) : values] as const;
    });
    const expected: GoldenTable = {
      lancedb,
      manifest: basename(lanceVersionFile(table.version)),
      fragments: [40, 12],
      liveFileIds: (await native.query().toArray()).map((row: { fileId: number }) => row.fileId),
      columns: Object.fromEntries(await Promise.all(columns)),
      documentFrequencies: Object.fromEntries(
        ["the", "odd", "even", "mod3", "row_17", "row_45"].map((token) => [
          token,
          texts.filter((t) => t.split(" ").includes(token)).length,
        ]),
      ),
    };
    await writeFile(join(target, "expected.json"), `${JSON.stringify(expected)}\n`);
    process.stdout.write(`${join(basename(dirname(target)), basename(target))}\n`);
  }
} finally {
  await rm(scratch, { recursive: true });
}
