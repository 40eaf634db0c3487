/**
 * The built-in embedding model, in plain TypeScript for CLI and Worker alike. A vector is the normalised sum over the
 * distinct pieces t of a text of `position(t) * sqrt(count(t)) * scale(t) * table(t)`. Only exactly rounded operations
 * are used, so that every engine gives the same bits.
 */
import { RepobaseError } from "../protocol/errors.ts";
import type { Embedder } from "./embedder.ts";
import type { PieceTable } from "./piece-table.ts";
import { LineCursor, PositionWeights } from "./position-weights.ts";
import type { StaticModelConfig } from "./position-weights.ts";
import { wordEnd, WordPieces } from "./word-pieces.ts";

export const STATIC_MODEL_ID = "repobase-static-16k";

/** A piece's repeats count up to this. */
const MAX_COUNT = 255;

export interface StaticModelFiles {
  /** `vocab.txt` */
  readonly vocabulary: string;
  /** `model.json`, parsed */
  readonly config: StaticModelConfig;
  /** `scale.f32`: one float for each piece */
  readonly scale: Float32Array;
  /** `table.i8` */
  readonly table: PieceTable;
}

/** What a text is made of, before any row is read: a vector is the sum of `weights[i]` times table row `ids[i]`. */
export interface WeighedPieces {
  /** Distinct, in order of appearance. */
  readonly ids: readonly number[];
  /** The row's scale included. */
  readonly weights: readonly number[];
}

export class StaticEmbedder implements Embedder {
  readonly id = STATIC_MODEL_ID;
  readonly dim: number;
  private readonly pieces: WordPieces;
  private readonly position: PositionWeights;
  private readonly counts: Uint16Array;
  private readonly firstWeights: Float32Array;
  private readonly sum: Float64Array;

  /** @throws RepobaseError `unsupported_format` when the files do not fit together */
  constructor(private readonly model: StaticModelFiles) {
    const { vocab, dim } = model.config;
    this.dim = dim;
    this.pieces = new WordPieces(model.vocabulary);
    this.position = new PositionWeights(model.config);
    if (this.pieces.size !== vocab || model.scale.length !== vocab || (model.table.whole?.length ?? vocab * dim) !== vocab * dim)
      throw new RepobaseError("unsupported_format", "the static model's files do not fit together");
    this.counts = new Uint16Array(vocab);
    this.firstWeights = new Float32Array(vocab);
    this.sum = new Float64Array(dim);
  }

  async embedDocuments(texts: readonly string[]): Promise<Float32Array> {
    const out = new Float32Array(texts.length * this.dim);
    for (const [at, text] of texts.entries()) {
      const weighed = this.weighDocument(text);
      const whole = this.model.table.whole;
      const rows = whole === undefined ? await this.model.table.rows(weighed.ids) : undefined;
      if (rows !== undefined) this.addRows(rows, weighed.weights);
      else if (whole !== undefined) this.addFromWhole(whole, weighed);
      this.normalizeInto(out.subarray(at * this.dim, (at + 1) * this.dim));
    }
    return out;
  }

  async embedQuery(text: string): Promise<Float32Array> {
    const { ids, weights } = this.weighQuery(text);
    const rows = await this.model.table.rows(ids);
    const out = new Float32Array(this.dim);
    this.addRows(rows, weights);
    this.normalizeInto(out);
    return out;
  }

  /** Distinct pieces in order of appearance and the factor of each one's table row. */
  weighDocument(text: string): WeighedPieces {
    const lines = new LineCursor(text);
    return this.weigh(text, this.model.config.max_tokens_doc, (start) => {
      const kind = lines.advance(start);
      return () => this.position.ofLine(lines.line, kind);
    });
  }

  /** The same of a query. */
  weighQuery(text: string): WeighedPieces {
    return this.weigh(text, this.model.config.max_tokens_query, () => (token) => this.position.ofQueryToken(token));
  }

  /** @param weightsAt given a word's offset, how its pieces count by their number among all pieces of the text */
  private weigh(text: string, limit: number, weightsAt: (start: number) => (token: number) => number): WeighedPieces {
    const { counts, firstWeights } = this;
    const ids: number[] = [];
    let tokens = 0;
    for (let at = 0; at < text.length && tokens < limit; ) {
      const end = wordEnd(text, at);
      if (end === at) {
        at++;
        continue;
      }
      const weight = weightsAt(at);
      for (const id of this.pieces.ofWord(text, at, end)) {
        const count = counts[id] ?? 0;
        if (count === 0) {
          ids.push(id);
          firstWeights[id] = weight(tokens);
        }
        counts[id] = count + 1;
        tokens++;
      }
      at = end;
    }
    const weights = ids.map((id) => {
      const count = Math.fround(Math.sqrt(Math.min(counts[id] ?? 0, MAX_COUNT)));
      counts[id] = 0;
      return (firstWeights[id] ?? 0) * count * (this.model.scale[id] ?? 0);
    });
    return { ids, weights };
  }

  private addFromWhole(table: Int8Array, { ids, weights }: WeighedPieces): void {
    const { dim, sum } = this;
    for (let i = 0; i < ids.length; i++) {
      const weight = weights[i] as number;
      const row = (ids[i] as number) * dim;
      for (let d = 0; d < dim; d++) sum[d] = (sum[d] as number) + weight * (table[row + d] as number);
    }
  }

  private addRows(rows: readonly Int8Array[], weights: readonly number[]): void {
    rows.forEach((row, i) => this.addFromWhole(row, { ids: [0], weights: [weights[i] as number] }));
  }

  /** Writes the sum at unit length and clears it. A text without pieces gives zeros. */
  private normalizeInto(out: Float32Array): void {
    const { dim, sum } = this;
    let squares = 1e-12;
    for (let d = 0; d < dim; d++) squares += (sum[d] as number) * (sum[d] as number);
    const factor = 1 / Math.sqrt(squares);
    for (let d = 0; d < dim; d++) out[d] = (sum[d] as number) * factor;
    sum.fill(0);
  }
}
