/**
 * Makes the search pack of a segment from its rows, in one pass: groups go to the file as rows come, postings spill to scratch
 * files, and of each row only its vector code (196 bytes) stays in memory.
 */
import { join } from "node:path";
import { ByteOutput } from "../../pack/byte-output.ts";
import { checksumOf } from "../../pack/checksum.ts";
import {
  ALIGNMENT,
  CHECKSUM_BYTES,
  GROUP_ROWS,
  MAX_LENGTH,
  PACK_FORMAT,
  type Part,
  type PartName,
  type RootArrays,
} from "../../pack/format.ts";
import type { PackRef } from "../../protocol/manifest.ts";
import type { RootHead } from "../../pack/format.ts";
import { putGroup, type WrittenRow } from "../../pack/groups.ts";
import { encodeRoot } from "../../pack/root.ts";
import { encodeVector } from "../../pack/vector-code.ts";
import { crc32 } from "../../protocol/crc32.ts";
import { ownNameWords } from "../../search/terms.ts";
import { halfFloats } from "../../lance/values.ts";
import type { RowBlock } from "../row-block.ts";
import { PackOutput } from "./pack-output.ts";
import { PackFileTable } from "./pack-file-table.ts";
import { PostingTerms } from "./posting-terms.ts";
import { TermRuns } from "./term-runs.ts";
import { VectorCodes } from "./vector-codes.ts";
import { writeClusters } from "./write-clusters.ts";
import { writeTerms } from "./write-terms.ts";

/** Best of ratio to time for some 10 kB of source. */
const ZSTD_LEVEL = 6;

export interface PackOptions {
  /** A folder of this pack alone, which is there; its maker removes it. */
  readonly scratch: string;
  readonly dim: number;
  /** Of the terms' hash: `seedOf` the table's id. */
  readonly seed: number;
}

/** The same for all packs of a table, and nobody's who writes a text before the table is made. */
export function seedOf(tableId: string): number {
  const bytes = new TextEncoder().encode(tableId);
  return crc32(bytes, 0, bytes.length);
}

export class PackWriter {
  readonly #options: PackOptions;
  readonly #file: PackOutput;
  readonly #runs: TermRuns;
  readonly #terms: PostingTerms;
  readonly #codes: VectorCodes;
  readonly #files = new PackFileTable();
  readonly #lengths = new ByteOutput();
  readonly #groupSizes: number[] = [];
  #group: WrittenRow[] = [];
  readonly #groupOut = new ByteOutput();
  readonly #scratch = new ByteOutput();
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();
  #tokens = 0;

  constructor(options: PackOptions) {
    this.#options = options;
    let made = 0;
    const scratch = () => join(options.scratch, `${made++}`);
    this.#file = new PackOutput(scratch());
    this.#runs = new TermRuns(scratch);
    this.#terms = new PostingTerms(options.seed);
    this.#codes = new VectorCodes(options.dim);
  }

  /** @param fileIds of the block's files, in order */
  add(block: RowBlock, fileIds: readonly number[]): void {
    const { dim } = this.#options;
    const vectors = halfFloats({ kind: "fixed", rows: block.rows, width: 2 * dim, data: asBytes(block.vector) });
    let row = 0;
    block.files.forEach((file, i) => {
      this.#files.start({ ...file, fileId: fileIds[i] as number, first: this.#codes.rows });
      for (const end = row + file.rows; row < end; row++)
        this.#addRow(block, row, vectors.subarray(row * dim, (row + 1) * dim));
    });
  }

  #addRow(block: RowBlock, row: number, vector: Float32Array): void {
    const doc = this.#codes.rows;
    const symbol = block.symbolNulls[row] === 1 ? null : cell(block.symbol, row);
    const name = symbol === null ? [] : this.#nameWords(symbol);
    const length = this.#terms.read({ terms: cell(block.terms, row), name });
    this.#terms.forEach((low, high, count, named) => this.#runs.add(doc, low, high, count, named));
    this.#tokens += length;
    this.#lengths.u16(Math.min(MAX_LENGTH, length));
    const code = this.#codes.next();
    const factor = encodeVector(vector, code);
    this.#codes.setFactor(doc, factor);
    const lines = { startLine: block.startLine[row] as number, endLine: block.endLine[row] as number };
    this.#files.addRow(lines, length);
    this.#group.push({ ...lines, symbol, contents: cell(block.contents, row), factor, code });
    if (this.#group.length === GROUP_ROWS) this.#writeGroup();
  }

  #nameWords(symbol: Uint8Array): Uint8Array[] {
    return ownNameWords(this.#decoder.decode(symbol)).map((word) => this.#encoder.encode(word));
  }

  #writeGroup(): void {
    const out = this.#groupOut;
    out.clear();
    putGroup(out, this.#group, {
      compress: (bytes) => Bun.zstdCompressSync(bytes, { level: ZSTD_LEVEL }),
      scratch: this.#scratch,
    });
    while ((out.length + CHECKSUM_BYTES) % ALIGNMENT !== 0) out.push(ZERO);
    out.u32(checksumOf(out.view(), "groups", this.#groupSizes.length));
    this.#file.write(out.view());
    this.#groupSizes.push(out.length / ALIGNMENT);
    this.#group = [];
  }

  /**
   * @param of.dataFiles of the segment, in the order of the rows
   * @param of.prefix of the pack's path as an object: `{table}/packs/`
   * @returns undefined: there are no rows. The pack's file lies in the scratch folder
   */
  finish(of: {
    readonly dataFiles: RootHead["dataFiles"];
    readonly prefix: string;
  }): { readonly ref: PackRef; readonly file: string } | undefined {
    if (this.#group.length > 0) this.#writeGroup();
    const rows = this.#codes.rows;
    if (rows === 0) return void this.close();
    const { parts, arrays, languages, crcs } = this.#writeParts();
    const root = encodeRoot({
      head: {
        format: PACK_FORMAT,
        rows,
        tokens: this.#tokens,
        dim: this.#options.dim,
        seed: this.#options.seed,
        dataFiles: of.dataFiles,
        languages,
        parts,
        crc32: crcs,
      },
      arrays,
    });
    const file = this.#file;
    file.write(root);
    const rootPart = file.endPart();
    const { size, sha256 } = file.close();
    const ref: PackRef = {
      path: `${of.prefix}${sha256}.pack`,
      size,
      sha256,
      rows,
      root: rootPart,
      crc32: crcOf(root),
      tables: parts.lengths.offset,
    };
    return { ref, file: file.path };
  }

  /** All that comes before the root, and what it says of it. */
  #writeParts() {
    const file = this.#file;
    const groups = file.endPart();
    const { blobs, lines, paths, arrays: fileArrays, languages } = this.#files.finish();
    const put = (bytes: Uint8Array): Part => {
      file.write(bytes);
      return file.endPart();
    };
    const blobsPart = put(blobs);
    const { buckets, arrays: termArrays } = writeTerms(this.#runs.sorted(), (bytes) => file.write(bytes));
    const long = file.endPart();
    const bucketsPart = put(buckets);
    const clusterArrays = writeClusters(this.#codes, (bytes) => file.write(bytes));
    const clusters = file.endPart();
    const lengths = this.#lengths.view();
    const parts: Record<PartName, Part> = {
      groups,
      blobs: blobsPart,
      long,
      buckets: bucketsPart,
      clusters,
      lengths: put(lengths),
      lines: put(lines),
      paths: put(paths),
    };
    const arrays: RootArrays = {
      ...fileArrays,
      ...clusterArrays,
      ...termArrays,
      groupSizes: Uint32Array.from(this.#groupSizes),
    };
    const crcs = { blobs: crcOf(blobs), lengths: crcOf(lengths), lines: crcOf(lines), paths: crcOf(paths) };
    return { parts, arrays, languages, crcs };
  }

  /** Whatever was made of it. */
  close(): void {
    this.#file.abandon();
  }
}

const ZERO = new Uint8Array(1);
const crcOf = (bytes: Uint8Array): number => crc32(bytes, 0, bytes.length);
const asBytes = ({ buffer, byteOffset, byteLength }: Uint16Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

function cell({ offsets, bytes }: { offsets: Int32Array; bytes: Uint8Array }, row: number): Uint8Array {
  return bytes.subarray(offsets[row], offsets[row + 1]);
}
