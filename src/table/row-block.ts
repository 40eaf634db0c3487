/**
 * The rows of some files as columns of plain bytes: what parse workers hand over (transferred, not copied) and what
 * the table writer lays into Arrow without touching a single row.
 */

/** UTF-8 strings end to end; string i is bytes [offsets[i], offsets[i + 1]). */
export interface Utf8Column {
  readonly offsets: Int32Array;
  readonly bytes: Uint8Array;
}

export interface BlockFile {
  readonly path: string;
  /** git blob id, 40 hex. */
  readonly blob: string;
  readonly language: string;
  /** Its chunks: this many consecutive rows of the block, in file order. */
  readonly rows: number;
}

export interface RowBlock {
  readonly files: readonly BlockFile[];
  readonly rows: number;
  readonly startLine: Int32Array;
  readonly endLine: Int32Array;
  readonly symbol: Utf8Column;
  /** One byte per row; 1: the row has no symbol. */
  readonly symbolNulls: Uint8Array;
  readonly contents: Utf8Column;
  readonly terms: Utf8Column;
  /** Half-precision floats, `rows * dim`. */
  readonly vector: Uint16Array;
  /** Sign bits of the vector, `rows * dim / 8` bytes. */
  readonly code: Uint8Array;
}

/** A block that still waits for its vectors. */
export type UnembeddedBlock = Omit<RowBlock, "vector" | "code">;

/** Bytes of a block in memory; near enough what Arrow holds for it. */
export function blockBytes(block: RowBlock): number {
  const perRow = 64; // ids, lines, and the path, blob and language that repeat
  return (
    block.contents.bytes.length + block.terms.bytes.length + block.symbol.bytes.length +
    block.vector.byteLength + block.code.length + block.rows * perRow
  ); // prettier-ignore
}

/** Collects strings into one column. */
export class Utf8Builder {
  private bytes: Uint8Array<ArrayBuffer>;
  private used = 0;
  private readonly offsets: number[] = [0];
  private readonly encoder = new TextEncoder();

  constructor(expectedBytes: number) {
    this.bytes = new Uint8Array(Math.max(64, expectedBytes));
  }

  push(text: string): void {
    const worst = text.length * 3;
    if (this.bytes.length - this.used < worst) {
      const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.used + worst));
      grown.set(this.bytes.subarray(0, this.used));
      this.bytes = grown;
    }
    this.used += this.encoder.encodeInto(text, this.bytes.subarray(this.used)).written;
    this.offsets.push(this.used);
  }

  /** The bytes own their buffer, cut to size, so that they can be transferred. */
  finish(): Utf8Column {
    return { offsets: Int32Array.from(this.offsets), bytes: this.bytes.slice(0, this.used) };
  }
}
