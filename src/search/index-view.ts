/** What one search reads: a table, at one version, through the eyes of one commit. */
import type { FtsIndex } from "../lance/fts-index.ts";
import type { LanceTable } from "../lance/table.ts";
import type { OpenPack } from "./packs/open-pack.ts";
import type { SeenRows } from "./packs/pack-rows.ts";

export interface ViewPack extends OpenPack {
  readonly seen: SeenRows;
}

export interface IndexView {
  readonly repoId: string;
  /** What results call the commit: 40 hex digits, or `worktree`. */
  readonly commit: string;
  readonly table: LanceTable;
  /** The full-text index on `terms`; undefined: none, every row is read instead. */
  readonly fts: FtsIndex | undefined;
  /** The search packs of all of the table's rows, oldest first; undefined: it has none, and its columns are searched. */
  readonly packs?: readonly ViewPack[];
  /** The fileIds the commit sees; null: all. */
  readonly visible: { has(fileId: number): boolean } | null;
  /** All that its index has: two indexes that share one are of one repository. */
  readonly commits?: readonly string[];
  readonly modelId: string;
  readonly dim: number;
  /** There is room to keep the binary codes of its table in memory. */
  readonly keepsCodes?: boolean;
}

export interface FragmentRows {
  readonly fragment: number;
  /** Of each row: the file it belongs to. */
  readonly fileIds: Uint32Array;
  /** Of each row: 1 when it may be returned. */
  readonly allowed: Uint8Array;
}

/** The rows of a view by fragment id, in ascending order of fragments. */
export type RowSelection = ReadonlyMap<number, FragmentRows>;

/** A view in a search: its place among the views, and the rows it may return, which are being read. */
export interface SearchedView {
  readonly index: number;
  readonly view: IndexView;
  readonly selection: Promise<RowSelection>;
  /** Of the search: once it fires, nothing more is read for it. */
  readonly signal?: AbortSignal | undefined;
}

/** One row that matched: `view` is the index in the list of views, `address` = fragment id * 2^32 + row offset. */
export interface Candidate {
  readonly view: number;
  readonly address: number;
  readonly score: number;
}
