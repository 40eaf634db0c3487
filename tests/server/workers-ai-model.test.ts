/**
 * Workers AI cannot be called from here, and has no simulator: at that one boundary stands a fake with the shape Cloudflare
 * documents (`{shape, data, pooling}`). All else is real: the deployed bundle on workerd, and an index whose id says bge-small.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { loadStaticEmbedder } from "../../src/embed/load-static.ts";
import type { SearchResponse } from "../../src/protocol/search-api.ts";
import { type WorkersAi, workersAiModel } from "../../worker/workers-ai-model.ts";
import { startWorker, type WorkerServer } from "../helpers/worker-server.ts";
import { type Api, apiClient, pushIndex } from "./api-client.ts";
import { makeRealIndex } from "./real-index.ts";

const HASH = "0123456789ab";
const CLS = `bge-small-en-v1.5+cls-${HASH}`;
const MEAN = `bge-small-en-v1.5+mean-${HASH}`;
const QUESTION = "open stream";

describe("the question to Workers AI", () => {
  const vector = Array.from({ length: 384 }, (_, d) => Math.sin(d + 1));
  const ask = async (modelId: string, answer: unknown) => {
    const asked: unknown[] = [];
    const failures: string[] = [];
    const ai: WorkersAi = {
      async run(...question) {
        asked.push(question);
        if (answer instanceof Error) throw answer;
        return answer;
      },
    };
    const embed = workersAiModel(ai, (error) => void failures.push((error as Error).message));
    return { vector: await embed(modelId, "open the file"), asked, failures };
  };

  test.each([
    ["cls", CLS, { shape: [1, 384], data: [vector], pooling: "cls" }],
    ["mean", MEAN, { shape: [1, 384], data: [vector], pooling: "mean" }],
    ["mean", MEAN, { shape: [1, 384], data: [vector] }],
  ])("has bge's query prefix and the index's own pooling, %s", async (pooling, id, answer) => {
    const got = await ask(id, answer);
    expect(got.asked).toEqual([
      [
        "@cf/baai/bge-small-en-v1.5",
        { text: ["Represent this sentence for searching relevant passages: open the file"], pooling },
      ],
    ]);
    expect(got.failures).toEqual([]);
    const length = Math.hypot(...vector);
    expect(got.vector).toEqual(Float32Array.from(vector, (x) => x / length));
  });

  test.each<[string, unknown, string]>([
    [
      "another pooling than asked for",
      { shape: [1, 384], data: [vector], pooling: "mean" },
      'pooled by "mean" instead of cls',
    ],
    ["no word on the pooling, so mean", { shape: [1, 384], data: [vector] }, 'pooled by "mean" instead of cls'],
    [
      "another model's length",
      { shape: [1, 768], data: [[...vector, ...vector]], pooling: "cls" },
      "without a vector of 384 numbers",
    ],
    ["a promise of a later answer", { request_id: "x" }, "without a vector"],
    ["nothing", null, "without a vector"],
    ["no numbers", { data: [vector.map(() => "1")], pooling: "cls" }, "without a vector"],
    ["zeros", { data: [vector.map(() => 0)], pooling: "cls" }, "zeros"],
    ["an error", new Error("4006: you have used up your daily free allocation"), "4006"],
  ])("an answer with %s is no vector, and the operator is told", async (_, answer, told) => {
    const { vector: got, failures } = await ask(CLS, answer);
    expect({ got, failures }).toEqual({ got: undefined, failures: [expect.stringContaining(told)] });
  });

  test.each([
    "repobase-static-16k",
    `bge-small-en-v1.5-${HASH}`,
    `bge-small-en-v1.5+max-${HASH}`,
    `bge-small-en-v1.5+cls-${HASH}0`,
    `other+cls-${HASH}`,
    "",
  ])("is not asked for the model %p", async (id) =>
    expect(await ask(id, new Error("asked"))).toEqual({ vector: undefined, asked: [], failures: [] }),
  );
});

describe("on workerd", () => {
  const FILES = [
    { path: "src/open.ts", language: "typescript", contents: "export function openStream() {\n  return 1;\n}\n" },
    { path: "src/close.py", language: "python", contents: "def close_file():\n    pass\n" },
  ];
  let bound: WorkerServer;
  let unbound: WorkerServer;
  let users = 0;

  /** A server with the index of a model with this id; the built-in model stands in for its weights. */
  async function push(server: WorkerServer, modelId: string): Promise<Api> {
    const model = await loadStaticEmbedder();
    const api = apiClient(server.url, await server.issueKey(`user-${users++}`));
    const embedder = {
      id: modelId,
      dim: model.dim,
      embedDocuments: (texts: readonly string[]) => model.embedDocuments(texts),
    };
    await pushIndex(api, await makeRealIndex({ repo: "demo", commits: [FILES], embedder }));
    return api;
  }

  beforeAll(async () => {
    const vector = Array.from(await (await loadStaticEmbedder()).embedQuery(QUESTION));
    // answers for cls alone; for mean it is out of its allowance
    const ai = `
      import { WorkerEntrypoint } from "cloudflare:workers";
      export class Ai extends WorkerEntrypoint {
        async run(model, { text, pooling }) {
          if (pooling !== "cls" || !text[0].endsWith(": ${QUESTION}")) throw new Error("4006: used up");
          return { shape: [1, 384], data: [${JSON.stringify(vector)}], pooling };
        }
      }
      export default {};`;
    [bound, unbound] = await Promise.all([startWorker({ ai }), startWorker()]);
  });
  afterAll(() => Promise.all([bound.stop(), unbound.stop()]));

  const search = async (api: Api, body: object) => {
    const answer = await api("/v1/search", { method: "POST", body: JSON.stringify({ q: QUESTION, ...body }) });
    return { status: answer.status, body: (await answer.json()) as SearchResponse & { code?: string } };
  };

  test("an index of bge-small is searched by meaning, as with the client's own vector", async () => {
    const api = await push(bound, CLS);
    const vector = Array.from(await (await loadStaticEmbedder()).embedQuery(QUESTION));
    for (const mode of ["semantic", "hybrid"]) {
      const edge = await search(api, { mode });
      expect([edge.status, edge.body.warnings, edge.body.results[0]?.path]).toEqual([200, [], "src/open.ts"]);
      expect(edge.body).toEqual((await search(api, { mode, vector })).body);
    }
  });

  test("where the service fails or is not bound, keywords answer, the model is named, and its vector is taken", async () => {
    const vector = Array.from(await (await loadStaticEmbedder()).embedQuery(QUESTION));
    for (const [server, id] of [
      [bound, MEAN],
      [unbound, CLS],
    ] as const) {
      const api = await push(server, id);
      const hybrid = await search(api, { mode: "hybrid" });
      expect([hybrid.status, hybrid.body.results[0]?.path]).toEqual([200, "src/open.ts"]);
      expect([hybrid.body.warnings.length, hybrid.body.missingModels]).toEqual([1, [id]]);
      const semantic = await search(api, { mode: "semantic" });
      expect([semantic.status, semantic.body.code, semantic.body.missingModels]).toEqual([
        422,
        "model_unavailable",
        [id],
      ]);

      const own = await search(api, { mode: "semantic", vectors: { [id]: vector.map((x) => x * 3), other: [1] } });
      expect(own).toEqual(await search(api, { mode: "semantic", vector }));
      expect([own.status, own.body.warnings, own.body.missingModels]).toEqual([200, [], undefined]);
    }
  });

  test("vectors that are none are refused", async () => {
    const api = await push(unbound, CLS);
    for (const vectors of [
      [],
      "x",
      { [CLS]: "x" },
      { [CLS]: ["x"] },
      { [CLS]: [1, 2] },
      { [CLS]: Array.from({ length: 384 }, () => 0) },
    ])
      expect((await search(api, { mode: "semantic", vectors })).status).toBe(400);
  });
});
