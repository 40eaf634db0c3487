/**
 * The columns that say which file and definition a row is of, kept with the table for as long as the table lives: every search needs
 * the fileIds, and a fragment never changes. Only values are kept, never promises: a Worker must not wait for another
 * request's I/O, so two first searches at once may both read.
 */
import type { LanceTable } from "../lance/table.ts";
import { strings, u32s } from "../lance/values.ts";
import { RepobaseError } from "../protocol/errors.ts";

interface FragmentFiles {
  readonly fileIds: Uint32Array;
  readonly names: Map<string, ReadonlyMap<number, string>>;
  symbols?: readonly (string | null)[];
  /** Memory of all this, about. */
  heldBytes: number;
}

const kept = new WeakMap<LanceTable, Map<number, FragmentFiles>>();

/** Memory that is kept with a table here, about. */
export function fileColumnBytes(table: LanceTable): number {
  let bytes = 0;
  for (const { heldBytes } of kept.get(table)?.values() ?? []) bytes += heldBytes;
  return bytes;
}

/** What a string takes beside its characters, in a list and in a map. */
const STRING_BYTES = 32;
const ENTRY_BYTES = 96;

/** fileId of each row of a fragment. */
export async function fileIdsOf(table: LanceTable, fragment: number, signal?: AbortSignal): Promise<Uint32Array> {
  return (await filesOf(table, fragment, signal)).fileIds;
}

/** fileId -> the file's `path` or `language`, for the files of a fragment. */
export async function fileNames(
  table: LanceTable,
  of: { readonly fragment: number; readonly column: "path" | "language"; readonly signal?: AbortSignal | undefined },
): Promise<ReadonlyMap<number, string>> {
  const { fragment, column, signal } = of;
  const known = kept.get(table)?.get(fragment)?.names.get(column);
  if (known !== undefined) return known;
  const [files, data] = await Promise.all([filesOf(table, fragment, signal), table.scan(column, fragment, signal)]);
  if (data.kind !== "binary") throw new RepobaseError("corrupt_index", `column ${column} holds no text`);
  const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
  const names = new Map<number, string>();
  files.fileIds.forEach((fileId, row) => {
    // a file's rows stand together: most rows repeat the file of the row before
    if (!names.has(fileId)) names.set(fileId, decoder.decode(data.items[row]));
  });
  if (!files.names.has(column)) for (const name of names.values()) files.heldBytes += ENTRY_BYTES + name.length;
  files.names.set(column, names);
  return names;
}

/** The enclosing definition of each row of a fragment. */
export async function symbolsOf(
  table: LanceTable,
  fragment: number,
  signal?: AbortSignal,
): Promise<readonly (string | null)[]> {
  const known = kept.get(table)?.get(fragment)?.symbols;
  if (known !== undefined) return known;
  const [files, data] = await Promise.all([filesOf(table, fragment, signal), table.scan("symbol", fragment, signal)]);
  const symbols = strings(data);
  if (files.symbols === undefined)
    for (const symbol of symbols) files.heldBytes += symbol === null ? 8 : STRING_BYTES + symbol.length;
  return (files.symbols = symbols);
}

async function filesOf(table: LanceTable, fragment: number, signal: AbortSignal | undefined): Promise<FragmentFiles> {
  const known = kept.get(table)?.get(fragment);
  if (known !== undefined) return known;
  const fileIds = u32s(await table.scan("fileId", fragment, signal));
  const ofTable = kept.get(table) ?? new Map<number, FragmentFiles>();
  kept.set(table, ofTable);
  // another reader may have come first while this one waited: keep one object, with the names it has
  const files = ofTable.get(fragment) ?? { fileIds, names: new Map(), heldBytes: fileIds.byteLength };
  ofTable.set(fragment, files);
  return files;
}
