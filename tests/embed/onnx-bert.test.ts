// The whole ONNX path against BERT computed in plain TypeScript: tokenizer, batches, masks, pooling, prefixes, truncation.
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OnnxEmbedder } from "../../src/embed/onnx/onnx-embedder.ts";
import type { SettingsOverrides } from "../../src/embed/onnx/model-settings.ts";
import {
  BERT_VOCABULARY,
  type BertStyle,
  computeBert,
  encodeBert,
  randomBert,
  writeBert,
} from "../helpers/onnx-bert.ts";
import { writeFolder } from "../helpers/onnx-models.ts";

const root = await mkdtemp(join(tmpdir(), "repobase-bert-"));
afterAll(() => rm(root, { recursive: true, force: true }));

const shape = { vocabulary: BERT_VOCABULARY.length, hidden: 32, layers: 2, heads: 4, inner: 64, positions: 48 };
const bert = randomBert(shape, { seed: 7 });
const folders: Record<BertStyle, string> = {
  steps: await writeBert(join(root, "steps"), bert, { style: "steps" }),
  whole: await writeBert(join(root, "whole"), bert, { style: "whole" }),
};

/** The pieces of a text, cut by hand; `[CLS]` and `[SEP]` around them. */
const TEXTS: readonly (readonly [text: string, pieces: string])[] = [
  ["Readers", "read ##ers"],
  ["", ""],
  ["return new Map(file)", "return new map ( file )"],
  ["the", "the"],
  [
    "function findFile(query: string) {\n  return sorted.get(query);\n}",
    "function find ##f ##i ##l ##e ( query : string ) { return sort ##ed . get ( query ) ; }",
  ],
  ["écrits — the file", "e ##c ##r ##i ##t ##s [UNK] the file"],
  ["list ".repeat(40), "list ".repeat(40).trim()],
  ["sorting", "sort ##ing"],
];
const idsOf = (pieces: string) =>
  ["[CLS]", ...pieces.split(" ").filter((piece) => piece !== ""), "[SEP]"].map((piece) => {
    const id = BERT_VOCABULARY.indexOf(piece);
    if (id < 0) throw new Error(`no piece ${piece}`);
    return id;
  });

type Pooling = "mean" | "cls";
function reference(pieces: string, pooling: Pooling): number[] {
  const rows = computeBert(bert, idsOf(pieces));
  const pooled =
    pooling === "cls"
      ? (rows[0] ?? [])
      : Array.from(
          { length: shape.hidden },
          (_, d) => rows.reduce((sum, row) => sum + (row[d] ?? Number.NaN), 0) / rows.length,
        );
  const length = Math.hypot(...pooled);
  return pooled.map((value) => value / length);
}

const greatestDifference = (got: Float32Array, expected: readonly number[]): number => {
  expect(got.length).toBe(expected.length);
  return Math.max(...Array.from(got, (value, at) => Math.abs(value - (expected[at] ?? Number.NaN))));
};

async function withBert<T>(
  folder: string,
  overrides: SettingsOverrides,
  use: (embedder: OnnxEmbedder) => Promise<T>,
): Promise<T> {
  const embedder = await OnnxEmbedder.open({ folder, overrides, cacheDir: join(root, "cache") });
  try {
    return await use(embedder);
  } finally {
    await embedder.close();
  }
}

describe.each<[BertStyle, Pooling]>([
  ["steps", "mean"],
  ["steps", "cls"],
  ["whole", "mean"],
  ["whole", "cls"],
])("BERT in %s, %s pooling", (style, pooling) => {
  test("a text alone, and all texts in batches of every length, have the reference's vectors", () =>
    withBert(folders[style], { pooling }, async (embedder) => {
      expect([embedder.dim, embedder.settings.maxLength]).toEqual([32, 48]);
      const expected = TEXTS.map(([, pieces]) => reference(pieces, pooling));
      for (const [at, [text]] of TEXTS.entries())
        expect(greatestDifference(await embedder.embedDocuments([text]), expected[at] ?? [])).toBeLessThan(1e-4);
      // together: one rectangle, where the shortest has 2 tokens and 40 of padding
      const together = await embedder.embedDocuments(TEXTS.map(([text]) => text));
      expect(greatestDifference(together, expected.flat())).toBeLessThan(1e-4);
      // many batches
      const many = Array.from({ length: 300 }, (_, at) => (at * 5) % TEXTS.length);
      const all = await embedder.embedDocuments(many.map((at) => TEXTS[at]?.[0] ?? ""));
      expect(
        greatestDifference(
          all,
          many.flatMap((at) => expected[at] ?? []),
        ),
      ).toBeLessThan(1e-4);
    }));

  test("queries and passages have their own prefix", () =>
    withBert(folders[style], { pooling, queryPrefix: "query: ", passagePrefix: "passage: " }, async (embedder) => {
      expect(
        greatestDifference(await embedder.embedQuery("sorting"), reference("query : sort ##ing", pooling)),
      ).toBeLessThan(1e-4);
      expect(
        greatestDifference(await embedder.embedDocuments(["sorting"]), reference("passage : sort ##ing", pooling)),
      ).toBeLessThan(1e-4);
    }));

  test("a text longer than the model's positions, or than asked, loses its end", async () => {
    const long = `${"the file is read ".repeat(30)}`;
    const words = long.trim().split(" ");
    for (const maxLength of [undefined, 20])
      await withBert(folders[style], { pooling, maxLength }, async (embedder) => {
        const kept = words.slice(0, (maxLength ?? shape.positions) - 2).join(" ");
        expect(
          greatestDifference(await embedder.embedDocuments([long, "the"]), [
            ...reference(kept, pooling),
            ...reference("the", pooling),
          ]),
        ).toBeLessThan(1e-4);
      });
  });
});

test("the reference tells apart what the tests are about", () => {
  const apart = (a: readonly number[], b: readonly number[]) =>
    Math.max(...a.map((value, at) => Math.abs(value - (b[at] ?? Number.NaN))));
  for (const pooling of ["mean", "cls"] as const) {
    const file = reference("read the file", pooling);
    expect(apart(file, reference("file the read", pooling))).toBeGreaterThan(0.01); // positions
    expect(apart(file, reference("read the file [PAD]", pooling))).toBeGreaterThan(0.01); // the mask
    expect(apart(file, reference("query : read the file", pooling))).toBeGreaterThan(0.01); // prefixes
  }
  expect(apart(reference("read", "mean"), reference("read", "cls"))).toBeGreaterThan(0.01);
});

test("a model split into graph and weights beside it is the same model to the last bit", async () => {
  const graph = encodeBert(bert, "steps");
  const folder = await writeFolder(join(root, "again"), {
    "onnx/model.onnx": graph,
    "tokenizer.json": await Bun.file(join(folders.steps, "tokenizer.json")).text(),
    "config.json": { max_position_embeddings: 48 },
  });
  const [one, two] = [folders.steps, folder].map((each) =>
    withBert(each, {}, (embedder) => embedder.embedQuery("read the file")),
  );
  expect(await one).toEqual(await (two ?? expect.unreachable()));
});
