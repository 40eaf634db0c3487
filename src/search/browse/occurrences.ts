/**
 * `GET /v1/repos/:id/occurrences`: where a name stands as a whole word, in the case it is written. The full-text index says which chunks may have
 * it; their text alone is read, and says where.
 */
import { fragmentOf, offsetOf } from "../../lance/table.ts";
import { i32s, strings } from "../../lance/values.ts";
import { throwIfAborted } from "../../protocol/abort.ts";
import type { NameDefinition, Occurrences, ShownLine } from "../../protocol/browse-api.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { readableText } from "../../text/file-text.ts";
import { fileNames } from "../file-columns.ts";
import type { IndexView, RowSelection } from "../index-view.ts";
import { scoreByKeyword } from "../keyword-retriever.ts";
import { compilePathGlob } from "../path-glob.ts";
import { selectRows } from "../row-selection.ts";
import { clipLine } from "../snippet.ts";
import { definitionTerm, wholeNameTerm } from "../terms.ts";
import { charClass, CharClass } from "../words.ts";
import { findDefinitions } from "./definition-lines.ts";
import { pageAfter } from "./page-cursor.ts";

const MAX_NAME = 200;
const MAX_DEFINITIONS = 50;
/** Chunks whose text one answer reads, definitions aside: about 1.5 kB each. */
const MAX_CHUNKS = 200;

export interface OccurrencesOptions {
  readonly view: IndexView;
  readonly name: string;
  /** Glob; null: all. */
  readonly path: string | null;
  /** Lines, about: a file's lines are never parted. */
  readonly limit: number;
  /** The path that the page before ended with. */
  readonly after: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** `next` is the path that the page ends with, not yet a cursor. @throws RepobaseError `usage` for what is no single identifier */
export async function findOccurrences(of: OccurrencesOptions): Promise<Occurrences> {
  const { view, name, path, limit, after, signal } = of;
  const term = name.length > MAX_NAME ? undefined : wholeNameTerm(name);
  if (term === undefined || name.trim() !== name)
    throw new RepobaseError("usage", `not the name of one thing in code: ${JSON.stringify(name.slice(0, 40))}`, {
      hint: "give one identifier, as it is written: name=parseHeader",
    });
  const { candidates, definitions } = await findChunks({ view, name, term, path, signal });
  const { page, more } = pageAfter(candidates, { key: (file) => file.path, after, count: Math.min(limit, MAX_CHUNKS) });
  const files = withinBudget(page);
  const shown = after === undefined ? definitions : [];
  const rows = files.flatMap((file) => file.rows.slice(0, MAX_CHUNKS));
  const chunks = await readChunks(view, [...new Set([...shown, ...rows])], signal);
  throwIfAborted(signal);
  const occurrences: ShownLine[] = [];
  const cutFiles: string[] = [];
  let ended: string | null = null;
  for (const file of files) {
    if (occurrences.length >= limit) break;
    const lines = file.rows.slice(0, MAX_CHUNKS).flatMap((row) => linesWith(chunks.get(row), file.path, name));
    const room = Math.max(limit, 1);
    if (lines.length > room || file.rows.length > MAX_CHUNKS) cutFiles.push(file.path);
    occurrences.push(...lines.slice(0, room));
    ended = file.path;
  }
  return {
    repoId: view.repoId,
    commit: view.commit,
    name,
    definitions: shown.flatMap((row) => definitionsIn(chunks.get(row), name)),
    occurrences,
    cutFiles,
    next: more || ended !== page.at(-1)?.path ? ended : null,
  };
}

interface CandidateFile {
  readonly path: string;
  /** Addresses, in the order of the file. */
  readonly rows: number[];
}

/** One round of reads: postings, and the columns that say which file a row is of. */
async function findChunks(of: {
  view: IndexView;
  name: string;
  term: string;
  path: string | null;
  signal: AbortSignal | undefined;
}): Promise<{ candidates: CandidateFile[]; definitions: readonly number[] }> {
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
  const byPath = new Map<string, CandidateFile>();
  for (const { address } of scores.terms.best(Number.POSITIVE_INFINITY)) {
    const file = byPath.get(pathOf(address)) ?? { path: pathOf(address), rows: [] };
    byPath.set(file.path, file);
    file.rows.push(address);
  }
  for (const { rows } of byPath.values()) rows.sort((a, b) => a - b);
  const definitions = scores.definitions
    .best(MAX_DEFINITIONS)
    .map(({ address }) => ({ address, path: pathOf(address) }))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.address - b.address));
  return { candidates: [...byPath.values()], definitions: definitions.map(({ address }) => address) };
}

const fileIdAt = (selection: RowSelection, address: number): number =>
  selection.get(fragmentOf(address))?.fileIds[offsetOf(address)] ?? -1;

/** The first files that together have no more chunks than an answer reads; one at least. */
function withinBudget(files: readonly CandidateFile[]): readonly CandidateFile[] {
  let left = MAX_CHUNKS;
  const end = files.findIndex(({ rows }, at) => (left -= rows.length) < 0 && at > 0);
  return end < 0 ? files : files.slice(0, end);
}

interface Chunk {
  readonly path: string;
  readonly language: string;
  readonly startLine: number;
  readonly lines: readonly string[];
  readonly terms: string;
  readonly symbol: string | null;
}

/** One round of reads. @returns by address */
async function readChunks(
  { table }: IndexView,
  rows: readonly number[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<number, Chunk>> {
  const take = (column: string) => table.take(column, rows, signal);
  const [paths, languages, starts, contents, terms, symbols] = await Promise.all([
    take("path").then(strings),
    take("language").then(strings),
    take("startLine").then(i32s),
    take("contents").then(strings),
    take("terms").then(strings),
    take("symbol").then(strings),
  ]);
  const chunkAt = (at: number): Chunk => ({
    path: paths[at] ?? "",
    language: languages[at] ?? "",
    startLine: starts[at] ?? 1,
    lines: readableText(contents[at] ?? "")
      .split("\n")
      .map((line) => line.replace(/\r$/, "")),
    terms: terms[at] ?? "",
    symbol: symbols[at] ?? null,
  });
  return new Map(rows.map((row, at) => [row, chunkAt(at)]));
}

function linesWith(chunk: Chunk | undefined, path: string, name: string): ShownLine[] {
  const { lines = [], startLine = 1, language = "" } = chunk ?? {};
  return lines.flatMap((text, at) => {
    const marks = placesOf(text, name);
    return marks.length === 0 ? [] : [showLine({ path, language, line: startLine + at, text, marks })];
  });
}

function definitionsIn(chunk: Chunk | undefined, name: string): NameDefinition[] {
  if (chunk === undefined) return [];
  const { path, language, lines, symbol, terms, startLine } = chunk;
  return findDefinitions(lines, terms)
    .filter((found) => found.name === name)
    .map(({ at, column, kind }) => {
      const marks = [{ start: column, end: column + name.length, term: name }];
      const shown = showLine({ path, language, line: startLine + at, text: lines[at] ?? "", marks });
      return Object.assign(shown, { kind, parent: parentOf(symbol, name) });
    });
}

/** @param symbol of the chunk: the definition itself, qualified, or what stands around it */
function parentOf(symbol: string | null, name: string): string | null {
  if (symbol === null || symbol === name) return null;
  return symbol.endsWith(`.${name}`) ? symbol.slice(0, -name.length - 1) : symbol;
}

interface Mark {
  readonly start: number;
  readonly end: number;
  readonly term: string;
}

function placesOf(text: string, name: string): Mark[] {
  const marks: Mark[] = [];
  for (let start = text.indexOf(name); start >= 0; start = text.indexOf(name, start + name.length)) {
    const end = start + name.length;
    if (!joins(text, start) && !joins(text, end)) marks.push({ start, end, term: name });
  }
  return marks;
}

/** Is the place between two characters of one word? */
const joins = (text: string, at: number): boolean => isOfWord(text, at - 1) && isOfWord(text, at);

const isOfWord = (text: string, at: number): boolean =>
  at >= 0 && at < text.length && charClass(text.charCodeAt(at)) !== CharClass.other;

function showLine(of: {
  path: string;
  language: string;
  line: number;
  text: string;
  marks: readonly Mark[];
}): ShownLine {
  const { path, language, line, marks } = of;
  const clipped = clipLine(of);
  return {
    path,
    language,
    line,
    column: (marks[0]?.start ?? 0) + 1,
    text: clipped.text,
    highlights: clipped.marks.map(({ start, end }) => [start, end] as const),
  };
}
