/**
 * Vector codes in WebAssembly's memory, compared with vectors there: some twenty times as fast as a loop over table look-ups. For who
 * may compile WebAssembly at run time; Cloudflare's Workers may not.
 */
import { COMPARE_CODES_WASM } from "./compare-codes.wasm.ts";
import { codeBytes } from "./vector-code.ts";

const PAGE = 65_536;

/** Its contract is in compare-codes.wat. */
type CompareCodes = (codes: number, rows: number, width: number, vector: number, out: number) => void;

export class CodeMatrix {
  readonly #memory: WebAssembly.Memory;
  readonly #compare: CompareCodes;
  readonly #width: number;
  readonly #codesAt: number;
  readonly #outAt: number;

  /** @param capacity rows at once */
  constructor(
    dim: number,
    readonly capacity: number,
  ) {
    this.#width = codeBytes(dim);
    this.#codesAt = Math.ceil((2 * this.#width) / 16) * 16;
    this.#outAt = this.#codesAt + capacity * this.#width;
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil((this.#outAt + 4 * capacity) / PAGE) });
    this.codes = new Uint32Array(this.#memory.buffer, this.#codesAt, (capacity * this.#width) / 4);
    this.#vector = new Int8Array(this.#memory.buffer, 0, 2 * this.#width);
    this.#sums = new Int32Array(this.#memory.buffer, this.#outAt, capacity);
    const module = new WebAssembly.Module(Uint8Array.fromBase64(COMPARE_CODES_WASM));
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory } });
    this.#compare = exports["compareCodes"] as CompareCodes;
  }

  /** Where the codes of `capacity` rows are written, row after row, as words of four bytes. */
  readonly codes: Uint32Array;
  readonly #vector: Int8Array;
  readonly #sums: Int32Array;

  /** Of each of the first `rows`: levels times components, summed. Longer than that; valid until the next call. @param vector see `toBytes` */
  compare(vector: Int8Array, rows: number): Int32Array {
    if (rows > this.capacity) throw new RangeError(`${rows} rows of ${this.capacity}`);
    this.#vector.set(vector);
    if (rows > 0) this.#compare(this.#codesAt, rows, this.#width, 0, this.#outAt);
    return this.#sums;
  }
}

export interface ByteVector {
  /** Components times `1 / scale`, filled up with zeros to whole blocks. */
  readonly bytes: Int8Array;
  readonly scale: number;
  /** What `MIDDLE` times all components adds up to: the levels' zero. */
  readonly shift: number;
}

export function toBytes(vector: Float32Array): ByteVector {
  let most = 0;
  for (let k = 0; k < vector.length; k++) most = Math.max(most, Math.abs(vector[k] as number));
  const bytes = new Int8Array(2 * codeBytes(vector.length));
  if (most === 0) return { bytes, scale: 0, shift: 0 };
  let sum = 0;
  for (let k = 0; k < vector.length; k++) sum += bytes[k] = Math.round(((vector[k] as number) / most) * 127);
  return { bytes, scale: most / 127, shift: 7.5 * sum };
}
