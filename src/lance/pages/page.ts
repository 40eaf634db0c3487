/**
 * What a page of a column can do. A page holds no bytes and reads none: it answers with plans, that is, the ranges it
 * needs and a function from their bytes to values. The column reads all ranges of all its pages at once.
 *
 * Rows are found in two steps. First `locate`: what says where rows lie (a chunk table, a dictionary, a row index), kept
 * by the column where it serves any row. Then the locator's `take`: the rows themselves.
 */
import type { ByteRange } from "../../bytes/byte-source.ts";
import type { ColumnData } from "../column-data.ts";
import { corrupt, unsupported } from "../corruption.ts";

/** `decode` takes the bytes of exactly these ranges, in this order. */
export interface Plan<T> {
  readonly ranges: readonly ByteRange[];
  decode(buffers: readonly Uint8Array[]): T;
}

/** @param rows ascending, each once, counted from the page's first row; the answer has them in this order */
export interface Locator<T> {
  take(rows: readonly number[]): Plan<T>;
}

export interface LocatePlan<T> extends Plan<Locator<T>> {
  /** The locator serves every row of the page, not just those asked for, and is worth keeping. */
  readonly complete: boolean;
}

/** A page whose rows can be taken: `T` is a ColumnData, or a list of binaries per row. */
export interface RowPage<T> {
  readonly rows: number;
  locate(rows: readonly number[]): LocatePlan<T>;
}

export interface Page extends RowPage<ColumnData> {
  scan(): Plan<ColumnData>;
}

/** What a page's descriptor says, whatever its layout. */
export interface PageInfo {
  readonly rows: number;
  /** Where the page's buffers lie in the file. */
  readonly buffers: readonly ByteRange[];
}

export function bufferOf(page: PageInfo, i: number): ByteRange {
  const buffer = page.buffers[i];
  if (buffer === undefined) throw corrupt(`a page has no buffer ${i}`);
  return buffer;
}

/** Meaning of the levels, innermost layer first, as in the format's RepDefLayer. */
const LAYER = { item: 1, list: 2, nullableItem: 3 } as const;

/** May items be null? @throws RepobaseError `unsupported_format` when the page is anything but flat */
export function flatLayers(layers: readonly number[]): { nullable: boolean } {
  const [layer] = layers;
  if (layers.length !== 1 || (layer !== LAYER.item && layer !== LAYER.nullableItem))
    throw unsupported(`layers ${layers.join(", ")} in a flat column`);
  return { nullable: layer === LAYER.nullableItem };
}

/** @throws RepobaseError `unsupported_format` for anything but lists of items without nulls and without empty lists */
export function checkListLayers(layers: readonly number[]): void {
  if (layers.length !== 2 || layers[0] !== LAYER.item || layers[1] !== LAYER.list)
    throw unsupported(`layers ${layers.join(", ")} in a list column`);
}

/** A locator that needs nothing first. */
export function locatedAlready<T>(locator: Locator<T>): LocatePlan<T> {
  return { ranges: [], decode: () => locator, complete: true };
}

export function part(buffers: readonly Uint8Array[], i: number): Uint8Array {
  const bytes = buffers[i];
  if (bytes === undefined) throw corrupt("a plan got too few buffers");
  return bytes;
}
