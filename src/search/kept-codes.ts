/**
 * The binary codes of a table, kept decoded for as long as the table lives: every search by meaning reads all of them, and to put
 * the column together again takes as long as the rest of the search. Only values are kept, never promises: a Worker must not wait
 * for another request's I/O.
 */
import type { ColumnData } from "../lance/column-data.ts";
import type { LanceTable } from "../lance/table.ts";
import type { IndexView } from "./index-view.ts";

const kept = new WeakMap<LanceTable, Map<number, ColumnData>>();

/** Memory that is kept with a table here. */
export function keptCodeBytes(table: LanceTable): number {
  let bytes = 0;
  for (const codes of kept.get(table)?.values() ?? []) if (codes.kind === "fixed") bytes += codes.data.byteLength;
  return bytes;
}

/** The codes of all rows of a fragment. */
export async function codesOf(
  { table, keepsCodes }: Pick<IndexView, "table" | "keepsCodes">,
  fragment: number,
  signal: AbortSignal | undefined,
): Promise<ColumnData> {
  const known = kept.get(table)?.get(fragment);
  if (known !== undefined) return known;
  const codes = await table.scan("code", fragment, signal);
  if (keepsCodes !== true) return codes;
  const ofTable = kept.get(table) ?? new Map<number, ColumnData>();
  kept.set(table, ofTable);
  ofTable.set(fragment, codes);
  return codes;
}
