import { describe, expect, test } from "bun:test";
import { COLUMNS, type EncodedPairs } from "../../../lab/training/encode.ts";
import { planBatches } from "../../../lab/training/optimise/batches.ts";
import { ContrastiveLoss } from "../../../lab/training/optimise/contrastive-loss.ts";
import { pieceShares, trainRun } from "../../../lab/training/optimise/train-run.ts";
import { firstWeights, stemOf, weightsFromBytes, weightsToBytes } from "../../../lab/training/optimise/weights.ts";
import { seededRandom } from "../../../lab/training/random.ts";
import { TRAIN } from "../../../lab/training/settings.ts";
import { averageWeights } from "../../../lab/training/soup.ts";

describe("the loss graph", () => {
  const batch = 5;
  const dim = 8;
  const lengths = [8, 4];
  const random = seededRandom("loss");
  const q = Float32Array.from({ length: batch * dim }, () => random.normal());
  const t = Float32Array.from(q, (value) => value * 0.5 + random.normal());

  /** By definition, in double precision. */
  function reference(left: Float32Array, right: Float32Array, scale: number): number {
    const losses = lengths.map((length) => {
      const unit = (from: Float32Array, row: number) => {
        const cut = Array.from(from.subarray(row * dim, row * dim + length));
        const norm = Math.hypot(...cut);
        return cut.map((value) => value / norm);
      };
      const s = Array.from({ length: batch }, (_, i) =>
        Array.from(
          { length: batch },
          (__, j) => scale * unit(left, i).reduce((sum, value, d) => sum + value * (unit(right, j)[d] ?? 0), 0),
        ),
      );
      const logSum = (values: readonly number[]) => Math.log(values.reduce((sum, value) => sum + Math.exp(value), 0));
      const each = s.map((row, i) => (logSum(row) + logSum(s.map((other) => other[i] ?? 0))) / 2 - (row[i] ?? 0));
      return each.reduce((sum, value) => sum + value, 0) / batch;
    });
    return losses.reduce((sum, value) => sum + value, 0) / lengths.length;
  }

  test("gives the loss and its slopes", async () => {
    const loss = await ContrastiveLoss.open({ batch, dim, lengths }, 1);
    const scale = 9;
    const result = await loss.run(q, t, scale);
    await loss.close();
    expect(result.loss).toBeCloseTo(reference(q, t, scale), 4);
    const slope = (change: (by: number) => number) => (change(1e-3) - change(-1e-3)) / 2e-3;
    const moved = (values: Float32Array, at: number, by: number) =>
      values.map((value, i) => (i === at ? value + by : value));
    for (const at of [0, 3, 4, 11, 39]) {
      expect(result.dq[at]).toBeCloseTo(
        slope((by) => reference(moved(q, at, by), t, scale)),
        3,
      );
      expect(result.dt[at]).toBeCloseTo(
        slope((by) => reference(q, moved(t, at, by), scale)),
        3,
      );
    }
    expect(result.dscale).toBeCloseTo(
      slope((by) => reference(q, t, scale * Math.exp(by))),
      3,
    );
  });
});

/** Pairs whose question and answer share a topic of their own: `topics` pieces for questions, as many others for answers. */
function topicPairs(topics: number, copies: number): EncodedPairs {
  const pieces: number[] = [];
  const rows: number[] = [];
  const random = seededRandom("topics");
  for (let copy = 0; copy < copies; copy++)
    for (let topic = 0; topic < topics; topic++) {
      const query = [topic, 2 * topics + Math.floor(random.next() * 5)];
      const start = pieces.length;
      pieces.push(...query.map((id) => 0x10000 + id));
      const middle = pieces.length;
      pieces.push(0x3010000 + topics + topic, 0x3010000 + 2 * topics + 5 + Math.floor(random.next() * 5));
      rows.push(topic % 3, 0, start, middle, start, middle, middle, pieces.length, topic, topic);
    }
  return { pieces: Uint32Array.from(pieces), pairs: Uint32Array.from(rows) };
}

describe("planBatches", () => {
  const { pairs } = topicPairs(30, 6);
  const plan = (seed: string) => planBatches({ pairs, batch: 10, group: 5, seed });

  test("full batches, each pair once, no twins together, groups of one repository", () => {
    const batches = plan("a");
    const all = batches.flatMap((each) => [...each]);
    expect(new Set(all).size).toBe(all.length);
    expect(all.length).toBeGreaterThan(130);
    for (const each of batches) {
      expect(each.length).toBe(10);
      const topics = [...each].map((pair) => pairs[pair * COLUMNS.length + COLUMNS.indexOf("queryHash")]);
      expect(new Set(topics).size).toBe(10);
    }
  });

  test("the seed is the order", () => {
    expect(plan("a")).toEqual(plan("a"));
    expect(plan("a")).not.toEqual(plan("b"));
  });
});

describe("trainRun", () => {
  const topics = 24;
  const pairs = topicPairs(topics, 40);
  const pieces = 2 * topics + 10;
  const settings = { ...TRAIN, dim: 16, matryoshka: [16, 8], batch: 16, group: 16, warmup: 5 };
  const first = firstWeights({
    vocabulary: Array.from({ length: pieces }, (_, id) => `piece${id}x`),
    shares: pieceShares(pairs, pieces),
    settings,
  });
  const run = (threads: number, number = 1) =>
    trainRun({ pairs, first, settings, run: number, threads, log: () => {} });

  test("learns which answer belongs to which question, and leaves the first weights as they were", async () => {
    const before = first.table.slice();
    const { weights, loss } = await run(1);
    expect(loss).toBeLessThan(1); // by chance: log(16) = 2.8
    expect(first.table).toEqual(before);
    // pieces that never tell topics apart lose weight against those that do
    const mean = (from: number, to: number) =>
      weights.tokens.slice(from, to).reduce((sum, value) => sum + value, 0) / (to - from);
    expect(mean(0, topics)).toBeGreaterThan(mean(2 * topics, pieces));
  });

  test("the same seed gives the same bytes, with one thread or two", async () => {
    const [one, again, two, other] = [await run(1), await run(1), await run(2), await run(1, 2)];
    expect(weightsToBytes(again.weights)).toEqual(weightsToBytes(one.weights));
    expect(weightsToBytes(two.weights)).toEqual(weightsToBytes(one.weights));
    expect(weightsToBytes(other.weights)).not.toEqual(weightsToBytes(one.weights));
  });

  test("weights survive their file, and average", async () => {
    const a = weightsFromBytes(weightsToBytes(first));
    expect(a.table).toEqual(Float32Array.from(first.table));
    const b = { ...a, table: a.table.map((value) => value + 2) };
    expect(averageWeights([a, b]).table[3]).toBeCloseTo((a.table[3] ?? 0) + 1, 5);
    expect(() => weightsFromBytes(new Uint8Array(12))).toThrow("no weights");
    expect(() => averageWeights([])).toThrow("one shape");
  });
});

test("first vectors of one stem are alike, others are not", () => {
  expect([stemOf("parsing"), stemOf("parser"), stemOf("stopped"), stemOf("##ing"), stemOf("map")]).toEqual([
    "pars",
    "pars",
    "stop",
    null,
    null,
  ]);
  const vocabulary = ["parsing", "parser", "window", "##ing"];
  const { table } = firstWeights({ vocabulary, shares: new Float64Array(4), settings: TRAIN });
  const cosine = (a: number, b: number) => {
    const [x, y] = [a, b].map((id) => table.subarray(id * TRAIN.dim, (id + 1) * TRAIN.dim)) as [
      Float32Array,
      Float32Array,
    ];
    const dot = (u: Float32Array, v: Float32Array) => u.reduce((sum, value, d) => sum + value * (v[d] as number), 0);
    return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
  };
  expect(cosine(0, 1)).toBeGreaterThan(0.35);
  expect(Math.abs(cosine(0, 2))).toBeLessThan(0.25);
});
