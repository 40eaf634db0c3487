/** The full-text index against a count over the rows, for every token, before and after an append. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Utf8 } from "apache-arrow";
import { fileDirectory, fileSource } from "../../src/bytes/file-source.ts";
import { ReadStats, countedDirectory } from "../../src/bytes/stats.ts";
import { LanceFile } from "../../src/lance/file.ts";
import { FtsIndex } from "../../src/lance/fts-index.ts";
import { Message } from "../../src/lance/protobuf.ts";
import { leafColumn } from "../../src/lance/schema.ts";
import type { LanceTable } from "../../src/lance/table.ts";
import { rowAddress } from "../../src/lance/table.ts";
import { arrowTable, createFtsIndex, createTable, openTable, scalars } from "./native.ts";

// Native reads it when it is loaded.
process.env["LANCE_FTS_NUM_SHARDS"] = "1";
const { Index, connect } = await import("@lancedb/lancedb");

const root = await mkdtemp(join(tmpdir(), "repobase-lance-"));
afterAll(() => rm(root, { recursive: true }));
const db = await connect(root);

/** Frequent, rare and unique tokens; all byte values of the token set's nodes; rows without any token. */
function makeTexts(n: number, from = 0): string[] {
  return Array.from({ length: n }, (_, i) => {
    const row = from + i;
    if (row % 101 === 50) return row % 2 ? "" : "  ";
    const tokens = [
      "the",
      row % 2 ? "odd" : "even",
      `mod${row % 13}`,
      `unique_${row * 7919}`,
      `Case${row % 5}`,
      `x${"y".repeat(row % 50)}`,
    ];
    if (row % 3 === 0) tokens.push("the", "the", "漢字", String.fromCodePoint(0xa1 + (row % 500)), "0".repeat(63));
    if (row % 50 === 0) tokens.push(..."!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".split(""), `long${"z".repeat(row % 30)}`);
    if (row % 400 === 0) tokens.push(...Array.from({ length: 300 }, () => "often"));
    return tokens.join(" ");
  });
}

interface Count {
  readonly rows: Map<number, number>;
}
/** token -> row address -> times, and row address -> tokens: what the index must say. */
function countTokens(texts: readonly string[]): { tokens: Map<string, Count>; lengths: Map<number, number> } {
  const tokens = new Map<string, Count>();
  const lengths = new Map<number, number>();
  texts.forEach((text, offset) => {
    const address = rowAddress(0, offset);
    for (const token of text.split(/\s+/).filter((t) => t !== "")) {
      const count = tokens.get(token) ?? { rows: new Map() };
      tokens.set(token, count);
      count.rows.set(address, (count.rows.get(address) ?? 0) + 1);
      lengths.set(address, (lengths.get(address) ?? 0) + 1);
    }
  });
  return { tokens, lengths };
}

async function expectIndexEquals(index: FtsIndex, texts: readonly string[]): Promise<void> {
  const { tokens, lengths } = countTokens(texts);
  expect(index.documentCount).toBe(lengths.size);
  expect(index.totalTokens).toBe([...lengths.values()].reduce((a, b) => a + b, 0));
  const words = [...tokens.keys()];
  const found = await index.lookup(words);
  const wrong = words.filter((word, w) => {
    const { rows } = tokens.get(word) as Count;
    const postings = found[w];
    if (postings?.documentFrequency !== rows.size || postings.addresses.length !== rows.size) return true;
    return postings.addresses.some(
      (a, i) => postings.frequencies[i] !== rows.get(a) || postings.documentLengths[i] !== lengths.get(a),
    );
  });
  expect(wrong).toEqual([]);
}

for (const n of [1, 130, 3000])
  test(`${n} rows: every token has its documents, frequencies and lengths`, async () => {
    const texts = makeTexts(n);
    const native = await createTable(db, `fts_${n}`, { columns: { terms: scalars(new Utf8(), texts) } });
    const path = join(root, `fts_${n}.lance`);
    expect(await FtsIndex.open(await openTable(path), "terms")).toBeUndefined();
    await createFtsIndex(native, "terms");
    const index = (await FtsIndex.open(await openTable(path), "terms")) as FtsIndex;
    await expectIndexEquals(index, texts);
    expect(await index.lookup(["", "th", "thee", "unique_", "nothing-like-it", "\u0000", "x".repeat(200)])).toEqual(
      Array.from({ length: 7 }, () => undefined),
    );
    expect(await index.lookup([])).toEqual([]);
  });

/** Layout of the pages of a column of the posting lists' file. */
async function layoutsOf(path: string, table: LanceTable, column: string): Promise<Set<string>> {
  const file = await LanceFile.open(fileSource(join(path, `_indices/${table.indices[0]?.uuid}/part_0_invert.lance`)));
  const descriptors = await file.pageDescriptors(leafColumn(file.fields, column) ?? -1);
  return new Set(
    descriptors.map((page) => {
      const layout = new Message(page.message(4)?.message(2)?.bytes(1) ?? new Uint8Array()).message(2)?.fields()[0];
      return ["", "miniblock", "constant", "fullzip"][layout ?? 0] ?? "other";
    }),
  );
}

const SHAPES: Record<string, string[]> = {
  // All posting blocks are equal: one document, each token once.
  constant: ["a b c"],
  // Blocks below 256 bytes; some lists go over many chunks.
  miniblock: Array.from({ length: 20_000 }, (_, i) => `the ${i % 2 ? "odd" : "even"} unique${i % 4000}`),
  // Blocks of 100 documents, two bytes a delta.
  fullzip: Array.from({ length: 20_000 }, (_, i) => `mod${i % 200} the ${i % 7 ? "some some" : "few"}`),
};
for (const [layout, texts] of Object.entries(SHAPES))
  test(`posting lists as ${layout} pages`, async () => {
    const native = await createTable(db, layout, { columns: { terms: scalars(new Utf8(), texts) } });
    await createFtsIndex(native, "terms");
    const path = join(root, `${layout}.lance`);
    const table = await openTable(path);
    expect([...(await layoutsOf(path, table, "_posting"))]).toEqual([layout]);
    const index = (await FtsIndex.open(table, "terms")) as FtsIndex;
    await expectIndexEquals(index, texts);
    // One at a time too, so that no list is decoded only because its neighbours were.
    for (const word of ["the", "a", "c", "odd", "few", "mod199", "unique3999"]) {
      const [alone] = await index.lookup([word]);
      expect(alone?.documentFrequency ?? 0).toBe(texts.filter((text) => text.split(" ").includes(word)).length);
    }
  });

test("an index of rows without any token", async () => {
  const native = await createTable(db, "empty", { columns: { terms: scalars(new Utf8(), ["", "   ", ""]) } });
  await createFtsIndex(native, "terms");
  const index = await FtsIndex.open(await openTable(join(root, "empty.lance")), "terms");
  expect([index?.documentCount, index?.totalTokens]).toEqual([0, 0]);
  expect(await index?.lookup(["the", ""])).toEqual([undefined, undefined]);
});

test("rows appended after the index are not covered, deleted rows still counted", async () => {
  const texts = makeTexts(500);
  const native = await createTable(db, "append", { columns: { terms: scalars(new Utf8(), texts) } });
  await createFtsIndex(native, "terms");
  await native.add(arrowTable({ terms: scalars(new Utf8(), makeTexts(50, 500)) }));
  await native.delete("terms LIKE '%mod3%'");
  const table = await openTable(join(root, "append.lance"));
  const index = (await FtsIndex.open(table, "terms")) as FtsIndex;
  expect(table.fragments.map((f) => f.id)).toEqual([0, 1]);
  expect([...index.coveredFragments]).toEqual([0]);
  await expectIndexEquals(index, texts);
});

test("several partitions: an index that was extended by optimize", async () => {
  const texts = makeTexts(600);
  const native = await createTable(db, "parts", { columns: { terms: scalars(new Utf8(), texts.slice(0, 400)) } });
  await createFtsIndex(native, "terms");
  await native.add(arrowTable({ terms: scalars(new Utf8(), texts.slice(400)) }));
  await native.optimize();
  const table = await openTable(join(root, "parts.lance"));
  const partitions = [...(table.indices[0]?.files.keys() ?? [])].filter((name) => name.endsWith("_tokens.lance"));
  expect(partitions.length).toBe(2);
  const index = (await FtsIndex.open(table, "terms")) as FtsIndex;
  const [the, odd] = await index.lookup(["the", "odd"]);
  const count = (word: string) => texts.filter((t) => t.split(" ").includes(word)).length;
  expect([the?.documentFrequency, odd?.documentFrequency]).toEqual([count("the"), count("odd")]);
});

describe("what a look-up costs", async () => {
  const texts = makeTexts(6000);
  const native = await createTable(db, "costs", { columns: { terms: scalars(new Utf8(), texts) } });
  await createFtsIndex(native, "terms");
  const path = join(root, "costs.lance");

  test("one round to open, two for the first look-up, one from then on; pruning data stays unread", async () => {
    const stats = new ReadStats();
    const table = await openTable(path, countedDirectory(fileDirectory(path), stats));
    const size = [...(table.indices[0]?.files.values() ?? [])].reduce((a, b) => a + b, 0);
    const index = (await FtsIndex.open(table, "terms")) as FtsIndex;
    expect(stats.requests).toBe(4);
    stats.reset();
    const words = ["the", "odd", "mod7", "Case2", "often", `unique_${123 * 7919}`];
    await index.lookup(words);
    expect(stats.requests).toBeLessThanOrEqual(10);
    stats.reset();
    await index.lookup(words);
    expect(stats.requests).toBeLessThanOrEqual(6);
    expect(stats.bytes).toBeLessThan(size / 4);
  });
});

test("an index made with another tokenizer or format is refused", async () => {
  const columns = { terms: scalars(new Utf8(), ["Some Words here", "and More"]) };
  const native = await createTable(db, "other", { columns });
  const plain = {
    baseTokenizer: "whitespace",
    lowercase: false,
    stem: false,
    removeStopWords: false,
    asciiFolding: false,
    withPosition: false,
  } as const;
  for (const other of [{ baseTokenizer: "simple" }, { lowercase: true }, { stem: true }] as const) {
    await native.createIndex("terms", { config: Index.fts({ ...plain, ...other }), replace: true });
    const table = await openTable(join(root, "other.lance"));
    await expect(FtsIndex.open(table, "terms")).rejects.toMatchObject({ code: "unsupported_format" });
  }
});
