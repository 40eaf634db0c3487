import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { loadStaticEmbedder, loadStaticQueryEmbedder } from "../../src/embed/load-static.ts";
import { cutShards, SHARD_ROWS, ShardedPieceTable, shardName } from "../../src/embed/piece-table.ts";
import { STATIC_MODEL_ID, StaticEmbedder } from "../../src/embed/static-embedder.ts";
import config from "../../src/embed/static-model/model.json";
import golden from "./golden-vectors.json";
import { hashOfModel } from "../../lab/training/stage.ts";

const floats = (base64: string) => new Float32Array(Uint8Array.fromBase64(base64).buffer);
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
const modelFile = (name: string) => Bun.file(new URL(`../../src/embed/static-model/${name}`, import.meta.url));
const embedder = await loadStaticEmbedder();

async function shardedEmbedder(): Promise<{ embedder: StaticEmbedder; asked: number[] }> {
  const shards = cutShards(new Uint8Array(await modelFile("table.i8").arrayBuffer()), config.dim);
  const asked: number[] = [];
  const fetchShard = (index: number) => {
    asked.push(index);
    const shard = shards.find(({ name }) => name === shardName(index));
    return shard === undefined ? Promise.reject(new Error("no such shard")) : Promise.resolve(shard.bytes);
  };
  const files = {
    vocabulary: await modelFile("vocab.txt").text(),
    config,
    scale: new Float32Array(await modelFile("scale.f32").arrayBuffer()),
    table: new ShardedPieceTable(fetchShard, config.dim),
  };
  return { embedder: new StaticEmbedder(files), asked };
}

describe("static embedder", () => {
  test("its id is that of the weights in the tree", async () => {
    expect(STATIC_MODEL_ID).toBe(
      `repobase-static-16k-${await hashOfModel(join(import.meta.dir, "../../src/embed/static-model"))}`,
    );
  });

  test("is loaded once a thread, however many repositories are indexed and searched", async () => {
    expect(await loadStaticEmbedder()).toBe(embedder);
    expect(await loadStaticQueryEmbedder()).toBe(await loadStaticQueryEmbedder());
  });

  test("names its model and its shape", () => {
    expect([embedder.id, embedder.dim]).toEqual([STATIC_MODEL_ID, 384]);
  });

  test("the embedder for queries reads single rows and makes the same vectors", async () => {
    const queries = await loadStaticQueryEmbedder();
    for (const { text } of golden.documents.slice(0, 5)) {
      expect(await queries.embedQuery(text)).toEqual(await embedder.embedQuery(text));
      expect(await queries.embedDocuments([text])).toEqual(await embedder.embedDocuments([text]));
    }
  });

  test("document vectors are the reference's", async () => {
    const vectors = await embedder.embedDocuments(golden.documents.map(({ text }) => text));
    golden.documents.forEach(({ text, vector }, at) => {
      const ours = vectors.subarray(at * embedder.dim, (at + 1) * embedder.dim);
      if (text === "") expect(ours.every((x) => x === 0)).toBe(true);
      else expect(dot(ours, floats(vector))).toBeGreaterThan(0.999999);
    });
  });

  test("query vectors are the reference's", async () => {
    for (const { text, vector } of golden.queries) {
      const ours = await embedder.embedQuery(text);
      const expected = floats(vector);
      if (expected.every((x) => x === 0)) expect(ours).toEqual(expected);
      else expect(dot(ours, expected)).toBeGreaterThan(0.999999);
    }
  });

  test("a batch gives each text the bits it has alone", async () => {
    const texts = golden.documents.slice(0, 5).map(({ text }) => text);
    const together = await embedder.embedDocuments(texts);
    const alone = await Promise.all(texts.map((text) => embedder.embedDocuments([text])));
    expect(Array.from(together)).toEqual(alone.flatMap((vector) => Array.from(vector)));
  });

  test("over shards: the same bits, each shard fetched once, only those needed", async () => {
    const sharded = await shardedEmbedder();
    for (const { text } of golden.queries)
      expect(await sharded.embedder.embedQuery(text)).toEqual(await embedder.embedQuery(text));
    const [first] = golden.documents;
    if (first === undefined) throw new Error("no golden documents");
    expect(await sharded.embedder.embedDocuments([first.text])).toEqual(await embedder.embedDocuments([first.text]));
    expect(new Set(sharded.asked).size).toBe(sharded.asked.length);
    const fresh = await shardedEmbedder();
    await fresh.embedder.embedQuery("parse json header");
    expect(fresh.asked.length).toBeLessThanOrEqual(4);
  });
});

describe("piece table", () => {
  test("shards joined are the table", async () => {
    const table = new Uint8Array(await modelFile("table.i8").arrayBuffer());
    const shards = cutShards(table, config.dim);
    expect(shards).toHaveLength(Math.ceil(config.vocab / SHARD_ROWS));
    expect(shards.slice(0, 2).map(({ name }) => name)).toEqual(["table-000.i8", "table-001.i8"]);
    expect(Buffer.concat(shards.map(({ bytes }) => bytes)).equals(table)).toBe(true);
  });

  test("a shard that is too short is refused, and asked for again after a failure", async () => {
    const short = new ShardedPieceTable(() => Promise.resolve(new Uint8Array(5 * 384)), 384);
    expect((await short.rows([4]))[0]).toHaveLength(384);
    await expect(short.rows([5])).rejects.toMatchObject({ code: "corrupt_index" });
    let calls = 0;
    const flaky = new ShardedPieceTable(() => {
      calls++;
      return calls === 1 ? Promise.reject(new Error("network")) : Promise.resolve(new Uint8Array(SHARD_ROWS * 384));
    }, 384);
    await expect(flaky.rows([1])).rejects.toThrow("network");
    expect(await flaky.rows([1])).toHaveLength(1);
  });
});

describe("model files that do not fit", () => {
  const files = {
    vocabulary: "a\nb\n",
    config,
    scale: new Float32Array(2),
    table: { rows: () => Promise.resolve([]) },
  };
  test.each([
    ["another vocabulary", files],
    ["another power", { ...files, config: { ...config, vocab: 2, tf_power: 1 } }],
    ["no position weights", { ...files, config: { ...config, vocab: 2, doc_position_weight: {} } }],
  ])("%s", (_, broken) => {
    expect(() => new StaticEmbedder(broken)).toThrow(expect.objectContaining({ code: "unsupported_format" }));
  });
});
