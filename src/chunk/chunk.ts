/**
 * What a chunk is, how big it may be, and how small neighbours are joined. A file's chunks, joined, are its text
 * (with marks where source/secrets/ covered something, before anything is cut):
 * every character belongs to exactly one, in order. Cuts fall on line starts, except inside a giant line.
 * Any change of these rules or numbers changes rows that exist already: give CHUNKER a new name with it.
 */

/** Name of the rules (chunks, symbols and terms), kept in the manifest. */
export const CHUNKER = "syntax-4";

export interface ChunkSizes {
  /** What fits in both is left whole. */
  readonly chars: number;
  readonly lines: number;
  /** A smaller piece says too little alone and is joined to a neighbour. */
  readonly smallChars: number;
  /** A longer line is cut, at a code point. */
  readonly giantLineChars: number;
}

/**
 * About what the built-in model reads (420 pieces), and a screen of lines. In UTF-8 a UTF-16 unit is at most 3 bytes,
 * so every chunk stays below 32 KiB, where Lance changes its encoding of a whole page.
 */
export const CHUNK_SIZES: ChunkSizes = { chars: 1500, lines: 50, smallChars: 100, giantLineChars: 6000 };

/** Lines count from 1, both ends included. */
export interface Chunk {
  readonly startLine: number;
  readonly endLine: number;
  /** Enclosing definition, qualified with dots (`Class.method`); null: none. */
  readonly symbol: string | null;
  readonly contents: string;
  /** Names, unqualified, of the definitions that begin in it; each once. */
  readonly definitions: readonly string[];
}

/** Whole lines [start, end), counted from 0, and the names of the definitions around them, outermost first. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly scope: readonly string[];
}

/** The text with the offsets of its lines. A line ends after `\n`; `\r` alone ends none. */
export class Lines {
  /** Offset of every line's first character, then the length of the text. */
  private readonly starts: Int32Array;
  readonly count: number;

  constructor(
    readonly text: string,
    readonly sizes: ChunkSizes = CHUNK_SIZES,
  ) {
    let count = 1;
    for (let at = text.indexOf("\n"); at >= 0 && at + 1 < text.length; at = text.indexOf("\n", at + 1)) count++;
    this.count = text === "" ? 0 : count;
    this.starts = new Int32Array(this.count + 1);
    for (let line = 1, at = 0; line < this.count; line++) {
      at = text.indexOf("\n", at) + 1;
      this.starts[line] = at;
    }
    this.starts[this.count] = text.length;
  }

  /** Offset of the first character of `line`; the end of the text for the line after the last. */
  offset(line: number): number {
    return this.starts[line] as number;
  }

  chars(start: number, end: number): number {
    return this.offset(end) - this.offset(start);
  }

  slice(start: number, end: number): string {
    return this.text.slice(this.offset(start), this.offset(end));
  }

  isBlank(line: number): boolean {
    return this.indent(line) === this.offset(line + 1);
  }

  /** Offset of the first character of `line` that is no white space, or of the next line. */
  indent(line: number): number {
    const end = this.offset(line + 1);
    let at = this.offset(line);
    while (at < end && this.text.charCodeAt(at) <= 0x20) at++;
    return at;
  }

  fits(start: number, end: number): boolean {
    return end - start <= this.sizes.lines && this.chars(start, end) <= this.sizes.chars;
  }
}

/**
 * Joins neighbours that fit together, where one is small; and pieces of the same definition, which are filled evenly so
 * that none is left over with its last two lines.
 */
export function joinSpans(spans: readonly Span[], lines: Lines): Span[] {
  const size = (s: Span) => lines.chars(s.start, s.end);
  const total = spans.reduce((sum, s) => sum + size(s), 0);
  const even = total / Math.max(1, Math.ceil(total / lines.sizes.chars));
  const joined: Span[] = [];
  for (const next of spans) {
    const last = joined.at(-1);
    if (last === undefined || !lines.fits(last.start, next.end)) {
      joined.push(next);
      continue;
    }
    const small = Math.min(size(last), size(next)) < lines.sizes.smallChars;
    const join = sameScope(last.scope, next.scope) ? size(last) < even : small;
    if (join) {
      const scope = joinedScope({ scope: last.scope, size: size(last) }, { scope: next.scope, size: size(next) });
      joined[joined.length - 1] = { start: last.start, end: next.end, scope };
    } else joined.push(next);
  }
  return joined;
}

interface Sized {
  readonly scope: readonly string[];
  readonly size: number;
}

/** The scope of two joined pieces: the one that has twice the other's text, else what encloses both. */
function joinedScope(a: Sized, b: Sized): readonly string[] {
  if (a.size >= 2 * b.size) return a.scope;
  if (b.size >= 2 * a.size) return b.scope;
  let depth = 0;
  while (depth < a.scope.length && a.scope[depth] === b.scope[depth]) depth++;
  return a.scope.slice(0, depth);
}

export function sameScope(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}

/** A name the text defines, on a line counted from 0. */
export interface DefinedName {
  readonly line: number;
  readonly name: string;
}

/** Spans to chunks; giant lines are cut here. @param defined by line, ascending */
export function spansToChunks(spans: readonly Span[], lines: Lines, defined: readonly DefinedName[]): Chunk[] {
  let next = 0;
  return spans.flatMap(({ start, end, scope }) => {
    const names = new Set<string>();
    for (let at = defined[next]; at !== undefined && at.line < end; at = defined[++next]) names.add(at.name);
    const symbol = scope.length === 0 ? null : scope.join(".");
    const contents = lines.slice(start, end);
    const pieces = end - start === 1 ? cutLine(contents, lines.sizes.giantLineChars) : [contents];
    return pieces.map((piece, at) => ({
      startLine: start + 1,
      endLine: end,
      symbol,
      contents: piece,
      definitions: at === 0 ? [...names] : [],
    }));
  });
}

function cutLine(line: string, maxChars: number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < line.length;) {
    let end = Math.min(line.length, at + maxChars);
    // never between the halves of a surrogate pair
    if (end < line.length && (line.charCodeAt(end) & 0xfc00) === 0xdc00) end--;
    pieces.push(line.slice(at, end));
    at = end;
  }
  return pieces;
}
