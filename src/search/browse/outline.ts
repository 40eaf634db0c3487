/**
 * The symbols of one file: what each of its chunks defines, put in order, with ends and parents by indentation. Pure; no parser runs where
 * questions are answered, so an end is good for folding and not for more.
 */
import type { OutlineSymbol } from "../../protocol/browse-api.ts";
import { findDefinitions } from "./definition-lines.ts";

export interface OutlineChunk {
  readonly startLine: number;
  readonly contents: string;
  /** Of the row. */
  readonly terms: string;
  /** The definition around the chunk, qualified. */
  readonly symbol: string | null;
}

interface Found {
  readonly name: string;
  readonly kind: string | null;
  readonly line: number;
  readonly indent: number;
  /** What the index says stands around it, where the chunk is of this very definition. */
  readonly qualifier: string | null;
}

/** @param chunks of one file, in order */
export function outlineOf(chunks: readonly OutlineChunk[]): OutlineSymbol[] {
  const lines = chunks
    .map(({ contents }) => contents)
    .join("")
    .split("\n");
  const found = chunks.flatMap((chunk): Found[] => {
    const { startLine, symbol } = chunk;
    return findDefinitions(chunk.contents.split("\n"), chunk.terms).map(({ name, at, kind }) => ({
      name,
      kind,
      line: startLine + at,
      indent: indentOf(lines[startLine + at - 1] ?? ""),
      qualifier: symbol?.endsWith(`.${name}`) === true ? symbol.slice(0, -name.length - 1) : null,
    }));
  });
  const open: { indent: number; symbol: OutlineSymbol }[] = [];
  return found.map((each) => {
    const { name, line, indent } = each;
    while (open.length > 0 && (open.at(-1)?.indent ?? 0) >= indent) open.pop();
    const around = open.at(-1)?.symbol;
    const parent =
      around === undefined ? each.qualifier : around.parent === null ? around.name : `${around.parent}.${around.name}`;
    const kind =
      each.kind === "function" && around !== undefined && HOLDS_METHODS.has(around.kind ?? "") ? "method" : each.kind;
    const endLine = endOf(lines, line);
    const symbol: OutlineSymbol = { name, kind, startLine: line, endLine, parent, depth: open.length };
    open.push({ indent, symbol });
    return symbol;
  });
}

const HOLDS_METHODS = new Set([
  "class",
  "interface",
  "struct",
  "trait",
  "impl",
  "object",
  "protocol",
  "extension",
  "contract",
  "enum",
  "record",
  "actor",
]);

const TAB = 4;

function indentOf(line: string): number {
  let columns = 0;
  for (const character of line) {
    if (character === " ") columns++;
    else if (character === "\t") columns += TAB;
    else break;
  }
  return columns;
}

/** A line that closes what a definition opened, and one that closes its head and opens its body. */
const CLOSES = /^\s*([)\]}]|end\b|done\b|esac\b|fi\b)/;
const OPENS = /[{([:]\s*(\/\/.*|#.*)?$|\b(do|then|begin)\s*$|=>?\s*$/;

/** The last line of a definition that begins on `line` (from 1): what follows and stands further in, and what closes it. */
function endOf(lines: readonly string[], line: number): number {
  const indent = indentOf(lines[line - 1] ?? "");
  let end = line;
  for (let at = line; at < lines.length; at++) {
    const text = lines[at] ?? "";
    if (text.trim() === "") continue;
    if (indentOf(text) > indent) end = at + 1;
    else if (indentOf(text) === indent && (CLOSES.test(text) || (end === line && /^\s*\{/.test(text)))) {
      end = at + 1;
      if (!OPENS.test(text)) break;
    } else break;
  }
  return end;
}
