/** Which chunks may have a name, and their texts, by a table's columns and its full-text index: of an index without search packs. */
import { fragmentOf, offsetOf } from "../../lance/table.ts";
import { i32s, strings } from "../../lance/values.ts";
import { readableText } from "../../text/file-text.ts";
import { fileNames } from "../file-columns.ts";
import type { Candidate, IndexView, RowSelection } from "../index-view.ts";
import { scoreByKeyword } from "../keyword-retriever.ts";
import { compilePathGlob } from "../path-glob.ts";
import { selectRows } from "../row-selection.ts";
import { definitionTerm } from "../terms.ts";

export interface ReadChunk {
  readonly path: string;
  readonly language: string;
  readonly startLine: number;
  readonly lines: readonly string[];
  /** As the index has them: all of them, or those that say what is defined. */
  readonly terms: string;
  readonly symbol: string | null;
}

export interface CandidateFile {
  readonly path: string;
  /** Addresses, in the order of the file. */
  readonly rows: number[];
}

export interface WantedChunks {
  readonly view: IndexView;
  readonly name: string;
  /** The whole name, as the index has it. */
  readonly term: string;
  /** Glob; null: all. */
  readonly path: string | null;
  readonly signal: AbortSignal | undefined;
}

export interface FoundChunks {
  readonly candidates: readonly CandidateFile[];
  /** Addresses of chunks that define the name, by path. */
  readonly definitions: readonly number[];
  /** One round of reads. @returns by address */
  readonly read: (rows: readonly number[]) => Promise<ReadonlyMap<number, ReadChunk>>;
}

export const MAX_DEFINITIONS = 50;

/** One round of reads: postings, and the columns that say which file a row is of. */
export async function chunksOfColumns(of: WantedChunks): Promise<FoundChunks> {
  const { view, name, term, path, signal } = of;
  const { table } = view;
  const filter = { matchesPath: path === null ? null : compilePathGlob(path), language: null };
  const selecting = selectRows(view, filter, signal);
  const [selection, scores, names] = await Promise.all([
    selecting,
    scoreByKeyword([{ index: 0, view, signal, selection: selecting }], [term], definitionTerm(name)),
    Promise.all(
      table.fragments.map(
        async ({ id }) => [id, await fileNames(table, { fragment: id, column: "path", signal })] as const,
      ),
    ).then((all) => new Map(all)),
  ]);
  const pathOf = (address: number) => names.get(fragmentOf(address))?.get(fileIdAt(selection, address)) ?? "";
  const addressesOf = (rows: readonly Candidate[]) => rows.map(({ address }) => address);
  return {
    candidates: byFile(addressesOf(scores.terms.best(Number.POSITIVE_INFINITY)), pathOf),
    definitions: byPath(addressesOf(scores.definitions.best(MAX_DEFINITIONS)), pathOf),
    read: (rows) => readChunks(view, rows, signal),
  };
}

/** @param pathOf a row's address */
export function byFile(rows: readonly number[], pathOf: (row: number) => string): CandidateFile[] {
  const files = new Map<string, CandidateFile>();
  for (const row of rows) {
    const path = pathOf(row);
    const file = files.get(path) ?? { path, rows: [] };
    files.set(path, file);
    file.rows.push(row);
  }
  for (const file of files.values()) file.rows.sort((a, b) => a - b);
  return [...files.values()];
}

export const byPath = (rows: readonly number[], pathOf: (row: number) => string): number[] =>
  rows
    .map((row) => ({ row, path: pathOf(row) }))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.row - b.row))
    .map(({ row }) => row);

/** The lines of a chunk's text. */
export const linesOf = (contents: string): string[] =>
  readableText(contents)
    .split("\n")
    .map((line) => line.replace(/\r$/, ""));

const fileIdAt = (selection: RowSelection, address: number): number =>
  selection.get(fragmentOf(address))?.fileIds[offsetOf(address)] ?? -1;

/** One round of reads. @returns by address */
async function readChunks(
  { table }: IndexView,
  rows: readonly number[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<number, ReadChunk>> {
  const take = (column: string) => table.take(column, rows, signal);
  const [paths, languages, starts, contents, terms, symbols] = await Promise.all([
    take("path").then(strings),
    take("language").then(strings),
    take("startLine").then(i32s),
    take("contents").then(strings),
    take("terms").then(strings),
    take("symbol").then(strings),
  ]);
  const chunkAt = (at: number): ReadChunk => ({
    path: paths[at] ?? "",
    language: languages[at] ?? "",
    startLine: starts[at] ?? 1,
    lines: linesOf(contents[at] ?? ""),
    terms: terms[at] ?? "",
    symbol: symbols[at] ?? null,
  });
  return new Map(rows.map((row, at) => [row, chunkAt(at)]));
}
