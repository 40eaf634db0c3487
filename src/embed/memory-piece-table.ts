/** All rows of the static model's table in memory, where WebAssembly sums them: for documents by the thousand. */
import type { PieceTable, WeighedPieces } from "./piece-table.ts";
import { ROW_SUM_WASM } from "./row-sum.wasm.ts";

const PAGE = 65536;

/** Its contract is in row-sum.wat: addresses in the memory, then the dimensions. */
type SumRows = (rows: number, weights: number, rowsEnd: number, sum: number, dim: number) => void;

export class MemoryPieceTable implements PieceTable {
  readonly count: number;
  private readonly table: Int8Array;
  private readonly rowsAt: Uint32Array;
  private readonly weights: Float64Array;
  private readonly sums: Float64Array;
  private readonly sumRows: SumRows;

  /** @param table copied @param dim a multiple of 8 */
  constructor(
    table: Int8Array,
    private readonly dim: number,
  ) {
    this.count = table.length / dim;
    // every piece may be in one text; what is wider stands first, so that all is aligned
    const weightsEnd = this.count * 8;
    const sumsEnd = weightsEnd + dim * 8;
    const rowsEnd = sumsEnd + this.count * 4;
    const memory = new WebAssembly.Memory({ initial: Math.ceil((rowsEnd + table.length) / PAGE) });
    this.weights = new Float64Array(memory.buffer, 0, this.count);
    this.sums = new Float64Array(memory.buffer, weightsEnd, dim);
    this.rowsAt = new Uint32Array(memory.buffer, sumsEnd, this.count);
    this.table = new Int8Array(memory.buffer, rowsEnd, table.length);
    this.table.set(table);
    const module = new WebAssembly.Module(Uint8Array.fromBase64(ROW_SUM_WASM));
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    this.sumRows = exports.sumRows as SumRows;
  }

  rows(ids: readonly number[]): Promise<readonly Int8Array[]> {
    return Promise.resolve(ids.map((id) => this.table.subarray(id * this.dim, (id + 1) * this.dim)));
  }

  sum({ ids, weights }: WeighedPieces): Float64Array {
    const { rowsAt, table, dim, sums } = this;
    if (ids.length === 0) return sums.fill(0);
    for (let i = 0; i < ids.length; i++) {
      rowsAt[i] = table.byteOffset + (ids[i] as number) * dim;
      this.weights[i] = weights[i] as number;
    }
    const rowsEnd = rowsAt.byteOffset + ids.length * 4;
    this.sumRows(rowsAt.byteOffset, this.weights.byteOffset, rowsEnd, sums.byteOffset, dim);
    return sums;
  }
}
