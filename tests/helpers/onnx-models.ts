/**
 * Model folders the tests make: real ONNX files, small enough to check by hand or against TypeScript.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import config from "../../src/embed/static-model/model.json";
import { encodeOnnx, type OnnxGraph, type OnnxValue } from "./onnx-writer.ts";

export const ids: OnnxValue = { name: "input_ids", type: "int64", shape: ["texts", "tokens"] };
export const mask: OnnxValue = { name: "attention_mask", type: "int64", shape: ["texts", "tokens"] };
export const typeIds: OnnxValue = { name: "token_type_ids", type: "int64", shape: ["texts", "tokens"] };

/** Writes `files` below `folder`: bytes and texts as they are, anything else as JSON. */
export async function writeFolder(folder: string, files: Readonly<Record<string, unknown>>): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const [name, value] of Object.entries(files))
    await Bun.write(
      join(folder, name),
      value instanceof Uint8Array || typeof value === "string" ? value : JSON.stringify(value),
    );
  return folder;
}

/**
 * The built-in static model as ONNX: `sentence_embedding = piece_weights x table[input_ids]`. What depends on the text
 * (which pieces, and how a piece counts on its line) stays on our side, as it does for every tokenizer.
 */
export async function writeStaticModel(folder: string): Promise<string> {
  const file = Bun.file(new URL("../../src/embed/static-model/table.i8", import.meta.url));
  const graph: OnnxGraph = {
    inputs: [ids, { name: "piece_weights", type: "float", shape: ["texts", "tokens"] }],
    weights: [
      { name: "table", shape: [config.vocab, config.dim], data: new Int8Array(await file.arrayBuffer()) },
      { name: "axis", shape: [1], data: BigInt64Array.of(1n) },
    ],
    nodes: [
      { op: "Gather", inputs: ["table", "input_ids"], output: "bytes" },
      { op: "Cast", inputs: ["bytes"], output: "rows", attributes: { to: 1 } },
      { op: "Unsqueeze", inputs: ["piece_weights", "axis"], output: "weights" },
      { op: "MatMul", inputs: ["weights", "rows"], output: "sums" },
      { op: "Squeeze", inputs: ["sums", "axis"], output: "sentence_embedding" },
    ],
    outputs: [{ name: "sentence_embedding", type: "float", shape: ["texts", config.dim] }],
  };
  return writeFolder(folder, {
    "model.onnx": encodeOnnx(graph),
    "repobase-model.json": { tokenizer: "repobase-static" },
  });
}

/** The pieces of the tiny WordPiece models, in id order. */
export const VOCABULARY = [
  "[PAD]",
  "[UNK]",
  "[CLS]",
  "[SEP]",
  "read",
  "##er",
  "##s",
  "the",
  "file",
  "(",
  ")",
  "query",
  ":",
  "sort",
  "1",
];

/** A tokenizer.json of BERT style over `vocabulary`, in id order; `changes` replace whole top-level parts. */
export function bertTokenizer(
  changes: Readonly<Record<string, unknown>> = {},
  vocabulary: readonly string[] = VOCABULARY,
): Record<string, unknown> {
  const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"];
  const idOf = (token: string) => vocabulary.indexOf(token);
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: special.map((content) => ({
      id: idOf(content),
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [
        { SpecialToken: { id: "[CLS]", type_id: 0 } },
        { Sequence: { id: "A", type_id: 0 } },
        { SpecialToken: { id: "[SEP]", type_id: 0 } },
      ],
      pair: [],
      special_tokens: Object.fromEntries(
        ["[CLS]", "[SEP]"].map((token) => [token, { id: token, ids: [idOf(token)], tokens: [token] }]),
      ),
    },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((piece, id) => [piece, id])),
    },
    ...changes,
  };
}

export const TINY_DIM = 8;

/** Row `id` of the tiny models' embedding table. */
export const tinyRow = (id: number) => Float32Array.from({ length: TINY_DIM }, (_, d) => Math.sin(id * 7 + d * d + 1));

const tinyTable = {
  name: "table",
  shape: [VOCABULARY.length, TINY_DIM],
  data: new Float32Array(VOCABULARY.length * TINY_DIM),
};
VOCABULARY.forEach((_, id) => tinyTable.data.set(tinyRow(id), id * TINY_DIM));

/** The smallest graph of BERT's shape: `last_hidden_state[text, token] = table[input_ids]`, one vector for each token. */
export function tinyGraph(changes: Partial<OnnxGraph> = {}): Uint8Array {
  return encodeOnnx({
    inputs: [ids, mask, typeIds],
    weights: [tinyTable],
    nodes: [{ op: "Gather", inputs: ["table", "input_ids"], output: "last_hidden_state" }],
    outputs: [{ name: "last_hidden_state", type: "float", shape: ["texts", "tokens", TINY_DIM] }],
    ...changes,
  });
}
