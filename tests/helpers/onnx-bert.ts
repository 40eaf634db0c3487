/**
 * BERT itself, with random weights: the network the exporters write as ONNX, and the same network in plain TypeScript
 * over double precision to compare with. Weights are far larger than a trained model's, so that attention looks at some
 * tokens and not at others, and a wrong mask, position or segment moves the result.
 */
import { bertTokenizer, ids, mask, typeIds, writeFolder } from "./onnx-models.ts";
import { encodeOnnx, type OnnxNode, type OnnxTensor } from "./onnx-writer.ts";

export interface BertShape {
  readonly vocabulary: number;
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  /** Width of the feed-forward part. */
  readonly inner: number;
  readonly positions: number;
}

export interface Bert {
  readonly shape: BertShape;
  /** By the names BERT's checkpoints use; a matrix is [in, out], as exporters turn it. */
  readonly weights: ReadonlyMap<string, OnnxTensor & { readonly data: Float32Array }>;
}

const SEGMENTS = 2;
const EPSILON = 1e-12;
const NORMS = ["attention.output.LayerNorm", "output.LayerNorm"];

/** @param seed the same seed gives the same weights. One set of layer weights serves all layers when `shared` (as in ALBERT). */
export function randomBert(shape: BertShape, { seed, shared = false }: { seed: number; shared?: boolean }): Bert {
  const { hidden, inner } = shape;
  const next = gaussian(seed);
  const weights = new Map<string, OnnxTensor & { readonly data: Float32Array }>();
  const add = (name: string, dims: readonly number[], make: () => number) =>
    weights.set(name, { name, shape: dims, data: Float32Array.from({ length: dims.reduce((a, b) => a * b) }, make) });
  const norm = (name: string) => {
    add(`${name}.weight`, [hidden], () => 1 + next() / 5);
    add(`${name}.bias`, [hidden], () => next() / 5);
  };
  const linear = (name: string, from: number, to: number) => {
    add(`${name}.weight`, [from, to], () => (1.2 * next()) / Math.sqrt(from));
    add(`${name}.bias`, [to], () => next() / 5);
  };
  add("embeddings.word_embeddings", [shape.vocabulary, hidden], next);
  add("embeddings.position_embeddings", [shape.positions, hidden], () => next() / 2);
  add("embeddings.token_type_embeddings", [SEGMENTS, hidden], () => next() / 2);
  norm("embeddings.LayerNorm");
  for (let layer = 0; layer < (shared ? 1 : shape.layers); layer++) {
    const prefix = `encoder.layer.${layer}`;
    for (const part of ["query", "key", "value"]) linear(`${prefix}.attention.self.${part}`, hidden, hidden);
    linear(`${prefix}.attention.output.dense`, hidden, hidden);
    linear(`${prefix}.intermediate.dense`, hidden, inner);
    linear(`${prefix}.output.dense`, inner, hidden);
    for (const name of NORMS) norm(`${prefix}.${name}`);
  }
  return { shape, weights };
}

/** `steps`: small operators, as exported before opset 17. `whole`: LayerNormalization and Gelu, as newer exporters write. */
export type BertStyle = "steps" | "whole";

/** Inputs `input_ids`, `attention_mask`, `token_type_ids`; output `last_hidden_state`. */
export function encodeBert({ shape, weights }: Bert, style: BertStyle): Uint8Array {
  const { hidden, heads, layers, positions } = shape;
  const layersStored = [...weights.keys()].filter((name) => name.endsWith("attention.self.query.weight")).length;
  const nodes: OnnxNode[] = [];
  const op = (kind: string, inputs: readonly string[], output: string, attributes?: OnnxNode["attributes"]): string => {
    nodes.push({ op: kind, inputs, output, ...(attributes && { attributes }) });
    return output;
  };
  const linear = (x: string, name: string, output: string) =>
    op("Add", [`${name}.bias`, op("MatMul", [x, `${name}.weight`], `${output}/MatMul`)], output);
  const norm = (x: string, name: string, output: string): string => {
    const [gain, bias] = [`${name}.weight`, `${name}.bias`];
    if (style === "whole")
      return op("LayerNormalization", [x, gain, bias], output, { axis: -1, epsilon: { float: EPSILON } });
    const centred = op("Sub", [x, op("ReduceMean", [x], `${output}/mean`, { axes: [-1] })], `${output}/centred`);
    const variance = op("ReduceMean", [op("Pow", [centred, "two"], `${output}/squares`)], `${output}/variance`, {
      axes: [-1],
    });
    const deviation = op("Sqrt", [op("Add", [variance, "epsilon"], `${output}/safe`)], `${output}/deviation`);
    return op(
      "Add",
      [op("Mul", [op("Div", [centred, deviation], `${output}/unit`), gain], `${output}/scaled`), bias],
      output,
    );
  };
  const gelu = (x: string, output: string): string => {
    if (style === "whole") return op("Gelu", [x], output);
    const share = op(
      "Add",
      [op("Erf", [op("Div", [x, "root_two"], `${output}/div`)], `${output}/erf`), "one"],
      `${output}/add`,
    );
    return op("Mul", [op("Mul", [x, share], `${output}/mul`), "half"], output);
  };

  const length = op("Gather", [op("Shape", ["input_ids"], "shape"), "index_one"], "length", { axis: 0 });
  const place = op(
    "Slice",
    ["position_ids", "axis_zero", op("Unsqueeze", [length, "axis_zero"], "end"), "axis_one"],
    "positions",
  );
  const words = op("Gather", ["embeddings.word_embeddings", "input_ids"], "words");
  const segments = op("Gather", ["embeddings.token_type_embeddings", "token_type_ids"], "segments");
  const places = op("Gather", ["embeddings.position_embeddings", place], "places");
  const summed = op("Add", [op("Add", [words, segments], "words+segments"), places], "summed");
  let x = norm(summed, "embeddings.LayerNorm", "embedded");

  const open = op("Cast", [op("Unsqueeze", ["attention_mask", "axes_one_two"], "mask4")], "mask_float", { to: 1 });
  const masked = op("Mul", [op("Sub", ["one", open], "closed"), "lowest"], "masked");
  for (let layer = 0; layer < layers; layer++) {
    const name = `encoder.layer.${layer % layersStored}`;
    const at = `layer${layer}`;
    const split = (part: string, order: readonly number[]) =>
      op(
        "Transpose",
        [
          op(
            "Reshape",
            [linear(x, `${name}.attention.self.${part}`, `${at}/${part}`), "to_heads"],
            `${at}/${part}/heads`,
          ),
        ],
        `${at}/${part}/turned`,
        { perm: order },
      );
    const products = op("MatMul", [split("query", [0, 2, 1, 3]), split("key", [0, 2, 3, 1])], `${at}/products`);
    const scores = op("Add", [op("Div", [products, "root_width"], `${at}/scaled`), masked], `${at}/scores`);
    const shares = op("Softmax", [scores], `${at}/shares`, { axis: -1 });
    const mixed = op("Transpose", [op("MatMul", [shares, split("value", [0, 2, 1, 3])], `${at}/mixed`)], `${at}/back`, {
      perm: [0, 2, 1, 3],
    });
    const attended = linear(
      op("Reshape", [mixed, "from_heads"], `${at}/joined`),
      `${name}.attention.output.dense`,
      `${at}/attended`,
    );
    const middle = norm(
      op("Add", [attended, x], `${at}/residual1`),
      `${name}.attention.output.LayerNorm`,
      `${at}/middle`,
    );
    const inner = gelu(linear(middle, `${name}.intermediate.dense`, `${at}/inner`), `${at}/gelu`);
    const out = linear(inner, `${name}.output.dense`, `${at}/outer`);
    x = norm(
      op("Add", [out, middle], `${at}/residual2`),
      `${name}.output.LayerNorm`,
      layer === layers - 1 ? "last_hidden_state" : `${at}/out`,
    );
  }

  const floats = {
    two: 2,
    one: 1,
    half: 0.5,
    root_two: Math.SQRT2,
    epsilon: EPSILON,
    root_width: Math.sqrt(hidden / heads),
    lowest: -3.4028234663852886e38,
  };
  const integers = {
    axis_zero: [0],
    axis_one: [1],
    axes_one_two: [1, 2],
    to_heads: [0, 0, heads, hidden / heads],
    from_heads: [0, 0, hidden],
  };
  return encodeOnnx({
    opset: style === "whole" ? 20 : 14,
    inputs: [ids, mask, typeIds],
    weights: [
      ...weights.values(),
      ...Object.entries(floats).map(([name, value]) => ({ name, shape: [], data: Float32Array.of(value) })),
      ...Object.entries(integers).map(([name, values]) => ({
        name,
        shape: [values.length],
        data: BigInt64Array.from(values, BigInt),
      })),
      { name: "index_one", shape: [], data: BigInt64Array.of(1n) },
      {
        name: "position_ids",
        shape: [1, positions],
        data: BigInt64Array.from({ length: positions }, (_, at) => BigInt(at)),
      },
    ],
    nodes,
    outputs: [{ name: "last_hidden_state", type: "float", shape: ["texts", "tokens", hidden] }],
  });
}

/** `last_hidden_state` of one text, without batch, padding or mask: one row of `hidden` numbers for each token, segment 0. */
export function computeBert({ shape, weights }: Bert, tokens: readonly number[]): number[][] {
  const { hidden, heads, layers } = shape;
  const width = hidden / heads;
  const layersStored = [...weights.keys()].filter((name) => name.endsWith("attention.self.query.weight")).length;
  const values = (name: string): Float32Array => {
    const tensor = weights.get(name);
    if (tensor === undefined) throw new Error(`no weights ${name}`);
    return tensor.data;
  };
  const row = (name: string, at: number) => Array.from(values(name).subarray(at * hidden, (at + 1) * hidden));
  const sum = (a: readonly number[], b: readonly number[]) => a.map((value, i) => value + (b[i] ?? Number.NaN));
  const linear = (rows: readonly number[][], name: string): number[][] => {
    const [matrix, bias] = [values(`${name}.weight`), values(`${name}.bias`)];
    return rows.map((x) => {
      const out = Array.from(bias);
      x.forEach((value, from) => {
        for (let to = 0; to < out.length; to++)
          out[to] = (out[to] ?? 0) + value * (matrix[from * out.length + to] ?? Number.NaN);
      });
      return out;
    });
  };
  const norm = (rows: readonly number[][], name: string): number[][] => {
    const [gain, bias] = [values(`${name}.weight`), values(`${name}.bias`)];
    return rows.map((x) => {
      const mean = x.reduce((a, b) => a + b) / x.length;
      const variance = x.reduce((a, b) => a + (b - mean) ** 2, 0) / x.length;
      return x.map(
        (value, i) =>
          ((value - mean) / Math.sqrt(variance + EPSILON)) * (gain[i] ?? Number.NaN) + (bias[i] ?? Number.NaN),
      );
    });
  };
  const attend = (query: readonly number[][], key: readonly number[][], value: readonly number[][]): number[][] =>
    query.map((q) => {
      const out = Array.from({ length: hidden }, () => 0);
      for (let head = 0; head < heads; head++) {
        const [from, to] = [head * width, (head + 1) * width];
        const scores = key.map((k) => dot(q.slice(from, to), k.slice(from, to)) / Math.sqrt(width));
        const greatest = Math.max(...scores);
        const powers = scores.map((score) => Math.exp(score - greatest));
        const total = powers.reduce((a, b) => a + b);
        powers.forEach((power, token) => {
          for (let d = from; d < to; d++) out[d] = (out[d] ?? 0) + (power / total) * (value[token]?.[d] ?? Number.NaN);
        });
      }
      return out;
    });

  let x = norm(
    tokens.map((id, at) =>
      sum(
        sum(row("embeddings.word_embeddings", id), row("embeddings.token_type_embeddings", 0)),
        row("embeddings.position_embeddings", at),
      ),
    ),
    "embeddings.LayerNorm",
  );
  for (let layer = 0; layer < layers; layer++) {
    const name = `encoder.layer.${layer % layersStored}`;
    const [queries, keys, contents] = ["query", "key", "value"].map((part) =>
      linear(x, `${name}.attention.self.${part}`),
    );
    const attended = linear(attend(queries ?? [], keys ?? [], contents ?? []), `${name}.attention.output.dense`);
    const middle = norm(
      attended.map((each, i) => sum(each, x[i] ?? [])),
      `${name}.attention.output.LayerNorm`,
    );
    const inner = linear(middle, `${name}.intermediate.dense`).map((each) =>
      each.map((value) => (value / 2) * (1 + erf(value / Math.SQRT2))),
    );
    x = norm(
      linear(inner, `${name}.output.dense`).map((each, i) => sum(each, middle[i] ?? [])),
      `${name}.output.LayerNorm`,
    );
  }
  return x;
}

/** A model folder as an exporter leaves it. `files` replace or add. */
export function writeBert(
  folder: string,
  bert: Bert,
  options: { style?: BertStyle; files?: Readonly<Record<string, unknown>> } = {},
): Promise<string> {
  return writeFolder(folder, {
    "model.onnx": encodeBert(bert, options.style ?? "steps"),
    "tokenizer.json": bertTokenizer({}, BERT_VOCABULARY),
    "config.json": {
      model_type: "bert",
      hidden_size: bert.shape.hidden,
      max_position_embeddings: bert.shape.positions,
    },
    ...options.files,
  });
}

const CHARACTERS = [..."!\"#$%&'()*+,-./0123456789:;<=>?@[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"];
const WORDS =
  "the of to in for is on that this with as or from by be not it return function const if else new class import export string number file read write query passage sort find list map set get value".split(
    " ",
  );

/** Pieces in the order of BERT's own vocabulary: padding, unused ones, special tokens from 100 on, characters, words, endings. */
export const BERT_VOCABULARY: readonly string[] = [
  "[PAD]",
  ...Array.from({ length: 99 }, (_, at) => `[unused${at}]`),
  "[UNK]",
  "[CLS]",
  "[SEP]",
  "[MASK]",
  ...CHARACTERS,
  ...WORDS,
  ...[..."abcdefghijklmnopqrstuvwxyz0123456789", "ing", "er", "ers", "ed"].map((piece) => `##${piece}`),
];

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((total, value, i) => total + value * (b[i] ?? Number.NaN), 0);

/** The error function by its Taylor series; beyond 4 it is 1 to 1.5e-8. */
function erf(x: number): number {
  if (Math.abs(x) > 4) return Math.sign(x);
  let term = x;
  let total = x;
  for (let n = 1; n < 80; n++) {
    term *= (-x * x) / n;
    total += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
}

/** Normally distributed numbers (Box and Muller) from a 32-bit generator (mulberry32). */
function gaussian(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}
