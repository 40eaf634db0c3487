import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadStaticEmbedder } from "../../src/embed/load-static.ts";
import { planBatches } from "../../src/embed/onnx/batches.ts";
import { type OpenOnnxOptions, OnnxEmbedder } from "../../src/embed/onnx/onnx-embedder.ts";
import { passageText } from "../../src/embed/passage.ts";
import {
  bertTokenizer,
  ids,
  mask,
  tinyGraph,
  tinyRow,
  TINY_DIM,
  typeIds,
  writeFolder,
  writeStaticModel,
} from "../helpers/onnx-models.ts";
import { encodeOnnx, type OnnxValue } from "../helpers/onnx-writer.ts";

const root = await mkdtemp(join(tmpdir(), "repobase-onnx-"));
const cacheDir = join(root, "cache");
afterAll(() => rm(root, { recursive: true, force: true }));

let folders = 0;
/** A folder with the tiny model; `files` replace or add. */
const tinyModel = (files: Readonly<Record<string, unknown>> = {}) =>
  writeFolder(join(root, `tiny-${folders++}`), {
    "model.onnx": tinyGraph(),
    "tokenizer.json": bertTokenizer(),
    ...files,
  });

async function withModel<T>(
  options: Omit<OpenOnnxOptions, "cacheDir">,
  use: (embedder: OnnxEmbedder) => Promise<T>,
): Promise<T> {
  const embedder = await OnnxEmbedder.open({ name: "tiny", cacheDir, ...options });
  try {
    return await use(embedder);
  } finally {
    await embedder.close();
  }
}

function unit(values: readonly number[]): number[] {
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}
const meanOf = (tokens: readonly number[]) =>
  unit(
    Array.from(
      { length: TINY_DIM },
      (_, d) => tokens.reduce((sum, id) => sum + (tinyRow(id)[d] ?? 0), 0) / tokens.length,
    ),
  );

function expectClose(got: Iterable<number>, expected: readonly number[], within = 1e-6): void {
  const values = [...got];
  expect(values.length).toBe(expected.length);
  expect(Math.max(...values.map((value, at) => Math.abs(value - (expected[at] ?? Number.NaN))))).toBeLessThan(within);
}

const opened = async (files: Readonly<Record<string, unknown>>, overrides: OpenOnnxOptions["overrides"] = {}) => {
  const folder = await tinyModel(files);
  return withModel({ folder, overrides }, async ({ id, settings }) => ({ id, settings }));
};
const refusal = (files: Readonly<Record<string, unknown>>) =>
  opened(files).then(
    () => expect.unreachable(),
    (error: { code: string; message: string }) => ({ code: error.code, message: error.message }),
  );

describe("the built-in model as ONNX", () => {
  test("has the vectors of the TypeScript encoder", async () => {
    const ours = await loadStaticEmbedder();
    const lines = (await Bun.file(new URL("../../src/embed/onnx/graph.ts", import.meta.url)).text()).split("\n");
    const texts = ["", "日本語 é", "one"];
    for (let at = 0; at < lines.length; at += 9)
      texts.push(
        passageText({
          path: "src/embed/onnx/graph.ts",
          symbol: "Graph",
          contents: lines.slice(at, at + (at % 40)).join("\n"),
        }),
      );
    await withModel({ folder: await writeStaticModel(join(root, "static")) }, async (embedder) => {
      expect(embedder.dim).toBe(ours.dim);
      expectClose(await embedder.embedDocuments(texts), [...(await ours.embedDocuments(texts))]);
      for (const query of ["read the shape of the output", "x"])
        expectClose(await embedder.embedQuery(query), [...(await ours.embedQuery(query))]);
    });
  });
});

describe("a graph with one vector for each token", () => {
  const reads = [2, 4, 5, 6, 3]; // [CLS] read ##er ##s [SEP]
  const file = [2, 8, 3];

  test("mean pooling leaves padding out, whatever the order and length of the texts", async () => {
    await withModel({ folder: await tinyModel() }, async (embedder) => {
      const vectors = await embedder.embedDocuments(["file", "readers", "", "file"]);
      expectClose(vectors, [file, reads, [2, 3], file].flatMap(meanOf));
      expectClose(await embedder.embedQuery("readers"), meanOf(reads));
      expect(await embedder.embedDocuments([])).toEqual(new Float32Array(0));
    });
  });

  test("many batches give what one text at a time gives", async () => {
    const texts = Array.from({ length: 150 }, (_, at) => "read the file ".repeat((at * 37) % 150));
    await withModel({ folder: await tinyModel() }, async (embedder) => {
      const together = await embedder.embedDocuments(texts);
      for (const at of [0, 1, 77, 149]) {
        const alone = await embedder.embedDocuments([texts[at] ?? ""]);
        expectClose(together.subarray(at * TINY_DIM, (at + 1) * TINY_DIM), [...alone]);
      }
    });
  });

  test("cls pooling takes the first token, by the model's word or ours", async () => {
    const cls = unit([...tinyRow(2)]);
    const exported = { "1_Pooling/config.json": { pooling_mode_cls_token: true, pooling_mode_mean_tokens: false } };
    await withModel({ folder: await tinyModel(exported) }, async (e) =>
      expectClose(await e.embedQuery("the file"), cls),
    );
    await withModel({ folder: await tinyModel({ "repobase-model.json": { pooling: "cls" } }) }, async (e) =>
      expectClose(await e.embedQuery("the"), cls),
    );
    await withModel({ folder: await tinyModel(exported), overrides: { pooling: "mean" } }, async (e) =>
      expectClose(await e.embedQuery("file"), meanOf(file)),
    );
  });

  test("prefixes go before queries and passages, each its own", async () => {
    const files = { "repobase-model.json": { queryPrefix: "query: ", passagePrefix: "the " } };
    await withModel({ folder: await tinyModel(files) }, async (embedder) => {
      expectClose(await embedder.embedQuery("file"), meanOf([2, 11, 12, 8, 3]));
      expectClose(await embedder.embedDocuments(["file"]), meanOf([2, 7, 8, 3]));
    });
  });

  test("a graph asks for what it wants: int32 ids, no mask, only ids", async () => {
    const ids32: OnnxValue = { ...ids, type: "int32" };
    for (const inputs of [[ids32], [ids, mask], [typeIds, ids]])
      await withModel({ folder: await tinyModel({ "model.onnx": tinyGraph({ inputs }) }) }, async (embedder) =>
        expectClose(await embedder.embedQuery("file"), meanOf(file)),
      );
  });

  test("the mask and the segments reach the graph", async () => {
    // sum over tokens of mask * row + segments: padding would show if the mask were wrong
    const graph = encodeOnnx({
      inputs: [ids, mask, typeIds],
      weights: [
        {
          name: "table",
          shape: [15, TINY_DIM],
          data: Float32Array.from(
            { length: 15 * TINY_DIM },
            (_, at) => tinyRow(Math.floor(at / TINY_DIM))[at % TINY_DIM] ?? 0,
          ),
        },
        { name: "last", shape: [1], data: BigInt64Array.of(2n) },
        { name: "tokens", shape: [1], data: BigInt64Array.of(1n) },
      ],
      nodes: [
        { op: "Gather", inputs: ["table", "input_ids"], output: "rows" },
        { op: "Add", inputs: ["attention_mask", "token_type_ids"], output: "whole" },
        { op: "Cast", inputs: ["whole"], output: "float", attributes: { to: 1 } },
        { op: "Unsqueeze", inputs: ["float", "last"], output: "column" },
        { op: "Mul", inputs: ["rows", "column"], output: "weighed" },
        { op: "ReduceSum", inputs: ["weighed", "tokens"], output: "sentence_embedding", attributes: { keepdims: 0 } },
      ],
      outputs: [{ name: "sentence_embedding", type: "float", shape: ["texts", TINY_DIM] }],
    });
    const single = [
      { SpecialToken: { id: "[CLS]", type_id: 0 } },
      { Sequence: { id: "A", type_id: 1 } },
      { SpecialToken: { id: "[SEP]", type_id: 0 } },
    ];
    const tokenizer = bertTokenizer({ post_processor: { type: "TemplateProcessing", single, special_tokens: {} } });
    await withModel(
      { folder: await tinyModel({ "model.onnx": graph, "tokenizer.json": tokenizer }) },
      async (embedder) => {
        // the text's own tokens count twice: mask 1 + segment 1
        const vectors = await embedder.embedDocuments(["file", "readers"]);
        expectClose(vectors, [...meanOf([2, 8, 8, 3]), ...meanOf([2, 4, 4, 5, 5, 6, 6, 3])]);
      },
    );
  });
});

describe("settings", () => {
  const truncation = { truncation: { max_length: 40, direction: "Right", strategy: "LongestFirst", stride: 0 } };
  test.each<[string, number, Readonly<Record<string, unknown>>]>([
    ["by default 512", 512, {}],
    ["config.json's positions", 64, { "config.json": { max_position_embeddings: 64 } }],
    [
      "tokenizer.json's truncation",
      40,
      { "tokenizer.json": bertTokenizer(truncation), "config.json": { max_position_embeddings: 64 } },
    ],
    [
      "sentence-transformers' own",
      50,
      { "sentence_bert_config.json": { max_seq_length: 50 }, "tokenizer.json": bertTokenizer(truncation) },
    ],
    ["ours", 9, { "repobase-model.json": { maxLength: 9 }, "sentence_bert_config.json": { max_seq_length: 50 } }],
    [
      "never more than there are positions",
      64,
      { "repobase-model.json": { maxLength: 99 }, "config.json": { max_position_embeddings: 64 } },
    ],
  ])("the greatest length is %s", async (_, expected, files) => {
    expect((await opened(files)).settings.maxLength).toBe(expected);
  });

  test("prompts of sentence-transformers are prefixes", async () => {
    const files = { "config_sentence_transformers.json": { prompts: { query: "q: ", document: "d: " } } };
    expect((await opened(files)).settings).toMatchObject({ queryPrefix: "q: ", passagePrefix: "d: " });
  });

  test("weights may lie beside the graph", async () => {
    const graph = tinyGraph({
      weights: [{ name: "table", shape: [15, TINY_DIM], data: new Float32Array(0), file: "model.onnx_data" }],
    });
    const rows = Float32Array.from(
      { length: 15 * TINY_DIM },
      (_, at) => tinyRow(Math.floor(at / TINY_DIM))[at % TINY_DIM] ?? 0,
    );
    const folder = await tinyModel({ "model.onnx": graph, "model.onnx_data": new Uint8Array(rows.buffer) });
    await withModel({ folder }, async (embedder) => expectClose(await embedder.embedQuery("file"), meanOf([2, 8, 3])));
  });

  test("texts are cut to the greatest length", async () => {
    await withModel({ folder: await tinyModel(), overrides: { maxLength: 4 } }, async (embedder) =>
      expectClose(await embedder.embedQuery("the readers"), meanOf([2, 7, 4, 3])),
    );
  });

  test("the id changes with whatever changes a vector, and with nothing else", async () => {
    const { id } = await opened({});
    expect(id).toMatch(/^tiny-[0-9a-f]{12}$/);
    expect((await opened({ "README.md": "read me" })).id).toBe(id);
    const others = await Promise.all([
      opened({ "model.onnx": tinyGraph({ inputs: [ids] }) }),
      opened({ "model.onnx_data": "weights beside the graph" }),
      opened({ "tokenizer.json": bertTokenizer({ padding: { pad_id: 1 } }) }),
      opened({}, { pooling: "cls" }),
      opened({}, { maxLength: 20 }),
      opened({}, { queryPrefix: "query: " }),
      opened({}, { passagePrefix: "the " }),
    ]);
    expect(new Set([id, ...others.map((other) => other.id)]).size).toBe(8);
  });
});

describe("what cannot be used is refused", () => {
  const graph = (changes: Parameters<typeof tinyGraph>[0]) => ({ "model.onnx": tinyGraph(changes) });
  const output = (shape: OnnxValue["shape"]): OnnxValue => ({ name: "out", type: "float", shape });

  test.each<[string, string, Readonly<Record<string, unknown>>]>([
    ["cannot load", "model_unavailable", { "model.onnx": "not a model" }],
    ["cannot load", "model_unavailable", { "model.onnx": "" }],
    ["cannot load", "model_unavailable", { "model.onnx": tinyGraph().slice(0, 300) }],
    ["the input position_ids", "unsupported_format", graph({ inputs: [ids, { ...mask, name: "position_ids" }] })],
    [
      "the input piece_weights",
      "unsupported_format",
      graph({ inputs: [ids, { ...mask, name: "piece_weights", type: "float" }] }),
    ],
    [
      "the input attention_mask of type float32",
      "unsupported_format",
      graph({ inputs: [ids, { ...mask, type: "float" }] }),
    ],
    [
      "no input_ids",
      "unsupported_format",
      graph({
        inputs: [mask],
        nodes: [{ op: "Gather", inputs: ["table", "attention_mask"], output: "out" }],
        outputs: [output(["n", "t", TINY_DIM])],
      }),
    ],
    [
      "the output out of type int64",
      "unsupported_format",
      graph({
        nodes: [{ op: "Identity", inputs: ["input_ids"], output: "out" }],
        outputs: [{ ...output(["n", "t"]), type: "int64" }],
      }),
    ],
    [
      "of shape [1, 3, 8, 1]",
      "unsupported_format",
      graph({
        weights: [{ name: "table", shape: [15, 8, 1], data: new Float32Array(120) }],
        nodes: [{ op: "Gather", inputs: ["table", "input_ids"], output: "out" }],
        outputs: [output(["n", "t", 8, 1])],
      }),
    ],
    [
      "vectors of 6 dimensions",
      "unsupported_format",
      graph({
        weights: [{ name: "table", shape: [15, 6], data: new Float32Array(90).fill(1) }],
        nodes: [{ op: "Gather", inputs: ["table", "input_ids"], output: "out" }],
        outputs: [output(["n", "t", 6])],
      }),
    ],
    [
      "not finite",
      "model_unavailable",
      graph({ weights: [{ name: "table", shape: [15, 8], data: new Float32Array(120).fill(Number.NaN) }] }),
    ],
    [
      "the model fails on text",
      "model_unavailable",
      graph({ weights: [{ name: "table", shape: [2, 8], data: new Float32Array(16) }] }),
    ],
    [
      'layer "Dense" after pooling',
      "unsupported_format",
      {
        "modules.json": [
          { type: "sentence_transformers.models.Transformer" },
          { type: "sentence_transformers.models.Dense" },
        ],
      },
    ],
    ['pooling "max"', "unsupported_format", { "1_Pooling/config.json": { pooling_mode_max_tokens: true } }],
    [
      'pooling "cls and mean"',
      "unsupported_format",
      { "1_Pooling/config.json": { pooling_mode_cls_token: true, pooling_mode_mean_tokens: true } },
    ],
    ["maxLength 1", "unsupported_format", { "repobase-model.json": { maxLength: 1 } }],
    ['tokenizer "bpe"', "unsupported_format", { "repobase-model.json": { tokenizer: "bpe" } }],
    ["newer format 2", "unsupported_format", { "repobase-model.json": { format: 2 } }],
    ["is not a JSON object", "unsupported_format", { "tokenizer.json": "{" }],
    ["is not a JSON list", "unsupported_format", { "modules.json": {} }],
  ])("%s", async (what, code, files) => {
    expect(await refusal(files)).toEqual({ code, message: expect.stringContaining(what) });
  });

  test("missing parts are named", async () => {
    const open = (folder: string) => withModel({ folder }, async () => expect.unreachable());
    const missing = (file: string) =>
      expect.objectContaining({ code: "not_found", message: expect.stringContaining(file) });
    await expect(open(join(root, "nowhere"))).rejects.toEqual(missing("nowhere"));
    await expect(open(await writeFolder(join(root, "no-graph"), { "tokenizer.json": {} }))).rejects.toEqual(
      missing("model.onnx"),
    );
    await expect(open(await writeFolder(join(root, "no-tokenizer"), { "model.onnx": tinyGraph() }))).rejects.toEqual(
      missing("tokenizer.json"),
    );
  });
});

describe("batches", () => {
  test("hold every text once, longest first, within 1024 tokens and 64 texts", () => {
    const lengths = Array.from({ length: 500 }, (_, at) => (at * 131) % 512);
    const batches = planBatches(lengths);
    expect(batches.flat().sort((a, b) => a - b)).toEqual(lengths.map((_, at) => at));
    for (const batch of batches) {
      const widest = Math.max(...batch.map((at) => lengths[at] ?? 0));
      expect(batch.length <= 64 && batch.length * widest <= 1024).toBe(true);
    }
    const order = batches.flat().map((at) => lengths[at] ?? 0);
    expect(order).toEqual(order.toSorted((a, b) => b - a));
  });

  test("a text longer than a batch has one of its own, empty texts share", () => {
    expect(planBatches([9000, 0, 0])).toEqual([[0], [1, 2]]);
    expect(planBatches([])).toEqual([]);
  });
});
