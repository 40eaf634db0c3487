/** The vector codes of a pack's rows while it is made, in pieces, so that nothing is copied as they grow: 196 bytes a row. */
import { codeBytes } from "../../pack/vector-code.ts";

const PIECE_ROWS = 4096;

export class VectorCodes {
  readonly width: number;
  rows = 0;
  readonly #codes: Uint8Array<ArrayBuffer>[] = [];
  /** The same as words of four bytes. */
  readonly #words: Uint32Array[] = [];
  readonly #factors: Float32Array[] = [];

  constructor(readonly dim: number) {
    this.width = codeBytes(dim);
  }

  /** Room for one more row's code, to be written at once. */
  next(): Uint8Array {
    const at = this.rows++ % PIECE_ROWS;
    if (at === 0) {
      const codes = new Uint8Array(PIECE_ROWS * this.width);
      this.#codes.push(codes);
      this.#words.push(new Uint32Array(codes.buffer));
      this.#factors.push(new Float32Array(PIECE_ROWS));
    }
    return (this.#codes.at(-1) as Uint8Array).subarray(at * this.width, (at + 1) * this.width);
  }

  factor(row: number): number {
    return (this.#factors[Math.floor(row / PIECE_ROWS)] as Float32Array)[row % PIECE_ROWS] as number;
  }

  setFactor(row: number, factor: number): void {
    (this.#factors[Math.floor(row / PIECE_ROWS)] as Float32Array)[row % PIECE_ROWS] = factor;
  }

  /** The codes of some rows, one after the other, as words of four bytes. */
  gather(rows: ArrayLike<number>, into: Uint32Array): void {
    const words = this.width / 4;
    for (let i = 0, to = 0; i < rows.length; i++) {
      const row = rows[i] as number;
      const piece = this.#words[Math.floor(row / PIECE_ROWS)] as Uint32Array;
      for (let from = (row % PIECE_ROWS) * words, end = from + words; from < end;) into[to++] = piece[from++] as number;
    }
  }

  /** Adds the rows' vectors, each of unit length, up. */
  sum(rows: ArrayLike<number>): Float64Array {
    const { width } = this;
    const sums = new Float64Array(2 * width);
    let factors = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number;
      const factor = this.factor(row);
      const piece = this.#codes[Math.floor(row / PIECE_ROWS)] as Uint8Array;
      const from = (row % PIECE_ROWS) * width;
      factors += factor;
      for (let byte = 0; byte < width; byte++) {
        const both = piece[from + byte] as number;
        const low = (byte >> 4) * 32 + (byte & 15);
        sums[low] = (sums[low] as number) + (both & 15) * factor;
        sums[low + 16] = (sums[low + 16] as number) + (both >> 4) * factor;
      }
    }
    const shift = 7.5 * factors;
    for (let k = 0; k < sums.length; k++) sums[k] = (sums[k] as number) - shift;
    return sums.subarray(0, this.dim);
  }
}
