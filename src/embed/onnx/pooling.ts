/** One unit-length vector for each text, from one vector for each of its tokens. */

/** What a graph gave for `rows` texts of `width` tokens each: `rows * width * dim` floats. */
export interface TokenVectors {
  readonly data: Float32Array;
  readonly rows: number;
  readonly width: number;
  readonly dim: number;
  /** Tokens of each row that are text, always its first ones. */
  readonly lengths: readonly number[];
}

/** The mean over the tokens of each text, padding left out. `rows * dim` floats. */
export function meanOfTokens({ data, rows, width, dim, lengths }: TokenVectors): Float32Array {
  const out = new Float32Array(rows * dim);
  const sum = new Float64Array(dim);
  for (let row = 0; row < rows; row++) {
    const length = lengths[row] ?? 0;
    sum.fill(0);
    for (let token = 0; token < length; token++) {
      const from = (row * width + token) * dim;
      for (let d = 0; d < dim; d++) sum[d] = (sum[d] as number) + (data[from + d] as number);
    }
    for (let d = 0; d < dim; d++) out[row * dim + d] = (sum[d] as number) / Math.max(1, length);
  }
  return out;
}

/** The vector of each text's first token. `rows * dim` floats. */
export function firstOfTokens({ data, rows, width, dim }: TokenVectors): Float32Array {
  const out = new Float32Array(rows * dim);
  for (let row = 0; row < rows; row++) out.set(data.subarray(row * width * dim, row * width * dim + dim), row * dim);
  return out;
}

/** Brings each row to unit length, in place; a row of zeros stays. @returns false when a value is not finite */
export function normalizeRows(vectors: Float32Array, dim: number): boolean {
  for (let from = 0; from < vectors.length; from += dim) {
    let squares = 0;
    for (let d = from; d < from + dim; d++) squares += (vectors[d] as number) ** 2;
    if (!Number.isFinite(squares)) return false;
    const factor = squares === 0 ? 0 : 1 / Math.sqrt(squares);
    for (let d = from; d < from + dim; d++) vectors[d] = (vectors[d] as number) * factor;
  }
  return true;
}
