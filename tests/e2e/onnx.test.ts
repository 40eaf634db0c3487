/**
 * The ONNX path in the binary: the static model exported to ONNX gives the index the built-in one gives, through
 * onnxruntime alone in an empty folder; and a server that cannot run a model is sent the query's vector, or says so and
 * answers by keyword.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SearchResponse } from "../../src/protocol/search-api.ts";
import { filesOf } from "../helpers/fixture-repository.ts";
import { indexSources, webSources } from "../helpers/fixture-sources.ts";
import { writeFiles } from "../helpers/git-server.ts";
import { writeStaticModel } from "../helpers/onnx-models.ts";
import { startWorker, type WorkerServer } from "../helpers/worker-server.ts";
import { Machine } from "./support.ts";

let dir: string;
let worker: WorkerServer;
let builtIn: Machine;
let onnx: Machine;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "repobase-onnx-"));
  await writeFiles(join(dir, "source"), filesOf(webSources().slice(0, 14)));
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
  expect(await onnx.one<{ name: string }[]>(["model", "list"])).toEqual([
    expect.objectContaining({ name: "repobase-static-16k" }),
    model,
  ]);
  await onnx.one(["add", join(dir, "source"), "--model", "static-onnx"]);
  await builtIn.one(["add", join(dir, "source")]);
  const queries = ["set a cookie on the response", "stream the body", "html escape", "static site generation"];
  const ask = (machine: Machine) =>
    machine.json<SearchResponse>(["search", "--stdin", "--mode", "semantic"], { stdin: queries.join("\n") });
  const [ours, theirs] = [await ask(onnx), await ask(builtIn)];
  expect(ours).toHaveLength(queries.length);
  for (const [at, a] of ours.entries()) {
    const b = theirs[at] as SearchResponse;
    expect(a.results.map((hit) => [hit.path, hit.startLine])).toEqual(
      b.results.map((hit) => [hit.path, hit.startLine]),
    );
    a.results.forEach((hit, i) => expect(Math.abs(hit.score - (b.results[i]?.score ?? Number.NaN))).toBeLessThan(1e-3));
  }
});

test("index --model changes an index to another model", async () => {
  const changed = await onnx.one<{ changed: boolean; newFiles: number }>([
    "index",
    "source",
    "--model",
    "repobase-static-16k",
  ]);
  expect(changed.changed).toBe(true);
  expect(changed.newFiles).toBeGreaterThan(10);
  expect((await onnx.one<SearchResponse>(["search", "set a cookie", "--mode", "semantic"])).results[0]?.path).toContain(
    "cookie",
  );
  await onnx.one(["index", "source", "--model", "static-onnx"]);
});

describe("a server that cannot run the model", () => {
  const QUESTION = "set a cookie on the response";
  const hits = ({ results }: SearchResponse) => results.map((hit) => [hit.path, hit.startLine, hit.score]);

  beforeAll(async () => {
    await onnx.inside.one(["cloud", "enable", "source"]);
    await onnx.one(["push", "source", "--worktree"]);
  });

  test("answers keywords and says so to who has not the model either", async () => {
    const found = await builtIn.inside.one<SearchResponse>(["search", "cookie", "--remote"]);
    expect(found.results.length).toBeGreaterThan(0);
    expect(found.warnings.join()).toContain("keyword");
    const semantic = await builtIn.inside.run(["search", "cookie", "--remote", "--mode", "semantic"]);
    expect([semantic.code, semantic.stderr]).toEqual([14, expect.stringContaining("static-onnx-")]);
  });

  test.each(["semantic", "hybrid"])(
    "is sent the query's vector by who has it: %s is as on this machine",
    async (mode) => {
      const local = await onnx.inside.one<SearchResponse>(["search", QUESTION, "--mode", mode, "--ref", "worktree"]);
      const remote = await onnx.inside.one<SearchResponse>([
        "search",
        QUESTION,
        "--mode",
        mode,
        "--ref",
        "worktree",
        "--remote",
      ]);
      expect([remote.warnings, remote.missingModels]).toEqual([[], undefined]);
      expect(hits(remote)).toEqual(hits(local));
      expect(remote.results[0]?.path).toContain("cookie");
    },
  );

  test("repositories of two models are searched together; many queries cost one question more, not twice as many", async () => {
    await writeFiles(join(dir, "second"), filesOf(indexSources().slice(0, 6)));
    await builtIn.inside.one(["add", join(dir, "second")]);
    await builtIn.inside.one(["cloud", "enable", "second"]);
    await builtIn.inside.one(["push", "second", "--worktree"]);
    const queries = [QUESTION, "fetch with a typed client", "stream the body"];
    let questions = 0;
    using proxy = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      async fetch(request) {
        const { pathname } = new URL(request.url);
        if (pathname === "/v1/search") questions++;
        const answer = await fetch(worker.url + pathname, {
          method: request.method,
          headers: request.headers,
          body: await request.arrayBuffer(),
        });
        return new Response(await answer.arrayBuffer(), {
          status: answer.status,
          headers: { "content-type": answer.headers.get("content-type") ?? "" },
        });
      },
    });
    const asked = await onnx.inside.run(["search", "--stdin", "--remote", "--mode", "semantic", "--json"], {
      stdin: `${queries.join("\n")}\n`,
      env: { REPOBASE_ENDPOINT: proxy.url.origin },
    });
    expect([asked.code, asked.stderr, questions]).toEqual([0, "", queries.length + 1]);
    const answers = asked.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as SearchResponse);
    expect(answers.map(({ warnings }) => warnings)).toEqual([[], [], []]);
    expect(new Set(answers.flatMap(({ results }) => results.map((hit) => hit.repoId.split("-")[0])))).toEqual(
      new Set(["source", "second"]),
    );
  });
});

test("a model has the same id on two machines, wherever its folder lies", async () => {
  cpSync(join(dir, "static-onnx"), join(dir, "elsewhere", "static-onnx"), { recursive: true });
  const here = (await onnx.inside.one<{ name: string; id: string }[]>(["model", "list"])).find(
    ({ name }) => name === "static-onnx",
  );
  expect(await builtIn.inside.one<{ id: string }>(["model", "add", join(dir, "elsewhere", "static-onnx")])).toEqual(
    expect.objectContaining({ id: here?.id }),
  );
});

test("a damaged library of the runtime is replaced", async () => {
  const cache = join(onnx.home, "cache");
  const folder = readdirSync(cache).find((name) => name.startsWith("onnxruntime-")) ?? "";
  const [library = "", ...others] = readdirSync(join(cache, folder));
  expect(others).toEqual([]);
  const path = join(cache, folder, library);
  const whole = await Bun.file(path).bytes();
  rmSync(path);
  writeFileSync(path, whole.subarray(0, whole.length >> 1));
  const found = await onnx.one<SearchResponse>(["search", "set a cookie", "--mode", "semantic"]);
  expect(found.results[0]?.path).toContain("cookie");
  expect(Buffer.compare(await Bun.file(path).bytes(), whole)).toBe(0);
  expect(readdirSync(join(cache, folder))).toEqual([library]);
});

test("a second device pulls the index, asks it, and goes on with it, by the same model", async () => {
  const laptop = new Machine(builtIn.env);
  try {
    await laptop.inside.one(["pull", "source"]);
    const [repo] = await laptop.inside
      .json<{ model: string }>(["list"])
      .then(([repos]) => repos as unknown as { model: string }[]);
    expect(repo?.model).toBe("static-onnx");
    const without = await laptop.inside.one<SearchResponse>(["search", "cookie"]);
    expect([without.results.length > 0, without.warnings.join()]).toEqual([
      true,
      expect.stringContaining("static-onnx-"),
    ]);
    await laptop.inside.one(["model", "add", join(dir, "elsewhere", "static-onnx")]);
    const ask = (machine: Machine) =>
      machine.inside.one<SearchResponse>([
        "search",
        "stream the body",
        "--mode",
        "semantic",
        "--repo",
        "source",
        "--ref",
        "worktree",
      ]);
    const answers = (await Promise.all([ask(laptop), ask(onnx)])).map(({ warnings, results }) => [
      warnings,
      results.map((hit) => [hit.path, hit.startLine, hit.score]),
    ]);
    expect(answers[0]).toEqual(answers[1] ?? []);
  } finally {
    laptop.remove();
  }
});

test("model remove: not while it is used, unless forced; then keywords answer until it is added again", async () => {
  const inUse = await onnx.inside.run(["model", "remove", "static-onnx"]);
  expect([inUse.code, inUse.stderr]).toEqual([11, expect.stringContaining("source")]);
  expect(
    await onnx.inside.one<{ name: string; repos: string[] }>(["model", "remove", "static-onnx", "--force"]),
  ).toEqual({
    name: "static-onnx",
    repos: [expect.stringMatching(/^source-/)],
  });
  expect(await onnx.inside.one<unknown[]>(["model", "list"])).toHaveLength(1);
  expect((await onnx.inside.run(["model", "remove", "static-onnx"])).code).toBe(10);
  const found = await onnx.inside.one<SearchResponse>(["search", "cookie"]);
  expect([found.results.length > 0, found.warnings.join()]).toEqual([true, expect.stringContaining("keyword")]);
  await onnx.inside.one(["model", "add", join(dir, "static-onnx")]);
  expect((await onnx.inside.one<SearchResponse>(["search", "cookie"])).warnings).toEqual([]);
  // nothing is new, and nothing is embedded again
  expect(await onnx.inside.one<{ newChunks: number; changed: boolean }>(["index", "source"])).toMatchObject({
    newChunks: 0,
    changed: false,
  });
});

test("bad models: a clear error, and nothing is kept", async () => {
  for (const [folder, code] of [
    ["source", 10],
    ["absent", 10],
  ] as const) {
    const run = await onnx.inside.run(["model", "add", join(dir, folder)]);
    expect({ folder, code: run.code, stderr: run.stderr }).toEqual({
      folder,
      code,
      stderr: expect.stringMatching(/^error: /),
    });
  }
  expect((await onnx.inside.run(["index", "source", "--model", "absent"])).code).toBe(10);
  expect(await onnx.inside.one<unknown[]>(["model", "list"])).toHaveLength(2);
});
