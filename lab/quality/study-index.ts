/** A tree's chunks in memory, with BM25 over head and body apart, and cosines: any weight between them costs only a pass over postings. */
import type { Chunk } from "../../src/chunk/chunk.ts";
import { DEPTH, type RankedFile } from "./metrics.ts";
import type { StudyTerms } from "./study-terms.ts";

export interface StudyChunk extends Chunk {
  readonly path: string;
}

interface Posting {
  readonly rows: number[];
  readonly head: number[];
  readonly body: number[];
}

const K1 = 1.2;
const B = 0.75;

export class StudyIndex {
  private readonly postings = new Map<string, Posting>();
  private readonly headLength: Float64Array;
  private readonly bodyLength: Float64Array;

  constructor(
    readonly chunks: readonly StudyChunk[],
    private readonly terms: StudyTerms,
  ) {
    this.headLength = new Float64Array(chunks.length);
    this.bodyLength = new Float64Array(chunks.length);
    chunks.forEach(({ path, symbol, contents }, row) => {
      const head = terms.row(symbol === null ? path : `${path} ${symbol}`);
      const body = terms.row(contents);
      this.headLength[row] = head.length;
      this.bodyLength[row] = body.length;
      this.post(head, row, "head");
      this.post(body, row, "body");
    });
  }

  /** BM25 of every chunk, the head's terms counted `headWeight` times. */
  bm25(query: string, headWeight: number): Float64Array {
    const scores = new Float64Array(this.chunks.length);
    const length = (row: number) => headWeight * (this.headLength[row] as number) + (this.bodyLength[row] as number);
    const average = this.chunks.reduce((sum, _, row) => sum + length(row), 0) / this.chunks.length;
    for (const term of this.terms.query(query)) {
      const posting = this.postings.get(term);
      if (posting === undefined) continue;
      const n = posting.rows.length;
      const idf = Math.log(1 + (this.chunks.length - n + 0.5) / (n + 0.5));
      posting.rows.forEach((row, i) => {
        const frequency = headWeight * (posting.head[i] as number) + (posting.body[i] as number);
        const norm = K1 * (1 - B + (B * length(row)) / average);
        scores[row] = (scores[row] as number) + (idf * (K1 + 1) * frequency) / (frequency + norm);
      });
    }
    return scores;
  }

  /** Files by their best chunk. */
  rank(scores: Float64Array): RankedFile[] {
    const byFile = new Map<string, { row: number; score: number }[]>();
    this.chunks.forEach(({ path }, row) => {
      const score = scores[row] as number;
      if (score <= 0) return;
      const of = byFile.get(path);
      if (of === undefined) byFile.set(path, [{ row, score }]);
      else of.push({ row, score });
    });
    const best = (rows: readonly { score: number }[]) => rows.reduce((max, { score }) => Math.max(max, score), 0);
    const files = Array.from(byFile, ([path, rows]) => ({ path, rows, score: best(rows) })).sort(
      (a, b) => b.score - a.score || (a.path < b.path ? -1 : 1),
    );
    return files.slice(0, DEPTH).map(({ path, rows }) => ({
      path,
      chunks: rows
        .sort((a, b) => b.score - a.score)
        .slice(0, DEPTH)
        .flatMap(({ row }) => this.chunks[row] ?? []),
    }));
  }

  private post(terms: readonly string[], row: number, field: "head" | "body"): void {
    for (const term of terms) {
      let posting = this.postings.get(term);
      if (posting === undefined) this.postings.set(term, (posting = { rows: [], head: [], body: [] }));
      if (posting.rows.at(-1) !== row) {
        posting.rows.push(row);
        posting.head.push(0);
        posting.body.push(0);
      }
      const last = posting.rows.length - 1;
      posting[field][last] = (posting[field][last] as number) + 1;
    }
  }
}

/** Cosine of `query` with each unit-length row. */
export function cosines(query: Float32Array, vectors: Float32Array): Float64Array {
  const dim = query.length;
  const out = new Float64Array(vectors.length / dim);
  for (let row = 0, at = 0; row < out.length; row++) {
    let dot = 0;
    for (let k = 0; k < dim; k++, at++) dot += (query[k] as number) * (vectors[at] as number);
    out[row] = dot;
  }
  return out;
}
