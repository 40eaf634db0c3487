/** Float vectors to the two columns that are stored: half precision for exact scores, sign bits for scanning. */

export interface VectorColumns {
  readonly vector: Uint16Array;
  readonly code: Uint8Array;
}

/** @param vectors rows of `dim` floats; `dim` is a multiple of 8 */
export function vectorColumns(vectors: Float32Array, dim: number): VectorColumns {
  const vector = new Uint16Array(new Float16Array(vectors).buffer);
  const code = new Uint8Array((vectors.length / dim) * (dim / 8));
  // signs of what is stored, not of what was computed: a tiny negative rounds to -0, which is >= 0
  for (let at = 0; at < vector.length; at++) {
    const half = vector[at] as number;
    if (half <= 0x8000) code[at >> 3] = (code[at >> 3] as number) | (1 << (at & 7));
  }
  return { vector, code };
}
