/**
 * The search pack, format 1: all that a query needs of one segment of a table before it shows rows, and what it shows of them.
 * docs/FORMAT.md says it byte by byte. `[groups][blobs][long][buckets][clusters][lengths][lines][paths][root]`, little endian.
 * Documents are the segment's rows, numbered from 0 in the order of its data files and of their rows.
 */

/** The newest that this program reads. */
export const PACK_FORMAT = 1;
/** `RPK1` */
export const PACK_MAGIC = 0x314b5052;
/** Rows of a group: what one read shows. */
export const GROUP_ROWS = 8;
/** Groups and the parts begin at a multiple of this many bytes. */
export const ALIGNMENT = 8;
/** Files of a block of paths and of lines. */
export const FILES_OF_BLOCK = 16;
/** Terms with more postings have a list of their own; the others lie in buckets. */
export const INLINE_POSTINGS = 128;
/** PackPostings of a block of a long list. */
export const BLOCK_POSTINGS = 128;
/** What a bucket holds, about. */
export const BUCKET_BYTES = 3072;
/** A segment of fewer rows has one cluster: all of its rows are compared. */
export const FLAT_ROWS = 5000;
/** A length in `lengths` is cut off here. */
export const MAX_LENGTH = 65_535;
/** Bytes of the checksum at the end of a group, bucket, long list and cluster. */
export const CHECKSUM_BYTES = 4;

/** In the order of their bytes. */
export const PARTS = ["groups", "blobs", "long", "buckets", "clusters", "lengths", "lines", "paths"] as const;
export type PartName = (typeof PARTS)[number];

export interface Part {
  readonly offset: number;
  readonly length: number;
}

/** The JSON head of a root. */
export interface RootHead {
  readonly format: typeof PACK_FORMAT;
  readonly rows: number;
  /** Sum of the rows' lengths, in terms. */
  readonly tokens: number;
  readonly dim: number;
  /** Of the terms' hash. */
  readonly seed: number;
  /** The segment's data files, in order: paths within the table's folder. */
  readonly dataFiles: readonly { readonly path: string; readonly rows: number }[];
  readonly languages: readonly string[];
  readonly parts: Readonly<Record<PartName, Part>>;
  /** CRC-32 of the parts that are read whole. */
  readonly crc32: Readonly<Record<"blobs" | "lengths" | "lines" | "paths", number>>;
}

/** Arrays behind the head, in this order, each at a multiple of 8 bytes. All offsets are within a part. */
export const ROOT_ARRAYS = {
  /** Of each file version, in the order of documents: its id, first document, terms, place in `languages`. */
  fileIds: Uint32Array,
  fileFirst: Uint32Array,
  fileTokens: Uint32Array,
  fileLanguage: Uint16Array,
  /** Of each cluster: its centre as a vector code with its factor, where it begins (and where the last ends), its rows. */
  centreCodes: Uint8Array,
  centreFactors: Float32Array,
  clusterOffsets: Uint32Array,
  clusterRows: Uint32Array,
  /** Of each bucket: the low half of its first term's hash, ascending; where it begins (and where the last ends). */
  bucketFirst: Uint32Array,
  bucketOffsets: Uint32Array,
  /** Terms with lists of their own, by ascending hash: low half, high 16 bits, postings, where the list begins (and where the last ends). */
  longLow: Uint32Array,
  longHigh: Uint16Array,
  longPostings: Uint32Array,
  longOffsets: Uint32Array,
  /** Of each group: bytes / 8. */
  groupSizes: Uint32Array,
  /** Where each block of files begins in paths, and in lines (and where the last ends). */
  pathBlocks: Uint32Array,
  lineBlocks: Uint32Array,
} as const;

export type RootArrays = {
  readonly [K in keyof typeof ROOT_ARRAYS]: InstanceType<(typeof ROOT_ARRAYS)[K]>;
};
export type ArrayName = keyof typeof ROOT_ARRAYS;
export const ARRAY_NAMES = Object.keys(ROOT_ARRAYS) as ArrayName[];
