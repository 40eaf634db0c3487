import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, rename, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { STATIC_MODEL } from "../../src/embed/static-embedder.ts";
import { addModel, listModels, openModel, openModelById } from "../../src/models/model-add.ts";
import { bertTokenizer, tinyGraph, TINY_DIM, writeFolder, writeStaticModel } from "../helpers/onnx-models.ts";

const root = await mkdtemp(join(tmpdir(), "repobase-models-"));
afterAll(() => rm(root, { recursive: true, force: true }));

let homes = 0;
const newModelsDir = () => join(root, `home-${homes++}`, "models");
const tinyFolder = (name: string, files: Readonly<Record<string, unknown>> = {}) =>
  writeFolder(join(root, name), { "model.onnx": tinyGraph(), "tokenizer.json": bertTokenizer(), ...files });
const tiny = await tinyFolder("Tiny-Model");
const failure = (code: string, message = "") =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

describe("adding a model", () => {
  test("copies it under its folder's name, and what is opened is what was added", async () => {
    const modelsDir = newModelsDir();
    expect(await listModels(modelsDir)).toEqual([]);
    const added = await addModel({ modelsDir, folder: tiny });
    expect(added).toEqual({
      name: "tiny-model",
      id: expect.stringMatching(/^tiny-model-[0-9a-f]{12}$/),
      dim: TINY_DIM,
    });
    expect(await listModels(modelsDir)).toEqual([added]);
    expect((await readdir(join(modelsDir, "tiny-model"))).sort()).toEqual([
      "model.onnx",
      "repobase-model.json",
      "tokenizer.json",
    ]);

    for (const open of [openModel(modelsDir, "tiny-model"), openModelById(modelsDir, added.id, { threads: 1 })]) {
      const embedder = await open;
      expect([embedder.id, embedder.dim]).toEqual([added.id, TINY_DIM]);
      expect((await embedder.embedQuery("the file")).length).toBe(TINY_DIM);
      await embedder.close();
    }
  });

  test("keeps the settings of the folder and of the flags", async () => {
    const modelsDir = newModelsDir();
    const folder = await tinyFolder("settings", {
      "onnx/model.onnx_data": "",
      "repobase-model.json": { queryPrefix: "query: ", passagePrefix: "passage: " },
      "config.json": { max_position_embeddings: 33 },
      "1_Pooling/config.json": { pooling_mode_mean_tokens: true },
    });
    await rename(join(folder, "model.onnx"), join(folder, "onnx", "model.onnx"));
    const added = await addModel({ modelsDir, folder, name: "mine", pooling: "cls", passagePrefix: "" });
    expect((await readdir(join(modelsDir, "mine"))).sort()).toEqual([
      "model.onnx",
      "model.onnx_data",
      "repobase-model.json",
      "tokenizer.json",
    ]);
    const embedder = await openModel(modelsDir, "mine");
    expect(embedder.settings).toEqual({
      tokenizer: "wordpiece",
      pooling: "cls",
      maxLength: 33,
      queryPrefix: "query: ",
      passagePrefix: "",
    });
    expect(embedder.id).toBe(added.id);
    await embedder.close();
  });

  test("takes the built-in model exported to ONNX", async () => {
    const modelsDir = newModelsDir();
    const folder = await writeStaticModel(join(root, "static"));
    const { dim } = await addModel({ modelsDir, folder });
    expect(dim).toBe(384);
    await (await openModel(modelsDir, "static")).close();
  });

  test("again changes nothing; another one needs another name", async () => {
    const modelsDir = newModelsDir();
    const first = await addModel({ modelsDir, folder: tiny, name: "one" });
    expect(await addModel({ modelsDir, folder: tiny, name: "one" })).toEqual(first);
    await expect(addModel({ modelsDir, folder: tiny, name: "one", pooling: "cls" })).rejects.toEqual(
      failure("exists", '"one"'),
    );
    expect(await listModels(modelsDir)).toEqual([first]);
    const second = await addModel({ modelsDir, folder: tiny, name: "another", pooling: "cls" });
    expect(await listModels(modelsDir)).toEqual([second, first]);
    expect((await readdir(modelsDir)).sort()).toEqual(["another", "one"]);
  });

  test("two at once end with one model", async () => {
    const modelsDir = newModelsDir();
    const both = await Promise.allSettled([
      addModel({ modelsDir, folder: tiny }),
      addModel({ modelsDir, folder: tiny }),
    ]);
    expect(both.map((each) => each.status)).toEqual(["fulfilled", "fulfilled"]);
    expect(await readdir(modelsDir)).toEqual(["tiny-model"]);
  });

  test("a folder that is no model leaves nothing behind", async () => {
    const modelsDir = newModelsDir();
    const add = (folder: string) => addModel({ modelsDir, folder, name: "bad" });
    await expect(add(join(root, "nowhere"))).rejects.toEqual(failure("not_found", "nowhere"));
    await expect(add(await writeFolder(join(root, "empty"), {}))).rejects.toEqual(failure("not_found", "model.onnx"));
    await expect(add(await tinyFolder("broken", { "model.onnx": "no graph" }))).rejects.toEqual(
      failure("model_unavailable", "model.onnx"),
    );
    await expect(
      add(await tinyFolder("bpe", { "tokenizer.json": bertTokenizer({ model: { type: "BPE" } }) })),
    ).rejects.toEqual(failure("unsupported_format", '"BPE"'));
    const dense = { "modules.json": [{ type: "sentence_transformers.models.Dense" }] };
    await expect(add(await tinyFolder("dense", dense))).rejects.toEqual(failure("unsupported_format", '"Dense"'));
    expect(await listModels(modelsDir)).toEqual([]);
    expect(await readdir(modelsDir)).toEqual([]);
  });

  test("what a crash left is taken away, what is being added is not", async () => {
    const modelsDir = newModelsDir();
    await writeFolder(join(modelsDir, ".tmp-repobase-old"), { "model.onnx": "half" });
    await writeFolder(join(modelsDir, ".tmp-repobase-new"), { "model.onnx": "half" });
    const longAgo = new Date(Date.now() - 25 * 3_600_000);
    await utimes(join(modelsDir, ".tmp-repobase-old"), longAgo, longAgo);
    await addModel({ modelsDir, folder: tiny });
    expect((await readdir(modelsDir)).sort()).toEqual([".tmp-repobase-new", "tiny-model"]);
    expect((await listModels(modelsDir)).map(({ name }) => name)).toEqual(["tiny-model"]);
  });

  test("names and pooling are checked, a home that cannot be written is told", async () => {
    const modelsDir = newModelsDir();
    for (const name of ["", "..", "../x", "a/b", "A", ".hidden", "x".repeat(65), STATIC_MODEL])
      await expect(addModel({ modelsDir, folder: tiny, name })).rejects.toEqual(failure("usage", "model name"));
    await expect(addModel({ modelsDir, folder: tiny, pooling: "max" })).rejects.toEqual(
      failure("usage", "mean or cls"),
    );
    const file = join(await writeFolder(join(root, "no-folder"), { file: "x" }), "file");
    await expect(addModel({ modelsDir: join(file, "models"), folder: tiny })).rejects.toEqual(
      failure("home_unwritable", "models"),
    );
  });
});

describe("opening a model", () => {
  test("that is not there names those that are", async () => {
    const modelsDir = newModelsDir();
    await expect(openModel(modelsDir, "none")).rejects.toEqual(failure("not_found", '"none"'));
    await addModel({ modelsDir, folder: tiny });
    const hint = expect.stringContaining("tiny-model");
    await expect(openModel(modelsDir, "none")).rejects.toEqual(expect.objectContaining({ code: "not_found", hint }));
    await expect(openModel(modelsDir, "../models/tiny-model")).rejects.toEqual(failure("usage", "model name"));
    await expect(openModelById(modelsDir, "tiny-model-000000000000")).rejects.toEqual(
      failure("model_unavailable", "tiny-model-0"),
    );
  });

  test("whose files changed is refused until it is added again", async () => {
    const modelsDir = newModelsDir();
    const added = await addModel({ modelsDir, folder: tiny });
    const stored = join(modelsDir, "tiny-model");
    await writeFolder(stored, { "tokenizer.json": bertTokenizer({ padding: { pad_id: 1 } }) });
    await expect(openModel(modelsDir, "tiny-model")).rejects.toEqual(failure("hash_mismatch", '"tiny-model"'));
    expect(await addModel({ modelsDir, folder: tiny })).toEqual(added);
    await (await openModel(modelsDir, "tiny-model")).close();
    await writeFolder(stored, { "repobase-model.json": "{}" });
    await expect(openModel(modelsDir, "tiny-model")).rejects.toEqual(
      failure("unsupported_format", "repobase-model.json"),
    );
    expect(await addModel({ modelsDir, folder: tiny })).toEqual(added);
    expect(await readdir(modelsDir)).toEqual(["tiny-model"]);
  });
});
