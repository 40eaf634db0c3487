/** The vector codes of a pack's rows while it is made, in pieces, so that nothing is copied as they grow: 196 bytes a row. */
import { codeBytes } from "../../pack/vector-code.ts";

const PIECE_ROWS = 4096;

export class VectorCodes {
  readonly width: number;
  rows = 0;
  readonly #codes: Uint8Array[] = [];
  readonly #factors: Float32Array[] = [];

  constructor(readonly dim: number) {
    this.width = codeBytes(dim);
  }

  /** Room for one more row's code, to be written at once. */
  next(): Uint8Array {
    const at = this.rows++ % PIECE_ROWS;
    if (at === 0) {
      this.#codes.push(new Uint8Array(PIECE_ROWS * this.width));
      this.#factors.push(new Float32Array(PIECE_ROWS));
    }
    return this.code(this.rows - 1);
  }

  code(row: number): Uint8Array {
    const from = (row % PIECE_ROWS) * this.width;
    return (this.#codes[Math.floor(row / PIECE_ROWS)] as Uint8Array).subarray(from, from + this.width);
  }

  factor(row: number): number {
    return (this.#factors[Math.floor(row / PIECE_ROWS)] as Float32Array)[row % PIECE_ROWS] as number;
  }

  setFactor(row: number, factor: number): void {
    (this.#factors[Math.floor(row / PIECE_ROWS)] as Float32Array)[row % PIECE_ROWS] = factor;
  }

  /** The codes of some rows, one after the other. */
  gather(rows: Iterable<number>, into: Uint8Array): void {
    let at = 0;
    for (const row of rows) {
      into.set(this.code(row), at);
      at += this.width;
    }
  }

  /** Adds the rows' vectors, each of unit length, up. */
  sum(rows: Iterable<number>): Float64Array {
    const sums = new Float64Array(2 * this.width);
    let factors = 0;
    for (const row of rows) {
      const factor = this.factor(row);
      const code = this.code(row);
      factors += factor;
      for (let byte = 0; byte < code.length; byte++) {
        const both = code[byte] as number;
        const low = (byte >> 4) * 32 + (byte & 15);
        sums[low] = (sums[low] as number) + (both & 15) * factor;
        sums[low + 16] = (sums[low + 16] as number) + (both >> 4) * factor;
      }
    }
    const shift = 7.5 * factors;
    return sums.map((sum) => sum - shift).subarray(0, this.dim);
  }
}
