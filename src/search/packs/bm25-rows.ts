/**
 * BM25 over the rows of packs, in 32-bit floats, rounded after every operation as native LanceDB does:
 * `score = sum over terms of idf * (K1+1) f / (f + K1 (1 - B + B length / average length))`. Rows, lengths and document frequencies
 * are those of the rows that the commits see, over everything that is searched; a filter never changes a score.
 */
import type { PackPostings } from "../../pack/postings.ts";
import type { SearchedPack } from "./searched-pack.ts";

const f32 = Math.fround;
const K1 = f32(1.2);
const B = f32(0.75);
const K1_PLUS_1 = f32(K1 + 1);
const ONE_MINUS_B = f32(1 - B);

/** Of each pack, of each term: where it stands; undefined: nowhere. */
export type TermEvidence = readonly (readonly (PackPostings | undefined)[])[];

export interface PackRow {
  /** Place in the list of packs. */
  readonly pack: number;
  readonly doc: number;
  readonly score: number;
}

export interface TermScores {
  /** Inverse document frequency of each term. */
  readonly idf: readonly number[];
  /** The best rows that may be returned, best first. */
  readonly best: readonly PackRow[];
  /** Of any row. */
  readonly of: (pack: number, doc: number) => number;
}

/** Scores by document while one pack is scored, zero otherwise; shared by all searches, because nothing waits in between. */
let scratch = new Float32Array(0);
/** `K1 (1 - B + B length / average)` by length; zero: not made yet. */
const norms = new Float32Array(65_536);

/** @param capacity of `best` */
export function scoreTerms(packs: readonly SearchedPack[], evidence: TermEvidence, capacity: number): TermScores {
  const documents = packs.reduce((sum, { seen }) => sum + seen.rows, 0);
  const tokens = packs.reduce((sum, { seen }) => sum + seen.tokens, 0);
  const average = f32(f32(tokens) / f32(documents));
  const idf = (evidence[0] ?? []).map((_, term) => {
    const n = packs.reduce((sum, { seen }, at) => sum + countSeen(evidence[at]?.[term], seen.mask), 0);
    const odds = f32(f32(f32(f32(documents) - f32(n)) + 0.5) / f32(f32(n) + 0.5));
    return f32(Math.log(f32(odds + 1)));
  });
  norms.fill(0);
  const best = packs.flatMap((pack, at) => scorePack(pack, evidence[at] ?? [], { at, idf, average, capacity }));
  return {
    idf,
    best: bestRows(best, packs, capacity),
    of: (pack, doc) => scoreOf(packs[pack] as SearchedPack, evidence[pack] ?? [], { doc, idf, average }),
  };
}

function countSeen(postings: PackPostings | undefined, mask: Uint8Array | null): number {
  if (postings === undefined) return 0;
  const { docs } = postings;
  if (mask === null) return docs.length;
  let count = 0;
  for (let i = 0; i < docs.length; i++) count += mask[docs[i] as number] as number;
  return count;
}

/** The best of one pack, and all that tie with the last of them. */
function scorePack(
  { pack, allowed }: SearchedPack,
  postings: readonly (PackPostings | undefined)[],
  of: { at: number; idf: readonly number[]; average: number; capacity: number },
): PackRow[] {
  const lengths = pack.tables?.lengths as Uint16Array;
  if (scratch.length < pack.rows) scratch = new Float32Array(pack.rows);
  const scores = scratch;
  const touched: number[] = [];
  const { mask } = allowed;
  postings.forEach((list, term) => {
    if (list === undefined) return;
    const { docs, counts } = list;
    const weight = of.idf[term] as number;
    for (let i = 0; i < docs.length; i++) {
      const doc = docs[i] as number;
      if (mask !== null && mask[doc] === 0) continue;
      const before = scores[doc] as number;
      if (before === 0) touched.push(doc);
      const norm = normOf(lengths[doc] as number, of.average);
      const count = counts[i] as number;
      scores[doc] = f32(before + f32(weight * f32(f32(K1_PLUS_1 * count) / f32(count + norm))));
    }
  });
  const least = leastOfBest(touched, scores, of.capacity);
  const rows: PackRow[] = [];
  for (let i = 0; i < touched.length; i++) {
    const doc = touched[i] as number;
    const score = scores[doc] as number;
    if (score >= least) rows.push({ pack: of.at, doc, score });
    scores[doc] = 0;
  }
  return rows;
}

/** What the last of the best `capacity` has. */
function leastOfBest(docs: readonly number[], scores: Float32Array, capacity: number): number {
  if (docs.length <= capacity) return Number.NEGATIVE_INFINITY;
  let kept: number[] = [];
  let least = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < docs.length; i++) {
    const score = scores[docs[i] as number] as number;
    if (score <= least) continue;
    kept.push(score);
    if (kept.length < 4 * capacity) continue;
    kept = kept.sort(descending).slice(0, capacity);
    least = kept[capacity - 1] as number;
  }
  return kept.sort(descending)[capacity - 1] ?? least;
}

const descending = (a: number, b: number) => b - a;

function normOf(length: number, average: number): number {
  const known = norms[length] as number;
  if (known !== 0) return known;
  return (norms[length] = f32(K1 * f32(ONE_MINUS_B + f32(f32(B * length) / average))));
}

/** The same of one row, from the postings that are there. */
function scoreOf(
  { pack }: SearchedPack,
  postings: readonly (PackPostings | undefined)[],
  of: { doc: number; idf: readonly number[]; average: number },
): number {
  const length = pack.tables?.lengths[of.doc] as number;
  const norm = f32(K1 * f32(ONE_MINUS_B + f32(f32(B * length) / of.average)));
  let score = 0;
  postings.forEach((list, term) => {
    const at = list === undefined ? -1 : placeOfDoc(list.docs, of.doc);
    if (list === undefined || at < 0) return;
    const count = list.counts[at] as number;
    score = f32(score + f32((of.idf[term] as number) * f32(f32(K1_PLUS_1 * count) / f32(count + norm))));
  });
  return score;
}

/** Where a document stands in ascending ones; -1: nowhere. */
export function placeOfDoc(docs: Uint32Array, doc: number): number {
  let [low, high] = [0, docs.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((docs[middle] as number) < doc) low = middle + 1;
    else high = middle;
  }
  return docs[low] === doc ? low : -1;
}

/**
 * The best `capacity`, best first; of equal scores the lower view, path and document. Never the lower address: where rows lie in a
 * table says how it came to be, and a search must not depend on that.
 */
export function bestRows(rows: readonly PackRow[], packs: readonly SearchedPack[], capacity: number): PackRow[] {
  const least =
    rows.length <= capacity ? Number.NEGATIVE_INFINITY : rows.map(({ score }) => score).sort(descending)[capacity - 1];
  return rows
    .filter(({ score }) => score >= (least as number))
    .map((row) => {
      const { pack, view } = packs[row.pack] as SearchedPack;
      return { row, view, path: pack.pathOf(pack.fileOf(row.doc)) };
    })
    .sort(
      (a, b) =>
        b.row.score - a.row.score ||
        a.view - b.view ||
        (a.path < b.path ? -1 : a.path > b.path ? 1 : a.row.pack - b.row.pack || a.row.doc - b.row.doc),
    )
    .slice(0, capacity)
    .map(({ row }) => row);
}
