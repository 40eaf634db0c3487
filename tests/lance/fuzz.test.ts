/**
 * Damaged tables: whatever happens to the bytes of a table's files, the reader answers with values or with one of its
 * own errors, never with another exception and never without an end. Longer: `REPOBASE_FUZZ=20000 bun test tests/lance/fuzz.test.ts`
 */
import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@lancedb/lancedb";
import { Utf8 } from "apache-arrow";
import { memoryDirectory } from "../../src/bytes/memory-source.ts";
import { FtsIndex } from "../../src/lance/fts-index.ts";
import { LanceTable, rowAddress } from "../../src/lance/table.ts";
import { strings } from "../../src/lance/values.ts";
import { isRepobaseError } from "../../src/protocol/errors.ts";
import { goldenNames, readGolden } from "./golden.ts";
import { createFtsIndex, createTable, newestManifest, openTable, scalars } from "./native.ts";
import { sampleColumns } from "./sample-columns.ts";

const ROUNDS = Number(process.env["REPOBASE_FUZZ"] ?? 150);
const MANIFEST = "the manifest";

function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0;
    return Math.floor((((state ^ (state >>> 13)) >>> 0) / 2 ** 32) * below);
  };
}

function damage(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  const kind = random(10);
  // Metadata is at the end: half of the damage goes there.
  const place = () =>
    random(2) === 0 ? random(bytes.length) : Math.max(0, bytes.length - 1 - random(Math.min(bytes.length, 2500)));
  if (kind === 0) return bytes.slice(0, random(bytes.length));
  if (kind === 1) return bytes.slice(random(bytes.length));
  const out = bytes.slice();
  if (kind === 2) out.fill(random(2) * 255, place(), place());
  else if (kind === 3) out.copyWithin(place(), place(), place());
  else
    for (let n = 1 + random(3); n > 0; n--) {
      const at = place();
      out[at] = random(2) === 0 ? random(256) : (out[at] as number) ^ (1 << random(8));
    }
  return out;
}

/** Uses all of the reader; checks that what it hands out has the shape it promises. */
async function exercise(
  files: Map<string, Uint8Array>,
  manifest: Uint8Array,
  refused: (error: unknown) => void,
): Promise<void> {
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (!isRepobaseError(error, "corrupt_index", "unsupported_format", "not_found")) throw error;
      refused(error);
    }
  };
  await attempt(async () => {
    const table = LanceTable.open(memoryDirectory(files), manifest);
    table.files();
    table.liveRows();
    for (const { id, rows } of table.fragments.slice(0, 4)) {
      await attempt(async () => void (await table.deletedRows(id)));
      for (const { name } of table.fields)
        await attempt(async () => {
          for (const column of [
            await table.scan(name, id),
            await table.take(name, [rowAddress(id, rows - 1), rowAddress(id, 0)]),
          ]) {
            expect(column.nulls?.length ?? column.rows).toBe(column.rows);
            if (column.kind === "fixed") expect(column.data.length).toBe(column.rows * column.width);
            else expect(column.items.length).toBe(column.rows);
            if (column.kind === "binary") strings(column);
          }
        });
    }
    await attempt(async () => {
      const index = await FtsIndex.open(table, "terms");
      for (const postings of (await index?.lookup(["the", "odd", "row_17", "mod3", "absent"])) ?? [])
        if (postings !== undefined) {
          const { documentFrequency, addresses, frequencies, documentLengths } = postings;
          expect([addresses.length, frequencies.length, documentLengths.length]).toEqual([
            documentFrequency,
            documentFrequency,
            documentFrequency,
          ]);
        }
    });
  });
}

/** A table of all sample columns, with a full-text index whose posting lists are of another layout than the golden ones. */
async function makeSample(): Promise<{ files: Map<string, Uint8Array>; manifest: Uint8Array }> {
  const root = await mkdtemp(join(tmpdir(), "repobase-fuzz-"));
  try {
    const terms = scalars(
      new Utf8(),
      Array.from({ length: 12 }, () => "the odd mod3"),
    );
    const native = await createTable(await connect(root), "sample", { columns: { ...sampleColumns(12), terms } });
    await createFtsIndex(native, "terms");
    const path = join(root, "sample.lance");
    const table = await openTable(path);
    const files = new Map<string, Uint8Array>();
    for (const file of table.files()) files.set(file.path, await Bun.file(join(path, file.path)).bytes());
    return { files, manifest: await newestManifest(path) };
  } finally {
    await rm(root, { recursive: true });
  }
}

const tables: Record<string, () => Promise<{ files: Map<string, Uint8Array>; manifest: Uint8Array }>> = {
  "all sample columns": makeSample,
  ...Object.fromEntries((await goldenNames()).map((name) => [name, () => readGolden(name)])),
};

for (const [name, read] of Object.entries(tables))
  test(`${name}: ${ROUNDS} damaged copies`, async () => {
    const { files, manifest } = await read();
    const paths = [...files.keys()].filter((path) => path.endsWith(".lance") || path.startsWith("_deletions"));
    await exercise(files, manifest, (error) => {
      throw error;
    });
    let refusals = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const random = randomOf(round + 1);
      const victim = [...paths, MANIFEST][random(paths.length + 1)] as string;
      const damaged = new Map(files);
      let bytes = manifest;
      if (victim === MANIFEST) bytes = damage(manifest, random);
      else damaged.set(victim, damage(files.get(victim) as Uint8Array, random));
      try {
        await exercise(damaged, bytes, () => refusals++);
      } catch (cause) {
        throw new Error(`round ${round + 1}, ${victim}`, { cause });
      }
    }
    // Most damage is noticed; a flipped byte inside a value cannot be.
    expect(refusals).toBeGreaterThan(ROUNDS / 4);
  }, 600_000);
