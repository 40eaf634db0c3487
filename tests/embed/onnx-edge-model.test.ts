// Which models get an id that says the edge can run them.
import { afterAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { edgeModelId, readEdgeModelId } from "../../src/embed/edge-model.ts";
import { addModel, openModelById } from "../../src/models/model-add.ts";
import { BERT_VOCABULARY, computeBert, randomBert, writeBert } from "../helpers/onnx-bert.ts";
import { ids, mask } from "../helpers/onnx-models.ts";
import { encodeOnnx } from "../helpers/onnx-writer.ts";

const root = await mkdtemp(join(tmpdir(), "repobase-edge-"));
afterAll(() => rm(root, { recursive: true, force: true }));
const modelsDir = join(root, "home", "models");

const NAME = "bge-small-en-v1.5";
const PREFIX = "Represent this sentence for searching relevant passages: ";
// bge-small's width; one small layer stands for its twelve
const shape = { vocabulary: BERT_VOCABULARY.length, hidden: 384, layers: 1, heads: 12, inner: 64, positions: 96 };
const bert = randomBert(shape, { seed: 11 });
/** As its authors lay it out. */
const folder = await writeBert(join(root, NAME), bert, {
  files: {
    "1_Pooling/config.json": {
      word_embedding_dimension: 384,
      pooling_mode_cls_token: true,
      pooling_mode_mean_tokens: false,
    },
    "sentence_bert_config.json": { max_seq_length: 96, do_lower_case: true },
    "config_sentence_transformers.json": { __version__: {} },
  },
});
const id = async (options: Omit<Parameters<typeof addModel>[0], "modelsDir" | "folder"> & { folder?: string }) => {
  const added = await addModel({ modelsDir, folder, ...options });
  await rm(join(modelsDir, added.name), { recursive: true });
  return added.id;
};
const edge = (label: string) => expect.stringMatching(new RegExp(`^bge-small-en-v1\\.5\\+${label}-[0-9a-f]{12}$`));
const plain = expect.stringMatching(/^[a-z0-9.-]+-[0-9a-f]{12}$/);

test("bge-small as its authors publish it, without any flag: cls pooling and its query prefix, named in the id", async () => {
  const added = await addModel({ modelsDir, folder });
  expect(added).toEqual({ name: NAME, id: edge("cls"), dim: 384 });
  expect(readEdgeModelId(added.id)).toEqual({
    model: { workersAi: "@cf/baai/bge-small-en-v1.5", dim: 384, queryPrefix: PREFIX },
    pooling: "cls",
  });
  const embedder = await openModelById(modelsDir, added.id);
  expect(embedder.settings).toEqual({
    tokenizer: "wordpiece",
    pooling: "cls",
    maxLength: 96,
    queryPrefix: PREFIX,
    passagePrefix: "",
  });
  const query = await embedder.embedQuery("file");
  const passage = await embedder.embedDocuments([`${PREFIX}file`]);
  expect(query).toEqual(passage);
  // and that is the first token of the network itself
  const pieces = `[CLS] r ##e ##p ##r ##e ##s ##e ##n ##t this s ##e ##n ##t ##e ##n ##c ##e for s ##e ##a ##r ##c ##h ##ing r ##e ##l ##e ##v ##a ##n ##t passage ##s : file [SEP]`;
  const [first = []] = computeBert(
    bert,
    pieces.split(" ").map((piece) => BERT_VOCABULARY.indexOf(piece)),
  );
  const length = Math.hypot(...first);
  expect(
    Math.max(...Array.from(query, (value, d) => Math.abs(value - (first[d] ?? Number.NaN) / length))),
  ).toBeLessThan(1e-4);
  await embedder.close();
  await rm(join(modelsDir, NAME), { recursive: true });
});

test("mean pooling is another id, and both are told apart", async () => {
  expect(await id({ pooling: "mean" })).toEqual(edge("mean"));
  expect(await id({ pooling: "cls", queryPrefix: PREFIX })).toBe(await id({}));
});

test("used in any other way, it is a model the edge cannot run", async () => {
  expect(await id({ queryPrefix: "query: " })).toEqual(plain);
  expect(await id({ queryPrefix: "" })).toEqual(plain);
  expect(await id({ passagePrefix: "passage: " })).toEqual(plain);
  expect(await id({ name: "mine" })).toEqual(plain);
  const small = await writeBert(join(root, "small", NAME), randomBert({ ...shape, hidden: 96 }, { seed: 1 }));
  expect(await id({ folder: small })).toEqual(plain);
});

test("a graph that pools by itself says nothing about how", async () => {
  const graph = encodeOnnx({
    inputs: [ids, mask],
    weights: [
      {
        name: "table",
        shape: [BERT_VOCABULARY.length, 384],
        data: new Float32Array(BERT_VOCABULARY.length * 384).fill(0.5),
      },
      { name: "tokens", shape: [1], data: BigInt64Array.of(1n) },
    ],
    nodes: [
      { op: "Gather", inputs: ["table", "input_ids"], output: "rows" },
      { op: "ReduceSum", inputs: ["rows", "tokens"], output: "sentence_embedding", attributes: { keepdims: 0 } },
    ],
    outputs: [{ name: "sentence_embedding", type: "float", shape: ["texts", 384] }],
  });
  const pooled = await writeBert(join(root, "pooled", NAME), bert, { files: { "model.onnx": graph } });
  expect(await id({ folder: pooled })).toEqual(plain);
});

test("no other id reads like one of the edge", () => {
  const hash = "0123456789ab";
  expect(readEdgeModelId(edgeModelId({ name: NAME, pooling: "mean", hash }))?.pooling).toBe("mean");
  for (const other of [
    `${NAME}-${hash}`,
    `${NAME}+cls`,
    `${NAME}+max-${hash}`,
    `${NAME}+cls-${hash}00`,
    `x${NAME}+cls-${hash}`,
    `${NAME}+cls+cls-${hash}`,
    "__proto__+cls-0123456789ab",
  ])
    expect(readEdgeModelId(other)).toBeUndefined();
});
