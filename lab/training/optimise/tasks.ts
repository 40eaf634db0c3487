/**
 * The parts of a step that are no matrix products: sums of the pieces' vectors, and Adam on the rows that were used. Each task is
 * cut into SLICES that touch nothing in common, so threads may take them in any order and the result is the same.
 */
import { COLUMNS, pieceBucket, pieceCount, pieceId, QUERY_BUCKETS } from "../encode.ts";
import { type SharedState, SLICES, SLOT, STEP, TASK, type Task } from "./shared-state.ts";
import { POSITIONS } from "./weights.ts";

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;
/** Buckets of a document's first line: path and symbol. */
const HEAD_BUCKETS = 3;
/** The gradient by the position weights is taken from every fourth text: there are 20 of them, and a million pieces a batch. */
const POSITION_SAMPLE = 4;

const column = (name: (typeof COLUMNS)[number]): number => COLUMNS.indexOf(name);
const SHORT = column("short");
const LONG = column("long");
const DOCUMENT = column("document");

export function runSlice(state: SharedState, task: Task, slice: number): void {
  const texts = (count: number) =>
    [Math.floor((slice * count) / SLICES), Math.floor(((slice + 1) * count) / SLICES)] as const;
  if (task === TASK.forward) forward(state, ...texts(2 * state.settings.batch));
  else if (task === TASK.positions) positionGradients(state, slice, ...texts(2 * state.settings.batch));
  else if (task === TASK.update) update(state, ...texts(state.weights.tokens.length));
}

/** Chooses the pieces of each text of the batch and sums their vectors. */
function forward(state: SharedState, from: number, to: number): void {
  const { settings, pairs, weights, batch, counts, ids, factors, buckets, texts } = state;
  const { dim } = settings;
  for (let text = from; text < to; text++) {
    const isQuery = text < settings.batch;
    const pair = (batch[text % settings.batch] as number) * COLUMNS.length;
    const draw = drawsFor(state.step[STEP.seed] as number, text);
    const range = !isQuery ? DOCUMENT : draw() < settings.longQueries ? LONG : SHORT;
    const start = pairs.pairs[pair + range] as number;
    const length = (pairs.pairs[pair + range + 1] as number) - start;
    const used = isQuery ? length : Math.min(length, settings.documentPieces);
    let kept = text * SLOT;
    for (let at = 0; at < used; at++) {
      const packed = pairs.pieces[start + at] as number;
      const bucket = pieceBucket(packed);
      const drop = isQuery
        ? length > 3
          ? settings.dropQuery
          : 0
        : bucket < HEAD_BUCKETS
          ? settings.dropHead
          : settings.dropDocument;
      if (drop > 0 && draw() < drop) continue;
      const id = pieceId(packed);
      const position = isQuery ? bucket : QUERY_BUCKETS + bucket;
      ids[kept] = id;
      buckets[kept] = position;
      factors[kept] =
        Math.exp((weights.tokens[id] as number) + (weights.positions[position] as number)) *
        Math.sqrt(pieceCount(packed));
      kept++;
    }
    counts[text] = kept - text * SLOT;
    sumRows({
      out: texts,
      outAt: text * dim,
      rows: weights.table,
      places: ids,
      factors,
      from: text * SLOT,
      to: kept,
      dim,
    });
  }
}

interface Sum {
  readonly out: Float32Array;
  readonly outAt: number;
  readonly rows: Float32Array;
  /** Row numbers and their factors, [from, to). */
  readonly places: Int32Array;
  readonly factors: Float32Array;
  readonly from: number;
  readonly to: number;
  readonly dim: number;
}

/** out = sum of factor * row. Four rows at a time: the sum is then loaded and stored a fourth as often. */
function sumRows({ out, outAt, rows, places, factors, from, to, dim }: Sum): void {
  for (let d = 0; d < dim; d++) out[outAt + d] = 0;
  let at = from;
  for (; at + 4 <= to; at += 4) {
    const r0 = (places[at] as number) * dim;
    const r1 = (places[at + 1] as number) * dim;
    const r2 = (places[at + 2] as number) * dim;
    const r3 = (places[at + 3] as number) * dim;
    const f0 = factors[at] as number;
    const f1 = factors[at + 1] as number;
    const f2 = factors[at + 2] as number;
    const f3 = factors[at + 3] as number;
    for (let d = 0; d < dim; d++) {
      const more =
        f0 * (rows[r0 + d] as number) +
        f1 * (rows[r1 + d] as number) +
        f2 * (rows[r2 + d] as number) +
        f3 * (rows[r3 + d] as number);
      out[outAt + d] = (out[outAt + d] as number) + more;
    }
  }
  for (; at < to; at++) {
    const row = (places[at] as number) * dim;
    const factor = factors[at] as number;
    for (let d = 0; d < dim; d++) out[outAt + d] = (out[outAt + d] as number) + factor * (rows[row + d] as number);
  }
}

/** `texts` holds gradients now. By the logarithm of a position's factor: sum of factor * (vector . gradient). */
function positionGradients(state: SharedState, slice: number, from: number, to: number): void {
  const { settings, weights, counts, ids, factors, buckets, texts, positionGradients: out } = state;
  const { dim } = settings;
  const phase = (state.step[STEP.number] as number) % POSITION_SAMPLE;
  out.fill(0, slice * POSITIONS, (slice + 1) * POSITIONS);
  for (let text = from; text < to; text++) {
    if (text % POSITION_SAMPLE !== phase) continue;
    for (let at = text * SLOT; at < text * SLOT + (counts[text] as number); at++) {
      const row = (ids[at] as number) * dim;
      let product = 0;
      for (let d = 0; d < dim; d++) product += (weights.table[row + d] as number) * (texts[text * dim + d] as number);
      const place = slice * POSITIONS + (buckets[at] as number);
      out[place] = (out[place] as number) + product * (factors[at] as number);
    }
  }
}

/** Gradients of the rows of pieces [from, to) that the batch used, and a step of Adam on them. */
function update(state: SharedState, from: number, to: number): void {
  const { settings, weights, moments, starts, users, useFactors, texts, step } = state;
  const { dim } = settings;
  const { table, tokens } = weights;
  const rate = step[STEP.tableRate] as number;
  const square = step[STEP.square] as number;
  const tokenRate = step[STEP.tokenRate] as number;
  const gradient = new Float32Array(dim);
  for (let id = from; id < to; id++) {
    const first = starts[id] as number;
    const end = starts[id + 1] as number;
    if (first === end) continue;
    sumRows({ out: gradient, outAt: 0, rows: texts, places: users, factors: useFactors, from: first, to: end, dim });
    let along = 0;
    for (let d = 0, at = id * dim; d < dim; d++, at++) {
      const g = gradient[d] as number;
      const value = table[at] as number;
      along += value * g;
      const mean = BETA1 * (moments.table[at] as number) + (1 - BETA1) * g;
      const power = BETA2 * (moments.table2[at] as number) + (1 - BETA2) * g * g;
      moments.table[at] = mean;
      moments.table2[at] = power;
      table[at] = value - (rate * mean) / (Math.sqrt(power * square) + EPSILON);
    }
    const mean = BETA1 * (moments.tokens[id] as number) + (1 - BETA1) * along;
    const power = BETA2 * (moments.tokens2[id] as number) + (1 - BETA2) * along * along;
    moments.tokens[id] = mean;
    moments.tokens2[id] = power;
    tokens[id] = (tokens[id] as number) - (tokenRate * mean) / (Math.sqrt(power * square) + EPSILON);
  }
}

/** A stream of its own for each text of each step, so that slices may be made in any order. */
function drawsFor(seed: number, text: number): () => number {
  let state = Math.imul(seed ^ Math.imul(text + 1, 0x9e3779b1), 0x85ebca6b) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
