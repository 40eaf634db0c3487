/**
 * `GET /v1/repos/:id/occurrences`: where a name stands as a whole word, in the case it is written. The index's terms say which chunks
 * may have it; their text alone is read, and says where.
 */
import { throwIfAborted } from "../../protocol/abort.ts";
import type { NameDefinition, Occurrences, ShownLine } from "../../protocol/browse-api.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import type { IndexView } from "../index-view.ts";
import { clipLine } from "../snippet.ts";
import { wholeNameTerm } from "../terms.ts";
import { charClass, CharClass } from "../words.ts";
import { type CandidateFile, type ReadChunk, chunksOfColumns } from "./chunks-of-columns.ts";
import { chunksOfPacks } from "./chunks-of-packs.ts";
import { findDefinitions } from "./definition-lines.ts";
import { pageAfter } from "./page-cursor.ts";

const MAX_NAME = 200;
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
  const found = await (view.packs ? chunksOfPacks : chunksOfColumns)({ view, name, term, path, signal });
  const { candidates, definitions } = found;
  const { page, more } = pageAfter(candidates, { key: (file) => file.path, after, count: Math.min(limit, MAX_CHUNKS) });
  const files = withinBudget(page);
  const shown = after === undefined ? definitions : [];
  const rows = files.flatMap((file) => file.rows.slice(0, MAX_CHUNKS));
  const chunks = await found.read([...new Set([...shown, ...rows])]);
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

/** The first files that together have no more chunks than an answer reads; one at least. */
function withinBudget(files: readonly CandidateFile[]): readonly CandidateFile[] {
  let left = MAX_CHUNKS;
  const end = files.findIndex(({ rows }, at) => (left -= rows.length) < 0 && at > 0);
  return end < 0 ? files : files.slice(0, end);
}

function linesWith(chunk: ReadChunk | undefined, path: string, name: string): ShownLine[] {
  const { lines = [], startLine = 1, language = "" } = chunk ?? {};
  return lines.flatMap((text, at) => {
    const marks = placesOf(text, name);
    return marks.length === 0 ? [] : [showLine({ path, language, line: startLine + at, text, marks })];
  });
}

function definitionsIn(chunk: ReadChunk | undefined, name: string): NameDefinition[] {
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
