import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadStaticEmbedder } from "../../../src/embed/load-static.ts";
import {
  COLUMNS,
  encode,
  PairEncoder,
  pieceBucket,
  pieceCount,
  pieceId,
  QUERY_BUCKETS,
  readEncoded,
} from "../../../lab/training/encode.ts";
import { readModel, weightsOf } from "../../../lab/training/quantise.ts";

const model = join(import.meta.dir, "../../../src/embed/static-model");
const vocabulary = await Bun.file(join(model, "vocab.txt")).text();
const encoder = new PairEncoder(vocabulary);
const product = await loadStaticEmbedder();
const { config, scale } = await readModel(model);
const folder = await mkdtemp(join(tmpdir(), "repobase-encode-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

const document = `src/http/router.ts Router.match\n// finds the route, the route of the request\nmatch(path: string) {\n  return this.find(path) ?? null;\n}\n${"x = parseHTTPHeader(1234567)\n".repeat(20)}`;

describe("PairEncoder", () => {
  test("sees what the product's embedder sees: pieces, counts and positions of a document", () => {
    const { ids, weights } = product.weighDocument(document);
    const packed = encoder.document(document);
    expect(packed.map(pieceId)).toEqual([...ids]);
    const expected = packed.map((each) => {
      const bucket = pieceBucket(each);
      const position = config.doc_position_weight[`${Math.floor(bucket / 3)}.${bucket % 3}`] ?? 0;
      return Math.fround(position) * Math.fround(Math.sqrt(pieceCount(each))) * (scale[pieceId(each)] ?? 0);
    });
    expect([...weights]).toEqual(expected);
  });

  test("and of a query", () => {
    const text =
      "where is the route of a request found, the one that matches the path of the http request it was given first";
    const { ids } = product.weighQuery(text);
    const packed = encoder.query(text, 128);
    expect(packed.map(pieceId)).toEqual([...ids]);
    expect(new Set(packed.map(pieceBucket))).toEqual(new Set([0, 1, 2, 3, 4]));
  });

  test("the shipped model gives its own vectors again from weights", () => {
    const weights = weightsOf({
      table: new Int8Array(384),
      scale: Float32Array.of(0.5),
      config: { ...config, vocab: 1 },
    });
    expect(Math.exp(weights.positions[QUERY_BUCKETS] ?? 0)).toBeCloseTo(config.doc_position_weight["0.0"] ?? 0, 5);
    expect(weights.table).toEqual(new Float32Array(384));
  });
});

test("encode writes columns that point at the pieces, and leaves out what says nothing", async () => {
  const pair = {
    kind: "doc",
    query: "Finds the route. More of it.",
    path: "a.ts",
    symbol: "match",
    contents: "function match(path) { return routes.get(path); }",
  };
  const pairs = [pair, { ...pair, query: "!!!" }, { ...pair, kind: "path", path: "", symbol: null }];
  await Bun.write(join(folder, "a+b.jsonl"), pairs.map((each) => `${JSON.stringify(each)}\n`).join(""));
  expect(await encode({ repos: ["a/b"], from: folder, to: folder, vocabulary })).toBe(2);
  const { pieces, pairs: rows } = await readEncoded(folder);
  const at = (row: number, name: (typeof COLUMNS)[number]) =>
    rows[row * COLUMNS.length + COLUMNS.indexOf(name)] as number;
  const part = (start: number, end: number) => [...pieces.subarray(start, end)].map((each) => each >>> 0);
  expect(part(at(0, "short"), at(0, "shortEnd"))).toEqual(encoder.query("Finds the route.", 48));
  expect(part(at(0, "long"), at(0, "longEnd"))).toEqual(encoder.query(pair.query, 128));
  expect(part(at(0, "document"), at(0, "documentEnd"))).toEqual(encoder.document(`a.ts match\n${pair.contents}`));
  expect(part(at(1, "document"), at(1, "documentEnd"))).toEqual(encoder.document(pair.contents));
  expect(at(0, "queryHash")).toBe(at(1, "queryHash"));
  expect(at(0, "documentHash")).not.toBe(at(1, "documentHash"));
});
