// The models of a home: opened when they are needed, kept open, removed.
import { afterAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Home } from "../../src/home/home.ts";
import { addModel, listModels } from "../../src/models/model-add.ts";
import { removeModel } from "../../src/models/model-remove.ts";
import { STATIC_MODEL_ID } from "../../src/embed/static-embedder.ts";
import { BUILT_IN_MODEL, keepModelsOpen, modelNameOf, openEmbedder } from "../../src/models/models.ts";
import { bertTokenizer, tinyGraph, TINY_DIM, writeFolder } from "../helpers/onnx-models.ts";

const root = await mkdtemp(join(tmpdir(), "repobase-home-models-"));
afterAll(() => rm(root, { recursive: true, force: true }));
const folder = await writeFolder(join(root, "tiny"), { "model.onnx": tinyGraph(), "tokenizer.json": bertTokenizer() });

let homes = 0;
const newHome = () => Home.open({ REPOBASE_HOME: join(root, `home-${homes++}`) });
const add = (home: Home, name = "tiny") => addModel({ modelsDir: home.path("models"), folder, name });
const failure = (code: string) => expect.objectContaining({ code });

async function useModel(home: Home, repo: string, model: string): Promise<void> {
  const source = { kind: "none", url: null } as const;
  const rest = {
    branch: null,
    lastIndexedCommit: null,
    cloudEnabled: false,
    lastPushedAt: null,
    lastPushedCommit: null,
  };
  await home.updateConfig((config) => ({
    ...config,
    repos: [...config.repos, { id: repo, name: repo, source, model, ...rest }],
  }));
}

describe("opening", () => {
  test("a model's id and dimensions are known without its files, the files are read at the first text", async () => {
    const home = newHome();
    const { id } = await add(home);
    const whole = await openEmbedder(home, "tiny", { threads: 1 });
    expect([whole.id, whole.dim, (await whole.embedDocuments(["the file"])).length]).toEqual([id, TINY_DIM, TINY_DIM]);

    await Bun.write(home.path("models", "tiny", "model.onnx"), tinyGraph({ weights: [] }));
    const broken = await openEmbedder(home, "tiny");
    expect([broken.id, broken.dim]).toEqual([id, TINY_DIM]);
    await expect(broken.embedDocuments(["the file"])).rejects.toEqual(failure("model_unavailable"));
    await expect(openEmbedder(home, "other")).rejects.toEqual(failure("not_found"));
  });

  test("a model that comes later is found later, and is opened once", async () => {
    const home = newHome();
    const open = keepModelsOpen(home);
    const id = (await add(newHome())).id;
    expect(await open(id)).toBeUndefined();
    await add(home);
    const [one, two] = await Promise.all([open(id), open(id)]);
    expect(one).toBeDefined();
    expect(two).toBe(one);
    expect(await open(id)).toBe(one);
    expect((await open(STATIC_MODEL_ID))?.id).toBe(STATIC_MODEL_ID);
  });

  test("an id tells the name a model was added under", () => {
    expect(
      [
        "repobase-static-16k",
        STATIC_MODEL_ID,
        "tiny-0123456789ab",
        "a-b-0123456789ab",
        "bge-small-en-v1.5+cls-0123456789ab",
      ].map(modelNameOf),
    ).toEqual([
      "repobase-static-16k", // before its id had a hash
      "repobase-static-16k",
      "tiny",
      "a-b",
      "bge-small-en-v1.5",
    ]);
  });
});

describe("removing", () => {
  test("takes the model and nothing else", async () => {
    const home = newHome();
    await add(home, "one");
    const other = await add(home, "two");
    expect(await removeModel({ home, name: "one", force: false })).toEqual({ name: "one", repos: [] });
    expect(await listModels(home.path("models"))).toEqual([other]);
    expect(await readdir(home.path("models"))).toEqual(["two"]);
    await expect(removeModel({ home, name: "one", force: true })).rejects.toEqual(failure("not_found"));
  });

  test("not what a repository is indexed with, unless forced", async () => {
    const home = newHome();
    await add(home);
    await useModel(home, "demo", "tiny");
    await useModel(home, "other", BUILT_IN_MODEL);
    const refused = { code: "in_use", fields: { repos: ["demo"] } };
    await expect(removeModel({ home, name: "tiny", force: false })).rejects.toEqual(expect.objectContaining(refused));
    expect(existsSync(home.path("models", "tiny"))).toBe(true);
    expect(await removeModel({ home, name: "tiny", force: true })).toEqual({ name: "tiny", repos: ["demo"] });
    expect(existsSync(home.path("models", "tiny"))).toBe(false);
  });

  test("a damaged one goes too; no name leads out of the folder, and the built-in one stays", async () => {
    const home = newHome();
    await add(home);
    await Bun.write(home.path("models", "tiny", "repobase-model.json"), "{");
    expect(await removeModel({ home, name: "tiny", force: false })).toEqual({ name: "tiny", repos: [] });
    for (const name of ["..", "../models", "", BUILT_IN_MODEL])
      await expect(removeModel({ home, name, force: true })).rejects.toEqual(failure("usage"));
  });
});
