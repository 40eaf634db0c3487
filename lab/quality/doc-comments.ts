/**
 * Finds the doc comments of a file and what they describe: docstrings of Python, `/** ... *\/`, `///` and `//!`, and blocks of `//` (C++) or
 * `#` (Ruby) right above a definition. Lines count from 0 here, both ends included.
 */
import { definitionEnd, definitionLine, enclosingTypes, indentOf } from "./definition-lines.ts";

export interface DocComment {
  readonly start: number;
  readonly end: number;
  /** Without its marks. */
  readonly text: string;
  /** What the lines become when it is deleted: nothing, or `pass` where a body would be left empty. */
  readonly replacement: string | null;
  /** null: it describes a module, or nothing that is recognised. */
  readonly definition: Definition | null;
}

export interface Definition {
  readonly name: string;
  /** Types around it, innermost first. */
  readonly types: readonly string[];
  readonly kind: "function" | "type" | "value";
  readonly start: number;
  readonly end: number;
}

export function findDocComments(text: string, language: string): DocComment[] {
  const lines = text.split("\n");
  return language === "python" ? docstrings(lines) : commentBlocks(lines, language);
}

/** The text without them, and where its lines went: `newLine[old]`, for a deleted line the next that is left. */
export function stripDocComments(text: string, docs: readonly DocComment[]): { text: string; newLine: Int32Array } {
  const lines = text.split("\n");
  const byStart = new Map(docs.map((doc) => [doc.start, doc]));
  const newLine = new Int32Array(lines.length);
  const kept: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    newLine[at] = kept.length;
    const doc = byStart.get(at);
    if (doc === undefined) {
      kept.push(lines[at] ?? "");
      continue;
    }
    newLine.fill(kept.length, doc.start, doc.end + 1);
    if (doc.replacement !== null) kept.push(doc.replacement);
    at = doc.end;
  }
  return { text: kept.join("\n"), newLine };
}

function docstrings(lines: readonly string[]): DocComment[] {
  const found: DocComment[] = [];
  const first = lines.findIndex((line) => line.trim() !== "" && !line.startsWith("#"));
  const take = (at: number, header: number | null) => {
    const open = /^\s*[rRuU]{0,2}("""|''')/.exec(lines[at] ?? "");
    const mark = open?.[1];
    if (open === null || mark === undefined) return;
    const rest = (lines[at] ?? "").slice(open[0].length);
    let end = at;
    if (!rest.includes(mark))
      do end++;
      while (end < lines.length && !(lines[end] ?? "").includes(mark));
    if (end >= lines.length) return;
    const body =
      end === at
        ? rest.slice(0, rest.indexOf(mark))
        : [rest, ...lines.slice(at + 1, end), (lines[end] ?? "").split(mark)[0] ?? ""].join("\n");
    const closes = (end === at ? rest.slice(rest.indexOf(mark) + 3) : ((lines[end] ?? "").split(mark)[1] ?? "")).trim();
    if (closes !== "" && !closes.startsWith("#")) return; // an expression, not a docstring
    found.push({
      start: at,
      end,
      text: body,
      ...(header === null ? { replacement: null, definition: null } : describedBy(lines, header, at, end)),
    });
  };
  if (first >= 0) take(first, null);
  for (let at = 0; at < lines.length; at++) {
    if (definitionLine(lines[at] ?? "", "python") === undefined || (found.at(-1)?.end ?? -1) >= at) continue;
    const signatureEnd = pythonSignatureEnd(lines, at);
    let body = signatureEnd + 1;
    while (body < lines.length && (lines[body] ?? "").trim() === "") body++;
    if (indentOf(lines[body] ?? "") > indentOf(lines[at] ?? "")) take(body, at);
  }
  return found;
}

function describedBy(
  lines: readonly string[],
  header: number,
  start: number,
  end: number,
): Pick<DocComment, "replacement" | "definition"> {
  const definition = describe(lines, header, "python");
  let next = end + 1;
  while (next < lines.length && (lines[next] ?? "").trim() === "") next++;
  const emptied = next >= lines.length || indentOf(lines[next] ?? "") <= indentOf(lines[header] ?? "");
  const indent = /^\s*/.exec(lines[start] ?? "")?.[0] ?? "";
  return { replacement: emptied ? `${indent}pass` : null, definition };
}

function pythonSignatureEnd(lines: readonly string[], start: number): number {
  let depth = 0;
  for (let at = start; at < lines.length && at < start + 60; at++) {
    const code = (lines[at] ?? "").replace(/"[^"]*"|'[^']*'/g, "").replace(/#.*/, "");
    for (const char of code) depth += "([{".includes(char) ? 1 : ")]}".includes(char) ? -1 : 0;
    if (depth <= 0 && /:\s*$/.test(code)) return at;
  }
  return start;
}

function commentBlocks(lines: readonly string[], language: string): DocComment[] {
  const found: DocComment[] = [];
  for (let at = 0; at < lines.length; at++) {
    const block = blockAt(lines, at, language);
    if (block === undefined) continue;
    const definition = definitionBelow(lines, block.end, language);
    const isDoc = block.always || definition !== null;
    if (isDoc) found.push({ start: at, end: block.end, text: block.text, replacement: null, definition });
    at = block.end;
  }
  return found;
}

/** The comment that begins on line `at`; `always`: its marks say that it is a doc comment whatever follows. */
function blockAt(
  lines: readonly string[],
  at: number,
  language: string,
): { end: number; text: string; always: boolean } | undefined {
  const first = (lines[at] ?? "").trim();
  const marked =
    language === "rust"
      ? /^\/\/[/!](?!\/)/
      : language === "ruby"
        ? /^#(?![!{])/
        : language === "cpp"
          ? /^\/\/(?!\s*(NOLINT|clang-format))/
          : undefined;
  if (marked?.test(first)) {
    let end = at;
    while (marked.test((lines[end + 1] ?? "").trim())) end++;
    const text = lines
      .slice(at, end + 1)
      .map((line) => line.trim().replace(/^(\/\/[/!]?<?|#) ?/, ""))
      .join("\n");
    return { end, text, always: language === "rust" || first.startsWith("///") };
  }
  if (!/^\/\*\*(?![*/])/.test(first)) return undefined;
  let end = at;
  while (end < lines.length && !(lines[end] ?? "").includes("*/")) end++;
  if (!(lines[end] ?? "").trimEnd().endsWith("*/")) return undefined; // code follows on the line, or it never ends
  const text = lines
    .slice(at, end + 1)
    .map((line) =>
      line
        .trim()
        .replace(/^\/\*\*+/, "")
        .replace(/\*+\/$/, "")
        .replace(/^\*+ ?/, ""),
    )
    .join("\n");
  return { end, text, always: true };
}

const BETWEEN = /^\s*(@|#\[|#!\[|template\s*<.*>\s*$|LEVELDB_EXPORT\s*$|\/\/ (eslint|prettier)|\/\*)/;

/** What begins on the next line that is no attribute; null where a blank line or something else stands. */
function definitionBelow(lines: readonly string[], end: number, language: string): Definition | null {
  let at = end + 1;
  while (at < end + 12 && BETWEEN.test(lines[at] ?? "") && definitionLine(lines[at] ?? "", language) === undefined)
    at++;
  return describe(lines, at, language);
}

function describe(lines: readonly string[], at: number, language: string): Definition | null {
  const line = definitionLine(lines[at] ?? "", language);
  if (line === undefined) return null;
  return { ...line, types: enclosingTypes(lines, at, language), start: at, end: definitionEnd(lines, at) };
}
