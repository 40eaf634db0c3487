/**
 * The ONNX path in the binary: the static model exported to ONNX gives the index the built-in one gives, through
 * onnxruntime alone in an empty folder; and a server that cannot run a model says so and answers by keyword.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SearchResponse } from "../../src/protocol/search-api.ts";
import { writeStaticModel } from "../helpers/onnx-models.ts";
import { startWorker, type WorkerServer } from "../helpers/worker-server.ts";
import { Machine } from "./support.ts";

const root = join(import.meta.dir, "../..");
let dir: string;
let worker: WorkerServer;
let builtIn: Machine;
let onnx: Machine;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "repobase-onnx-"));
  cpSync(join(root, "node_modules/hono/dist/helper"), join(dir, "source"), { recursive: true });
  mkdirSync(join(dir, "static-onnx"));
  await writeStaticModel(join(dir, "static-onnx"));
  worker = await startWorker();
  const cloud = { REPOBASE_ENDPOINT: worker.url, REPOBASE_API_KEY: await worker.issueKey("ada") };
  [builtIn, onnx] = [new Machine(cloud), new Machine(cloud)];
});

afterAll(async () => {
  builtIn?.remove();
  onnx?.remove();
  await worker?.stop();
  rmSync(dir, { recursive: true, force: true });
});

test("model add, add --model: the same answers as the built-in model", async () => {
  const model = await onnx.one<{ name: string; id: string; dim: number }>(["model", "add", join(dir, "static-onnx")]);
  expect(model).toMatchObject({ name: "static-onnx", dim: 384 });
  expect(await onnx.one<{ name: string }[]>(["model", "list"])).toEqual([expect.objectContaining({ name: "repobase-static-16k" }), model]);
  await onnx.one(["add", join(dir, "source"), "--model", "static-onnx"]);
  await builtIn.one(["add", join(dir, "source")]);
  const ask = (machine: Machine, q: string) => machine.one<SearchResponse>(["search", q, "--mode", "semantic"]);
  for (const q of ["set a cookie on the response", "stream the body", "html escape", "static site generation"]) {
    const [a, b] = [await ask(onnx, q), await ask(builtIn, q)];
    expect(a.results.map((hit) => [hit.path, hit.startLine])).toEqual(b.results.map((hit) => [hit.path, hit.startLine]));
    a.results.forEach((hit, i) => expect(Math.abs(hit.score - (b.results[i]?.score ?? Number.NaN))).toBeLessThan(1e-3));
  }
});

test("index --model changes an index to another model", async () => {
  const changed = await onnx.one<{ changed: boolean; newFiles: number }>(["index", "source", "--model", "repobase-static-16k"]);
  expect(changed.changed).toBe(true);
  expect(changed.newFiles).toBeGreaterThan(10);
  expect((await onnx.one<SearchResponse>(["search", "set a cookie", "--mode", "semantic"])).results[0]?.path).toContain("cookie");
  await onnx.one(["index", "source", "--model", "static-onnx"]);
});

test("a server without the model answers keywords and says so", async () => {
  await onnx.one(["cloud", "enable", "source"]);
  await onnx.one(["push", "source", "--worktree"]);
  const found = await onnx.one<SearchResponse>(["search", "cookie", "--remote"]);
  expect(found.results.length).toBeGreaterThan(0);
  expect(found.warnings.join()).toContain("keyword");
  expect((await onnx.run(["search", "cookie", "--remote", "--mode", "semantic"])).code).toBe(14);
});

test("bad models: a clear error, and nothing is kept", async () => {
  for (const [folder, code] of [["source", 10], ["absent", 10]] as const) {
    const run = await onnx.run(["model", "add", join(dir, folder)]);
    expect({ folder, code: run.code, stderr: run.stderr }).toEqual({ folder, code, stderr: expect.stringMatching(/^error: /) });
  }
  expect((await onnx.run(["index", "source", "--model", "absent"])).code).toBe(10);
  expect(await onnx.one<unknown[]>(["model", "list"])).toHaveLength(2);
});
