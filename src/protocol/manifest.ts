/**
 * The manifest: everything one consistent view of a repository's index is made of, named by the sha256 of its own
 * canonical JSON. It carries the small Lance manifest itself, so one read gives a view whatever is being written
 * beside it. It holds no time and no device: the same index has the same name on every machine.
 */
import { array, exactOptional } from "valibot";
import { canonicalJson } from "./canonical-json.ts";
import { count, decodeDocument, type DocumentType, fields, text, textByName, textThat } from "./decode.ts";
import { isSha256, isTableName } from "./ids.ts";
import { isObjectPath, isRepoId, isTableId } from "./keys.ts";
import { PURGES, type Purges } from "./purges.ts";

/** The newest that this program reads. */
export const MANIFEST_FORMAT = 3;

/**
 * What a document with these fields says its format is. A program that knows no segments would take merged rows for lost ones and
 * give a fileId twice; one that knows no purges would bring the rows back: neither may read what has them.
 */
export function formatFor(has: {
  readonly segments?: Manifest["segments"] | undefined;
  readonly purges?: Purges | undefined;
}): number {
  if (has.segments !== undefined) return MANIFEST_FORMAT;
  return has.purges === undefined ? 1 : 2;
}

/** Rows that were written together, or merged: one or more data files, none of which belongs to another segment. */
export interface Segment {
  /** Data files of the table, as paths below its folder, in the table's order. */
  readonly files: readonly string[];
  /** Live rows in them. */
  readonly rows: number;
  /** What a search reads of them; absent: not made yet. */
  readonly pack?: PackRef;
}

export interface ByteSpan {
  readonly offset: number;
  readonly length: number;
}

/** A search pack, as far as it must be known to open it in one read. It is one of the objects, and checks its own bytes. */
export interface PackRef {
  /** `{table}/packs/{sha256}.pack`, as objects have it. */
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly rows: number;
  /** The last bytes. */
  readonly root: ByteSpan;
  /** CRC-32 of the root. */
  readonly crc32: number;
  /** Where the tables of rows and files begin, which the root ends. */
  readonly tables: number;
}

export interface ManifestObject {
  /** Relative to `index/{repoId}/`, for instance `files.lance/data/….lance`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
  /** CRC-32 of each 16 KiB, u32 little endian, base64; absent: written by an older version. */
  readonly crc32?: string;
}

export interface LoggedCommit {
  readonly commit: string;
  /** On which it was indexed; absent: on none. */
  readonly branch?: string;
}

export interface HistoryLink {
  /** Of the newest page. */
  readonly sha256: string;
  /** In it and all older ones. */
  readonly commits: number;
}

export interface Manifest {
  readonly format: number;
  readonly repo: string;
  /** Random, for the life of the table: fileIds mean something only within it. */
  readonly tableId: string;
  readonly model: { readonly id: string; readonly dim: number };
  /** Name of the chunking rules the rows were made with. */
  readonly chunker: string;
  readonly table: {
    /** Directory of the table below `index/{repoId}/`. */
    readonly name: string;
    /** Lance version number. */
    readonly version: number;
    /** The bytes of `_versions/{n}.manifest`, base64. */
    readonly manifest: string;
  };
  readonly stats: { readonly files: number; readonly rows: number; readonly bytes: number };
  /**
   * commit -> sha256 of its snapshot. Snapshots are named by their hash, so two devices that index the same commit on
   * diverged tables can never meet in one name; the manifest says which one belongs to this table.
   * In a stored manifest with `history`: the newest alone.
   */
  readonly snapshots: Readonly<Record<string, string>>;
  /** The commits of `snapshots` in the order in which they were indexed, oldest first. Absent: an older version knew none. */
  readonly log?: readonly LoggedCommit[];
  /** In a stored manifest alone: where older snapshots are, see history.ts. Absent: `snapshots` has all. */
  readonly history?: HistoryLink;
  /** Oldest (and largest) first; absent: written by an older version, whose data files are all one segment. */
  readonly segments?: readonly Segment[];
  /** Greater than any fileId that was ever given in this table; absent, as above: one more than the greatest in it. */
  readonly nextFileId?: number;
  /** Sorted by path. */
  readonly objects: readonly ManifestObject[];
  /** Absent: nothing was ever purged. */
  readonly purges?: Purges;
}

/** The packs of all rows, oldest first; undefined: a segment has none yet. */
export function packsOf({ segments }: Pick<Manifest, "segments">): PackRef[] | undefined {
  const packs = segments?.flatMap(({ pack }) => pack ?? []);
  return packs?.length === segments?.length ? packs : undefined;
}

/** Canonical bytes. Those of a manifest as it is stored, whose sha256 is its name, are `sealManifest`'s. */
export function encodeManifest(manifest: Manifest): Uint8Array {
  return new TextEncoder().encode(canonicalJson(manifest));
}

const sha256 = textThat(isSha256, "a sha256");

const PACK_REF = fields({
  path: textThat(isObjectPath, "an object path"),
  size: count,
  sha256,
  rows: count,
  root: fields({ offset: count, length: count }),
  crc32: count,
  tables: count,
});

export const MANIFEST: DocumentType<Manifest> = {
  name: "manifest",
  format: MANIFEST_FORMAT,
  damaged: "corrupt_index",
  schema: fields({
    format: count,
    repo: textThat(isRepoId, "a repository id"),
    tableId: textThat(isTableId, "a table id"),
    model: fields({ id: text, dim: count }),
    chunker: text,
    table: fields({ name: textThat(isTableName, "the name of a table"), version: count, manifest: text }),
    stats: fields({ files: count, rows: count, bytes: count }),
    snapshots: textByName(isSha256, "sha256"),
    log: exactOptional(array(fields({ commit: text, branch: exactOptional(text) }), "must be a list")),
    history: exactOptional(fields({ sha256, commits: count })),
    objects: array(
      fields({ path: textThat(isObjectPath, "an object path"), size: count, sha256, crc32: exactOptional(text) }),
      "must be a list",
    ),
    segments: exactOptional(
      array(
        fields({
          files: array(textThat(isObjectPath, "a data file"), "must be a list"),
          rows: count,
          pack: exactOptional(PACK_REF),
        }),
        "must be a list",
      ),
    ),
    nextFileId: exactOptional(count),
    purges: exactOptional(PURGES),
  }),
};

/**
 * @param key for messages
 * @throws RepobaseError `unsupported_format` for a newer format, `corrupt_index` for anything that is no manifest
 */
export const decodeManifest = (bytes: Uint8Array, key?: string): Manifest => decodeDocument(MANIFEST, bytes, key);
