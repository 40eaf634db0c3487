/**
 * The built-in embedding model, in plain TypeScript for CLI and Worker alike. A vector is the normalised sum over the
 * distinct pieces t of a text of `position(t) * sqrt(count(t)) * scale(t) * table(t)`. Only exactly rounded operations
 * are used, so that every engine gives the same bits.
 */
import { RepobaseError } from "../protocol/errors.ts";
import type { Embedder } from "./embedder.ts";
import type { PieceTable, WeighedPieces } from "./piece-table.ts";
import { LineCursor, PositionWeights } from "./position-weights.ts";
import type { StaticModelConfig } from "./position-weights.ts";
import { wordEnd, WordPieces } from "./word-pieces.ts";

export const STATIC_MODEL = "repobase-static-16k";
/** As of every model: its name and a hash of its files (lab/training/README.md), so that vectors of other weights are never compared with its own. */
export const STATIC_MODEL_ID = `${STATIC_MODEL}-3339df3b0fb2`;

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

export class StaticEmbedder implements Embedder {
  readonly id = STATIC_MODEL_ID;
  readonly dim: number;
  private readonly pieces: WordPieces;
  private readonly position: PositionWeights;
  private readonly counts: Uint16Array;
  private readonly firstWeights: Float32Array;

  /** @throws RepobaseError `unsupported_format` when the files do not fit together */
  constructor(private readonly model: StaticModelFiles) {
    const { vocab, dim } = model.config;
    this.dim = dim;
    this.pieces = new WordPieces(model.vocabulary);
    this.position = new PositionWeights(model.config);
    if (this.pieces.size !== vocab || model.scale.length !== vocab || (model.table.count ?? vocab) !== vocab)
      throw new RepobaseError("unsupported_format", "the static model's files do not fit together");
    this.counts = new Uint16Array(vocab);
    this.firstWeights = new Float32Array(vocab);
  }

  async embedDocuments(texts: readonly string[]): Promise<Float32Array> {
    const out = new Float32Array(texts.length * this.dim);
    for (const [at, text] of texts.entries()) {
      const { ids, weights } = this.weighDocument(text);
      // a table in memory answers at once: waiting for each of thousands of texts would take longer than embedding them
      const sum =
        this.model.table.sum?.({ ids, weights }) ?? sumOf(await this.model.table.rows(ids), weights, this.dim);
      normalizeInto(out.subarray(at * this.dim, (at + 1) * this.dim), sum);
    }
    return out;
  }

  async embedQuery(text: string): Promise<Float32Array> {
    const { ids, weights } = this.weighQuery(text);
    const out = new Float32Array(this.dim);
    normalizeInto(out, sumOf(await this.model.table.rows(ids), weights, this.dim));
    return out;
  }

  /** Distinct pieces in order of appearance and the factor of each one's table row. */
  weighDocument(text: string): WeighedPieces {
    const lines = new LineCursor(text);
    return this.weigh(text, this.model.config.max_tokens_doc, (start) => {
      const kind = lines.advance(start);
      return this.position.ofLine(lines.line, kind);
    });
  }

  /** The same of a query. */
  weighQuery(text: string): WeighedPieces {
    return this.weigh(text, this.model.config.max_tokens_query, (_, token) => this.position.ofQueryToken(token));
  }

  /** @param weightAt how a piece counts that stands in the word at an offset, and its number among all pieces of the text; asked with growing ones */
  private weigh(text: string, limit: number, weightAt: (start: number, token: number) => number): WeighedPieces {
    const { counts, firstWeights } = this;
    const ids: number[] = [];
    let tokens = 0;
    for (let at = 0; at < text.length && tokens < limit;) {
      const end = wordEnd(text, at);
      if (end === at) {
        at++;
        continue;
      }
      const pieces = this.pieces.ofWord(text, at, end);
      for (let i = 0; i < pieces.length; i++) {
        const id = pieces[i] as number;
        const count = counts[id] as number;
        // only where a piece stands first counts
        if (count === 0) {
          ids.push(id);
          firstWeights[id] = weightAt(at, tokens);
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
}

function sumOf(rows: readonly Int8Array[], weights: readonly number[], dim: number): Float64Array {
  const sum = new Float64Array(dim);
  rows.forEach((row, i) => {
    const weight = weights[i] as number;
    for (let d = 0; d < dim; d++) sum[d] = (sum[d] as number) + weight * (row[d] as number);
  });
  return sum;
}

/** The sum at unit length. A text without pieces gives zeros. */
function normalizeInto(out: Float32Array, sum: Float64Array): void {
  let squares = 1e-12;
  for (let d = 0; d < sum.length; d++) squares += (sum[d] as number) * (sum[d] as number);
  const factor = 1 / Math.sqrt(squares);
  for (let d = 0; d < sum.length; d++) out[d] = (sum[d] as number) * factor;
}
