/**
 * Clusters of rows by their vectors, in two levels: sqrt(K) coarse centres, then each one's share of the K fine ones. A row looks for
 * its two nearest fine centres within its nearest coarse ones only. Seeded, and whole numbers where it is compared, so equal rows
 * give equal clusters. Number of clusters, rounds and what is searched were measured: docs/FORMAT.md, "Clusters".
 */
import { CodeMatrix, toBytes } from "../../pack/code-matrix.ts";
import type { VectorCodes } from "./vector-codes.ts";

/** Clusters: this many times the root of the rows. */
const FINENESS = 8;
const ROUNDS = 6;
/** Rows a fine centre is trained with, on average, and a coarse one at most. */
const SAMPLE_OF_FINE = 40;
const SAMPLE_OF_COARSE = 200;
/** Coarse centres whose fine ones a row is compared with. */
const SEARCHED = 8;
/** Clusters each row is in. */
export const SPILL = 2;
/** Rows compared at once. */
const BATCH = 4096;

export interface Clusters {
  /** Of unit length, in an order in which neighbours are alike. */
  readonly centres: readonly Float32Array[];
  /** `SPILL` clusters of each row, nearest first; one twice: there is no second. */
  readonly assigned: Uint32Array;
}

export function clusterRows(codes: VectorCodes): Clusters {
  return new Clustering(codes).run();
}

class Clustering {
  readonly #matrix: CodeMatrix;
  readonly #random = generator(1);

  constructor(private readonly codes: VectorCodes) {
    this.#matrix = new CodeMatrix(codes.dim, BATCH);
  }

  run(): Clusters {
    const { rows } = this.codes;
    const count = Math.max(1, Math.round(FINENESS * Math.sqrt(rows)));
    const sample = pick(rows, Math.min(rows, count * SAMPLE_OF_FINE), this.#random);
    const coarseCount = Math.max(1, Math.round(Math.sqrt(count)));
    const coarse = this.#train(sample.subarray(0, coarseCount * SAMPLE_OF_COARSE), coarseCount);
    const members = this.#membersOf(sample, coarse);
    const centres: Float32Array[] = [];
    const cells = coarse.map(() => ({ first: 0, centres: [] as Float32Array[] }));
    for (const at of chain(coarse)) {
      const rowsOf = members[at] as number[];
      const share = Math.min(rowsOf.length, Math.max(1, Math.round((count * rowsOf.length) / sample.length)));
      const fine = share === 0 ? [coarse[at] as Float32Array] : this.#train(Uint32Array.from(rowsOf), share);
      const ordered = chain(fine).map((place) => fine[place] as Float32Array);
      cells[at] = { first: centres.length, centres: ordered };
      centres.push(...ordered);
    }
    return { centres, assigned: this.#assign(coarse, cells) };
  }

  /** The rows of each centre, by nearest. */
  #membersOf(rows: Uint32Array, centres: readonly Float32Array[]): number[][] {
    const members: number[][] = centres.map(() => []);
    const vectors = centres.map(toBytes);
    for (let from = 0; from < rows.length; from += BATCH) {
      const batch = rows.subarray(from, from + BATCH);
      this.codes.gather(batch, this.#matrix.codes);
      const best = new Float64Array(batch.length).fill(Number.NEGATIVE_INFINITY);
      const nearest = new Uint32Array(batch.length);
      vectors.forEach(({ bytes, scale, shift }, centre) => {
        const sums = this.#matrix.compare(bytes, batch.length);
        for (let i = 0; i < batch.length; i++) {
          const score = ((sums[i] as number) - shift) * scale;
          if (score <= (best[i] as number)) continue;
          best[i] = score;
          nearest[i] = centre;
        }
      });
      nearest.forEach((centre, i) => (members[centre] as number[]).push(batch[i] as number));
    }
    return members;
  }

  /** `count` centres of the rows, by some rounds of k-means. */
  #train(rows: Uint32Array, count: number): Float32Array[] {
    let centres = Array.from(pick(rows.length, count, this.#random), (at) =>
      unit(this.codes.sum([rows[at] as number])),
    );
    if (count === 1) return [unit(this.codes.sum(rows))];
    for (let round = 0; round < ROUNDS; round++) {
      const members = this.#membersOf(rows, centres);
      centres = centres.map((old, at) => {
        const own = members[at] as number[];
        return own.length === 0 ? old : unit(this.codes.sum(own));
      });
    }
    return centres;
  }

  /** Every row's nearest fine centres. */
  #assign(
    coarse: readonly Float32Array[],
    cells: readonly { first: number; centres: readonly Float32Array[] }[],
  ): Uint32Array {
    const { codes } = this;
    const assigned = new Uint32Array(codes.rows * SPILL);
    const coarseVectors = coarse.map(toBytes);
    const cellVectors = cells.map(({ first, centres }) => ({ first, vectors: centres.map(toBytes) }));
    for (let from = 0; from < codes.rows; from += BATCH) {
      const rows = Uint32Array.from({ length: Math.min(BATCH, codes.rows - from) }, (_, i) => from + i);
      const nearest = new Nearest(rows.length);
      this.#searchedCells(rows, coarseVectors).forEach((ofCell, at) => {
        const cell = cellVectors[at] as (typeof cellVectors)[number];
        codes.gather(
          ofCell.map((place) => rows[place] as number),
          this.#matrix.codes,
        );
        cell.vectors.forEach(({ bytes, scale, shift }, i) => {
          const sums = this.#matrix.compare(bytes, ofCell.length);
          for (let k = 0; k < ofCell.length; k++)
            nearest.offer(ofCell[k] as number, cell.first + i, ((sums[k] as number) - shift) * scale);
        });
      });
      assigned.set(nearest.centres, from * SPILL);
    }
    return assigned;
  }

  /** Of each coarse centre: the places of the rows that look into its cell. */
  #searchedCells(rows: Uint32Array, coarse: readonly ReturnType<typeof toBytes>[]): number[][] {
    this.codes.gather(rows, this.#matrix.codes);
    const searched = Math.min(SEARCHED, coarse.length);
    // of each row the best so far, best first
    const scores = new Float64Array(rows.length * searched).fill(Number.NEGATIVE_INFINITY);
    const centres = new Uint32Array(rows.length * searched);
    coarse.forEach(({ bytes, scale, shift }, centre) => {
      const sums = this.#matrix.compare(bytes, rows.length);
      for (let place = 0; place < rows.length; place++) {
        const score = ((sums[place] as number) - shift) * scale;
        const first = place * searched;
        let at = first + searched - 1;
        if (score <= (scores[at] as number)) continue;
        for (; at > first && score > (scores[at - 1] as number); at--) {
          scores[at] = scores[at - 1] as number;
          centres[at] = centres[at - 1] as number;
        }
        scores[at] = score;
        centres[at] = centre;
      }
    });
    const cells: number[][] = coarse.map(() => []);
    for (let i = 0; i < centres.length; i++) (cells[centres[i] as number] as number[]).push(Math.floor(i / searched));
    return cells;
  }
}

/** The two best centres of each of some rows. */
class Nearest {
  readonly centres: Uint32Array;
  readonly #scores: Float64Array;

  constructor(rows: number) {
    this.centres = new Uint32Array(rows * SPILL);
    this.#scores = new Float64Array(rows * SPILL).fill(Number.NEGATIVE_INFINITY);
  }

  offer(row: number, centre: number, score: number): void {
    const [first, second] = [row * SPILL, row * SPILL + 1];
    if (score > (this.#scores[first] as number)) {
      const known = this.#scores[first] !== Number.NEGATIVE_INFINITY;
      this.centres[second] = known ? (this.centres[first] as number) : centre;
      this.#scores[second] = this.#scores[first] as number;
      this.centres[first] = centre;
      this.#scores[first] = score;
    } else if (score > (this.#scores[second] as number)) {
      this.centres[second] = centre;
      this.#scores[second] = score;
    }
  }
}

function unit(vector: Float64Array): Float32Array {
  let squares = 1e-9;
  for (let k = 0; k < vector.length; k++) squares += (vector[k] as number) ** 2;
  const length = Math.sqrt(squares);
  const out = new Float32Array(vector.length);
  for (let k = 0; k < vector.length; k++) out[k] = (vector[k] as number) / length;
  return out;
}

/** An order of the centres in which each next one is the one most like the one before. */
function chain(centres: readonly Float32Array[]): number[] {
  const left = new Set(centres.keys());
  const order: number[] = [];
  for (let at = 0; left.size > 0;) {
    order.push(at);
    left.delete(at);
    let best = Number.NEGATIVE_INFINITY;
    const from = centres[at] as Float32Array;
    for (const other of left) {
      const product = dot(from, centres[other] as Float32Array);
      if (product > best) [best, at] = [product, other];
    }
  }
  return order;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] as number) * (b[k] as number);
  return sum;
}

/** `count` different numbers below `from`. */
function pick(from: number, count: number, random: () => number): Uint32Array {
  const all = Uint32Array.from({ length: from }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random() * (from - i));
    [all[i], all[j]] = [all[j] as number, all[i] as number];
  }
  return all.slice(0, count);
}

/** Mulberry32: 0 to below 1. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
