/**
 * A search pack, opened: what its root says, and where the pieces of its other parts lie. It reads nothing itself; who has read a piece
 * gives it to the method that decodes it. What it holds are views into the bytes it was opened from.
 */
import { crc32 } from "../protocol/crc32.ts";
import { decodeZstdBuffer } from "../lance/codecs/zstd.ts";
import { asU16 } from "../lance/little-endian.ts";
import { checkPiece } from "./checksum.ts";
import { type Cluster, readCluster } from "./clusters.ts";
import { corruptPack, withinPack } from "./corrupt-pack.ts";
import { type RowLines, readLineBlock, readPathBlock } from "./files-part.ts";
import { ALIGNMENT, FILES_OF_BLOCK, GROUP_ROWS, type Part, type PartName } from "./format.ts";
import type { PackRef } from "../protocol/manifest.ts";
import { type GroupRow, readGroup } from "./groups.ts";
import { type PackPostings, readLongPostings } from "./postings.ts";
import { decodeRoot, type Root } from "./root.ts";
import { hashTerm } from "./term-hash.ts";
import { findInBucket, placeOfTerm, type TermPlace } from "./term-lists.ts";

/** Lengths, lines and paths of all rows and files. */
export interface Tables {
  /** Of each document: its terms, `MAX_LENGTH` at most. */
  readonly lengths: Uint16Array;
  readonly lines: Uint8Array;
  readonly paths: Uint8Array;
}

export class Pack {
  readonly path: string;
  readonly root: Root;
  /** Of each group: where it begins in the part, in units of `ALIGNMENT`. */
  readonly #groupStarts: Uint32Array;
  readonly #paths = new Map<number, readonly string[]>();
  #tables: Tables | undefined;

  private constructor(path: string, root: Root) {
    this.path = path;
    this.root = root;
    const { groupSizes } = root.arrays;
    this.#groupStarts = new Uint32Array(groupSizes.length + 1);
    for (let at = 0; at < groupSizes.length; at++)
      this.#groupStarts[at + 1] = (this.#groupStarts[at] as number) + (groupSizes[at] as number);
  }

  /**
   * @param bytes of the root, or of everything from `ref.tables` on
   * @param path what damage names
   * @throws RepobaseError `corrupt_index`
   */
  static open(ref: PackRef, bytes: Uint8Array, path = ref.path): Pack {
    return withinPack(path, () => {
      const root = bytes.subarray(bytes.length - ref.root.length);
      if (root.length !== ref.root.length) throw corruptPack("its root is too short");
      if (crc32(root, 0, root.length) !== ref.crc32) throw corruptPack("its root has a wrong checksum");
      const pack = new Pack(path, decodeRoot(root));
      const { parts, rows } = pack.root.head;
      if (rows !== ref.rows) throw corruptPack("it has another number of rows");
      for (const { offset, length } of Object.values(parts))
        if (offset + length > ref.root.offset) throw corruptPack("a part lies outside of it");
      if (parts.lengths.offset !== ref.tables) throw corruptPack("its tables lie elsewhere");
      if (bytes.length > root.length) pack.addTables(bytes.subarray(0, bytes.length - root.length));
      return pack;
    });
  }

  get rows(): number {
    return this.root.head.rows;
  }

  get files(): number {
    return this.root.arrays.fileIds.length;
  }

  /** About, of what it keeps. */
  get heldBytes(): number {
    const { arrays } = this.root;
    const ofArrays = Object.values(arrays).reduce((sum, { byteLength }) => sum + byteLength, 0);
    const ofTables = this.#tables ? this.tablesRange().length : 0;
    return ofArrays + ofTables + this.#groupStarts.byteLength + this.#paths.size * 2000;
  }

  /** From the first of lengths, lines and paths to the end of the last. */
  tablesRange(): Part {
    const { lengths, paths } = this.root.head.parts;
    return { offset: lengths.offset, length: paths.offset + paths.length - lengths.offset };
  }

  get tables(): Tables | undefined {
    return this.#tables;
  }

  /** @param bytes of `tablesRange`, or longer */
  addTables(bytes: Uint8Array): Tables {
    return withinPack(this.path, () => {
      const { parts, crc32: expected } = this.root.head;
      const start = parts.lengths.offset;
      const cut = (name: "lengths" | "lines" | "paths"): Uint8Array => {
        const { offset, length } = parts[name];
        const part = bytes.subarray(offset - start, offset - start + length);
        if (part.length !== length || crc32(part, 0, length) !== expected[name])
          throw corruptPack(`${name} have a wrong checksum`);
        return part;
      };
      this.#tables = { lengths: asU16(cut("lengths")), lines: cut("lines"), paths: cut("paths") };
      return this.#tables;
    });
  }

  /** The blob ids of all files, 20 bytes each. @param bytes of the part */
  blobs(bytes: Uint8Array): Uint8Array {
    return withinPack(this.path, () => {
      const { parts, crc32: expected } = this.root.head;
      if (bytes.length !== parts.blobs.length || crc32(bytes, 0, bytes.length) !== expected.blobs)
        throw corruptPack("blobs have a wrong checksum");
      return bytes;
    });
  }

  /** The file a document belongs to: its place among the files. */
  fileOf(doc: number): number {
    const { fileFirst } = this.root.arrays;
    let [low, high] = [0, fileFirst.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((fileFirst[middle] as number) <= doc) low = middle;
      else high = middle;
    }
    return low;
  }

  firstRow(file: number): number {
    return this.root.arrays.fileFirst[file] ?? this.rows;
  }

  /** Needs the tables. */
  pathOf(file: number): string {
    const block = Math.floor(file / FILES_OF_BLOCK);
    const paths = this.#paths.get(block) ?? this.#readPaths(block);
    return paths[file % FILES_OF_BLOCK] as string;
  }

  #readPaths(block: number): readonly string[] {
    return withinPack(this.path, () => {
      const { pathBlocks } = this.root.arrays;
      const files = Math.min(FILES_OF_BLOCK, this.files - block * FILES_OF_BLOCK);
      const bytes = this.#needTables().paths.subarray(pathBlocks[block], pathBlocks[block + 1]);
      const paths = readPathBlock(bytes, files);
      this.#paths.set(block, paths);
      return paths;
    });
  }

  /** Lines of all rows of a file, in order. Needs the tables. */
  linesOf(file: number): readonly RowLines[] {
    return withinPack(this.path, () => {
      const block = Math.floor(file / FILES_OF_BLOCK);
      const { lineBlocks } = this.root.arrays;
      const first = block * FILES_OF_BLOCK;
      const count = Math.min(FILES_OF_BLOCK, this.files - first);
      const rows = Array.from({ length: count }, (_, i) => this.firstRow(first + i + 1) - this.firstRow(first + i));
      const bytes = this.#needTables().lines.subarray(lineBlocks[block], lineBlocks[block + 1]);
      return readLineBlock(bytes, rows)[file - first] as RowLines[];
    });
  }

  #needTables(): Tables {
    if (this.#tables === undefined) throw new Error("the tables of the pack were not read");
    return this.#tables;
  }

  /** @param term as UTF-8 */
  placeOf(term: Uint8Array): TermPlace | undefined {
    return placeOfTerm(hashTerm(term, this.root.head.seed), this.root.arrays);
  }

  placeRange({ part, index }: TermPlace): Part {
    const { longOffsets, bucketOffsets } = this.root.arrays;
    return this.#piece(part, index, part === "long" ? longOffsets : bucketOffsets);
  }

  /** undefined: no row has the term. @param bytes of `placeRange` */
  postings(term: Uint8Array, place: TermPlace, bytes: Uint8Array): PackPostings | undefined {
    return withinPack(this.path, () => {
      const piece = checkPiece(bytes, place.part, place.index);
      return place.part === "long"
        ? readLongPostings(piece, place.postings, this.rows)
        : findInBucket(piece, hashTerm(term, this.root.head.seed), this.rows);
    });
  }

  clusterRange(cluster: number): Part {
    return this.#piece("clusters", cluster, this.root.arrays.clusterOffsets);
  }

  cluster(cluster: number, bytes: Uint8Array): Cluster {
    return withinPack(this.path, () =>
      readCluster(checkPiece(bytes, "clusters", cluster), {
        rows: this.root.arrays.clusterRows[cluster] as number,
        dim: this.root.head.dim,
        total: this.rows,
      }),
    );
  }

  groupRange(group: number): Part {
    const from = this.#groupStarts[group] as number;
    const to = this.#groupStarts[group + 1] as number;
    return { offset: this.root.head.parts.groups.offset + from * ALIGNMENT, length: (to - from) * ALIGNMENT };
  }

  /** The rows of a group: documents `group * GROUP_ROWS` and on. */
  group(group: number, bytes: Uint8Array): GroupRow[] {
    return withinPack(this.path, () =>
      readGroup(checkPiece(bytes, "groups", group), {
        count: Math.min(GROUP_ROWS, this.rows - group * GROUP_ROWS),
        dim: this.root.head.dim,
        decompress: decodeZstdBuffer,
      }),
    );
  }

  #piece(part: PartName, index: number, offsets: Uint32Array): Part {
    const from = offsets[index] as number;
    return { offset: this.root.head.parts[part].offset + from, length: (offsets[index + 1] as number) - from };
  }
}
