/**
 * BM25 in 32-bit floats, rounded after every operation, so that a table searched alone and whole gives native LanceDB's
 * scores bit for bit: `score = sum over terms of idf * (K1+1) f / (f + K1 (1 - B + B length / average length))`.
 *
 * Statistics, as native keeps them for one table: rows the index covers are scored with the index's own numbers (deleted
 * rows included); rows it does not cover with those plus the live uncovered rows. Over several tables both are summed over
 * all of them, so that one score scale holds for every repository and a word's rarity is its rarity in all that is searched.
 * What a commit sees or a filter admits never changes a score.
 */
import type { Postings } from "../lance/fts-index.ts";
import { fragmentOf, offsetOf, rowAddress } from "../lance/table.ts";
import type { Candidate, RowSelection } from "./index-view.ts";
import { TopCandidates } from "./top-candidates.ts";
import type { UnindexedRows } from "./unindexed-terms.ts";

/** What the query terms, in one order for all, meet in one view. */
export interface KeywordEvidence {
  readonly indexDocuments: number;
  readonly indexTokens: number;
  /** Of each term; undefined: not in the index. */
  readonly postings: readonly (Postings | undefined)[];
  readonly unindexed: readonly { readonly fragment: number; readonly rows: UnindexedRows }[];
  readonly selection: RowSelection;
}

const f32 = Math.fround;
const K1 = f32(1.2);
const B = f32(0.75);
const K1_PLUS_1 = f32(K1 + 1);
const ONE_MINUS_B = f32(1 - B);

/** The scores of all rows that have any term. */
export class Bm25Scores {
  constructor(
    private readonly evidence: readonly KeywordEvidence[],
    /** Of each view: fragment id -> scores by row. */
    private readonly scores: readonly ReadonlyMap<number, Float32Array>[],
    /** Inverse document frequency of each term, over all rows. */
    readonly idf: readonly number[],
  ) {}

  /** 0: the row has no term. */
  of(view: number, address: number): number {
    return this.scores[view]?.get(fragmentOf(address))?.[offsetOf(address)] ?? 0;
  }

  /** The best `capacity` rows over all views, best first; of equal scores the lower view and address first. */
  best(capacity: number): Candidate[] {
    const top = new TopCandidates(capacity);
    this.evidence.forEach(({ selection }, view) => {
      for (const fragment of selection.keys()) {
        this.scores[view]?.get(fragment)?.forEach((score, row) => {
          if (score > top.threshold && score > 0) top.push(view, rowAddress(fragment, row), score);
        });
      }
    });
    return top.sorted();
  }
}

/** @param evidence of each view */
export function scoreByBm25(evidence: readonly KeywordEvidence[]): Bm25Scores {
  const covered = sumStatistics(evidence, false);
  const all = sumStatistics(evidence, true);
  const scores = evidence.map((ofView) => {
    const ofFragments = new Map<number, Float32Array>();
    scoreCovered(ofView, covered, ofFragments);
    scoreUncovered(ofView, all, ofFragments);
    return ofFragments;
  });
  return new Bm25Scores(evidence, scores, all.idf);
}

interface Statistics {
  readonly averageLength: number;
  /** Of each term. */
  readonly idf: readonly number[];
}

function sumStatistics(evidence: readonly KeywordEvidence[], withUncovered: boolean): Statistics {
  let documents = 0;
  let tokens = 0;
  const frequencies = Array.from(evidence[0]?.postings ?? [], () => 0);
  for (const { indexDocuments, indexTokens, postings, unindexed } of evidence) {
    documents += indexDocuments;
    tokens += indexTokens;
    const rest = withUncovered ? unindexed.map(({ rows }) => rows) : [];
    for (const rows of rest) {
      documents += rows.documents;
      tokens += rows.tokens;
    }
    for (const term of frequencies.keys()) {
      const uncovered = rest.reduce((sum, rows) => sum + (rows.documentFrequencies[term] ?? 0), 0);
      frequencies[term] = (frequencies[term] ?? 0) + (postings[term]?.documentFrequency ?? 0) + uncovered;
    }
  }
  const idf = frequencies.map((n) => {
    const odds = f32(f32(f32(f32(documents) - f32(n)) + 0.5) / f32(f32(n) + 0.5));
    return f32(Math.log(f32(odds + 1)));
  });
  return { averageLength: f32(f32(tokens) / f32(documents)), idf };
}

/** What one occurrence count adds, before idf. */
function termWeight(frequency: number, length: number, averageLength: number): number {
  const norm = f32(K1 * f32(ONE_MINUS_B + f32(f32(B * length) / averageLength)));
  return f32(f32(K1_PLUS_1 * frequency) / f32(frequency + norm));
}

function scoreCovered(
  evidence: KeywordEvidence,
  { averageLength, idf }: Statistics,
  scores: Map<number, Float32Array>,
): void {
  evidence.postings.forEach((postings, term) => {
    if (postings === undefined) return;
    const { addresses, frequencies, documentLengths } = postings;
    let fragment = -1;
    let allowed: Uint8Array | undefined;
    let ofFragment: Float32Array | undefined;
    for (let i = 0; i < addresses.length; i++) {
      const address = addresses[i] as number;
      const row = offsetOf(address);
      if (fragmentOf(address) !== fragment) {
        fragment = fragmentOf(address);
        allowed = evidence.selection.get(fragment)?.allowed; // undefined: a fragment the table no longer has
        ofFragment = allowed === undefined ? undefined : scoresOf(scores, fragment, allowed.length);
      }
      if (allowed?.[row] !== 1 || ofFragment === undefined) continue;
      const weight = termWeight(frequencies[i] as number, documentLengths[i] as number, averageLength);
      ofFragment[row] = f32((ofFragment[row] as number) + f32((idf[term] as number) * weight));
    }
  });
}

function scoreUncovered(
  evidence: KeywordEvidence,
  { averageLength, idf }: Statistics,
  scores: Map<number, Float32Array>,
): void {
  for (const { fragment, rows } of evidence.unindexed) {
    const allowed = evidence.selection.get(fragment)?.allowed;
    if (allowed === undefined) continue;
    const ofFragment = scoresOf(scores, fragment, allowed.length);
    for (const { row, length, counts } of rows.matches) {
      if (allowed[row] !== 1) continue;
      let score = 0;
      counts.forEach((count, term) => {
        if (count > 0) score = f32(score + f32((idf[term] as number) * termWeight(count, length, averageLength)));
      });
      ofFragment[row] = score;
    }
  }
}

function scoresOf(scores: Map<number, Float32Array>, fragment: number, rows: number): Float32Array {
  const known = scores.get(fragment) ?? new Float32Array(rows);
  scores.set(fragment, known);
  return known;
}
