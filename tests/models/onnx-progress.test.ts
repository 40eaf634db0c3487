// What a user sees, and what Ctrl-C does, while a slow model embeds.
import { afterAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OnnxEmbedder } from "../../src/embed/onnx/onnx-embedder.ts";
import { countEmbedding } from "../../src/porcelain/indexing/model-progress.ts";
import type { Step } from "../../src/porcelain/indexing/read-source.ts";
import { bertTokenizer, tinyGraph, writeFolder } from "../helpers/onnx-models.ts";

const root = await mkdtemp(join(tmpdir(), "repobase-progress-"));
const folder = await writeFolder(join(root, "tiny"), { "model.onnx": tinyGraph(), "tokenizer.json": bertTokenizer() });
const embedder = await OnnxEmbedder.open({ folder, cacheDir: join(root, "cache") });
afterAll(async () => {
  await embedder.close();
  await rm(root, { recursive: true, force: true });
});

const texts = (count: number) => Array.from({ length: count }, (_, at) => "the ".repeat(at % 10));
const indexing = (filesDone: number, chunks: number) =>
  ({ phase: "index", filesDone, filesTotal: 40, bytesDone: 0, chunks }) as const;

test("chunks are counted batch by batch, their total estimated from the files that are done", async () => {
  const steps: Step[] = [];
  const counted = countEmbedding({ embedder, onStep: (step) => steps.push(step) });
  counted.onProgress(indexing(0, 0));
  await counted.embedder.embedDocuments(texts(150));
  counted.onProgress(indexing(10, 150));
  await counted.embedder.embedDocuments(texts(100));
  counted.onProgress(indexing(20, 250));
  expect([...new Set(steps.map(({ label, unit }) => `${label} ${unit}`))]).toEqual(["embedding chunks"]);
  // 64 texts are a batch
  expect(steps.map(({ done, total }) => [done, total])).toEqual([
    [0, undefined],
    [0, undefined],
    [64, undefined],
    [128, undefined],
    [150, undefined],
    [150, 600],
    [150, 600],
    [214, 600],
    [250, 600],
    [250, 500],
  ]);
});

test("an estimate is never below what is known to come", async () => {
  const steps: Step[] = [];
  const counted = countEmbedding({ embedder, onStep: (step) => steps.push(step) });
  await counted.embedder.embedDocuments(texts(2));
  counted.onProgress(indexing(39, 2));
  await counted.embedder.embedDocuments(texts(90));
  expect(steps.at(-1)).toEqual({ label: "embedding", done: 92, total: 92, unit: "chunks" });
});

test("an interrupted run ends after the batch under way", async () => {
  const abort = new AbortController();
  let last = 0;
  const counted = countEmbedding({
    embedder,
    signal: abort.signal,
    onStep: ({ done }) => {
      last = done;
      if (done > 0) abort.abort();
    },
  });
  await expect(counted.embedder.embedDocuments(texts(500))).rejects.toEqual(
    expect.objectContaining({ code: "interrupted" }),
  );
  expect(last).toBe(64);
});
