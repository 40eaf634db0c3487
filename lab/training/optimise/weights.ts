/** The numbers that are learned, and the vocabulary's first vectors. In shared memory: all threads read and write the same. */
import { RepobaseError } from "../../../src/protocol/errors.ts";
import { DOCUMENT_BUCKETS, QUERY_BUCKETS } from "../encode.ts";
import { hash32, type Random, seededRandom } from "../random.ts";
import type { TrainSettings } from "../settings.ts";

/** First the buckets of queries, then those of documents; each the logarithm of a factor. */
export const POSITIONS = QUERY_BUCKETS + DOCUMENT_BUCKETS;

export interface Weights {
  readonly dim: number;
  /** One vector a piece, row after row. */
  readonly table: Float32Array;
  /** Logarithm of a factor, one a piece. */
  readonly tokens: Float32Array;
  readonly positions: Float32Array;
}

export const sharedFloats = (length: number): Float32Array<SharedArrayBuffer> =>
  new Float32Array(new SharedArrayBuffer(length * 4));

export function copyWeights({ dim, table, tokens, positions }: Weights): Weights {
  const copy = (from: Float32Array) => {
    const to = sharedFloats(from.length);
    to.set(from);
    return to;
  };
  return { dim, table: copy(table), tokens: copy(tokens), positions: copy(positions) };
}

/** @param shares of each piece among all pieces of all texts */
export function firstWeights(of: {
  vocabulary: readonly string[];
  shares: Float64Array;
  settings: TrainSettings;
}): Weights {
  const { vocabulary, shares, settings } = of;
  const { dim, initialDeviation, sharedStem, rareness } = settings;
  const random = seededRandom("table", settings.seed);
  const table = sharedFloats(vocabulary.length * dim);
  vocabulary.forEach((piece, id) => {
    const stem = stemOf(piece);
    const common: Random | null = stem === null ? null : seededRandom("stem", hash32(stem));
    const own = common === null ? 1 : Math.sqrt(1 - sharedStem);
    for (let d = 0; d < dim; d++) {
      const shared = common === null ? 0 : Math.sqrt(sharedStem) * common.normal();
      table[id * dim + d] = initialDeviation * (own * random.normal() + shared);
    }
  });
  const tokens = sharedFloats(vocabulary.length);
  shares.forEach((share, id) => (tokens[id] = Math.log(rareness / (rareness + share))));
  return { dim, table, tokens, positions: sharedFloats(POSITIONS) };
}

const SUFFIXES = [
  "ations",
  "ation",
  "ings",
  "ing",
  "ions",
  "ion",
  "ers",
  "er",
  "ies",
  "ied",
  "ed",
  "es",
  "ly",
  "ment",
  "s",
  "e",
  "y",
];

/** Enough to bring `parse`, `parser` and `parsing` together at the start; null for pieces too short to have a stem. */
export function stemOf(piece: string): string | null {
  if (piece.length < 4 || piece.startsWith("#")) return null;
  const suffix = SUFFIXES.find((each) => piece.endsWith(each) && piece.length >= each.length + 3) ?? "";
  const stem = piece.slice(0, piece.length - suffix.length);
  return stem.length > 4 && stem.at(-1) === stem.at(-2) ? stem.slice(0, -1) : stem;
}

/** `dim`, the number of pieces, then the three arrays. */
export function weightsToBytes({ dim, table, tokens, positions }: Weights): Uint8Array {
  const out = new Float32Array(2 + table.length + tokens.length + positions.length);
  out.set([dim, tokens.length]);
  out.set(table, 2);
  out.set(tokens, 2 + table.length);
  out.set(positions, 2 + table.length + tokens.length);
  return new Uint8Array(out.buffer);
}

/** @throws RepobaseError `unsupported_format` */
export function weightsFromBytes(bytes: Uint8Array): Weights {
  const all = new Float32Array(bytes.slice().buffer);
  const [dim = 0, pieces = 0] = all;
  if (all.length !== 2 + pieces * dim + pieces + POSITIONS)
    throw new RepobaseError("unsupported_format", "these bytes are no weights");
  const table = all.subarray(2, 2 + pieces * dim);
  return {
    dim,
    table,
    tokens: all.subarray(2 + table.length, 2 + table.length + pieces),
    positions: all.subarray(2 + table.length + pieces),
  };
}
