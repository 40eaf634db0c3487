/**
 * Semantic candidates without an index: every row's 48-byte binary code is scored with the float query (the sum of +-q[k] by
 * sign), through one table look-up for each code byte; the best are then scored exactly from their half-precision vectors.
 */
import { RepobaseError } from "../protocol/errors.ts";

/** Bit k of byte k>>3, lowest first, set: component k is >= 0. */
export type BinaryCodes = { readonly rows: number; readonly width: number; readonly data: Uint8Array };

/** For each code byte, what each of its 256 values adds to the score. */
export function codeScoreTable(query: Float32Array): Float64Array {
  const width = Math.ceil(query.length / 8);
  const table = new Float64Array(width * 256);
  for (let byte = 0; byte < width; byte++) {
    for (let value = 0; value < 256; value++) {
      let sum = 0;
      for (let bit = 0; bit < 8; bit++) {
        const component = query[byte * 8 + bit] ?? 0;
        sum += (value >> bit) & 1 ? component : -component;
      }
      table[byte * 256 + value] = sum;
    }
  }
  return table;
}

/** Calls `push(row, score)` for the rows with `allowed[row] = 1` that score above `threshold()`, in row order. */
export function scanBinaryCodes(args: {
  codes: BinaryCodes;
  table: Float64Array;
  allowed: Uint8Array;
  threshold: () => number;
  push: (row: number, score: number) => void;
}): void {
  const { codes, table, allowed, threshold, push } = args;
  const { width, data } = codes;
  if (width * 256 !== table.length || data.length < allowed.length * width)
    throw new RepobaseError("corrupt_index", `binary codes of ${width} bytes do not fit ${table.length / 256}`);
  let above = threshold();
  for (let row = 0; row < allowed.length; row++) {
    if (allowed[row] !== 1) continue;
    let score = 0;
    const start = row * width;
    for (let byte = 0; byte < width; byte++) score += table[(byte << 8) | (data[start + byte] as number)] as number;
    if (score > above) {
      push(row, score);
      above = threshold();
    }
  }
}

/**
 * Cosine of the query with each of `vectors` (row after row). Half precision leaves stored vectors a little off unit
 * length, so their length is divided out. A zero vector has cosine 0.
 */
export function cosines(query: Float32Array, vectors: Float32Array): number[] {
  const dim = query.length;
  const ofQuery = length(query);
  return Array.from({ length: Math.floor(vectors.length / dim) }, (_, row) => {
    let dot = 0;
    let squares = 0;
    for (let k = 0, at = row * dim; k < dim; k++, at++) {
      const x = vectors[at] as number;
      dot += x * (query[k] as number);
      squares += x * x;
    }
    const lengths = Math.sqrt(squares) * ofQuery;
    return lengths > 0 ? dot / lengths : 0;
  });
}

function length(vector: Float32Array): number {
  let squares = 0;
  for (const x of vector) squares += x * x;
  return Math.sqrt(squares);
}
