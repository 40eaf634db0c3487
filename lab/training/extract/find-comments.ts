/**
 * Comments that stand on lines of their own, and strings that document what they stand in (Python's docstrings, Elixir's
 * @doc), by lines alone: the languages without a grammar have them too.
 */

export interface Comment {
  /** Lines [start, end), from 0. */
  readonly start: number;
  readonly end: number;
  /** Without comment marks. */
  readonly text: string;
  /** The line it is about, from 0. */
  readonly about: number;
}

type Style = "hash" | "slash" | "dash";
const STYLES: Readonly<Record<string, Style>> = {
  python: "hash", ruby: "hash", shell: "hash", elixir: "hash", powershell: "hash", perl: "hash", r: "hash", crystal: "hash", nim: "hash",
  lua: "dash", haskell: "dash", sql: "dash", elm: "dash",
  typescript: "slash", javascript: "slash", go: "slash", rust: "slash", java: "slash", csharp: "slash", c: "slash", cpp: "slash", php: "slash",
  kotlin: "slash", scala: "slash", swift: "slash", dart: "slash", zig: "slash", groovy: "slash", protobuf: "slash", vue: "slash",
}; // prettier-ignore

/** Decorators and attributes between a comment and what it is about. */
const ATTRIBUTE =
  /^\s*(?:@(?!param|return)\w|#\[|\[[A-Z]|template\s*<|__attribute__|export\s*$|async\s*$|static\s*$|inline\s*$)/;
const MAX_ATTRIBUTES = 8;
const MAX_COMMENT_LINES = 80;

/** Does the extract stage know how this language comments? */
export const hasComments = (language: string): boolean => language in STYLES;

export function findComments(lines: readonly string[], language: string): Comment[] {
  const style = STYLES[language];
  if (style === undefined) return [];
  const comments: Comment[] = [];
  for (let at = 0; at < lines.length;) {
    const found =
      docString(lines, at, language) ??
      blockComment(lines, at, BLOCKS[language] ?? (style === "slash" ? SLASH_BLOCK : null)) ??
      lineComments(lines, at, style);
    if (found === null) {
      at++;
      continue;
    }
    at = found.end;
    if (found.end - found.start > MAX_COMMENT_LINES) continue;
    const about = found.about ?? lineAfter(lines, found.end);
    if (about !== null) comments.push({ ...found, about });
  }
  return comments;
}

type Found = Omit<Comment, "about"> & { readonly about?: number | null };

/** Haskell's `-- ^` is about what stands before it, and `--[[` of Lua opens a block. */
const MARKS: Readonly<Record<Style, RegExp>> = {
  hash: /^\s*#(?![!#[])\s?/,
  slash: /^\s*\/\/[/!]*<?\s?/,
  dash: /^\s*--+(?!\s*\^|\[=*\[)\s?(?:\|\s)?/,
};

function lineComments(lines: readonly string[], start: number, style: Style): Found | null {
  const mark = MARKS[style];
  let end = start;
  while (end < lines.length && mark.test(lines[end] as string)) end++;
  return end === start
    ? null
    : {
        start,
        end,
        text: lines
          .slice(start, end)
          .map((line) => line.replace(mark, ""))
          .join("\n"),
      };
}

interface Block {
  readonly opening: RegExp;
  readonly closing: RegExp;
}
const SLASH_BLOCK: Block = { opening: /^\s*\/\*[*!]*/, closing: /\*+\// };
const BLOCKS: Readonly<Record<string, Block>> = {
  lua: { opening: /^\s*--+\[=*\[-*/, closing: /-*\]=*\]/ },
  haskell: { opening: /^\s*\{-(?!#)\s*\|?/, closing: /-\}/ },
};

function blockComment(lines: readonly string[], start: number, block: Block | null): Found | null {
  if (!block?.opening.test(lines[start] as string)) return null;
  let last = start;
  while (last < lines.length && !block.closing.test(lines[last] as string)) last++;
  // with code behind it a comment is not on lines of its own
  if (last === lines.length || (lines[last] as string).split(block.closing).at(-1)?.trim() !== "") return null;
  const text = lines
    .slice(start, last + 1)
    .join("\n")
    .replace(block.opening, "");
  return {
    start,
    end: last + 1,
    text: text
      .slice(0, text.search(block.closing))
      .split("\n")
      .map((line) => line.replace(/^\s*\*+ ?/, ""))
      .join("\n"),
  };
}

/** Python's stands below the line it is about, and so does Elixir's of a module; Elixir's others above. */
function docString(lines: readonly string[], start: number, language: string): Found | null {
  const pattern =
    language === "python"
      ? /^\s*[rRuU]?("""|''')/
      : language === "elixir"
        ? /^\s*@(?:module|type)?doc\s+(?:~[sS])?(""")/
        : null;
  const line = lines[start] as string;
  const opening = pattern?.exec(line);
  if (!opening) return null;
  const quotes = opening[1] as string;
  const rest = line.slice(opening[0].length);
  let last = start;
  let text = rest;
  if (rest.includes(quotes)) text = rest.slice(0, rest.indexOf(quotes));
  else {
    do {
      last++;
      if (last >= lines.length) return null;
      text += `\n${lines[last]}`;
    } while (!(lines[last] as string).includes(quotes));
    text = text.slice(0, text.lastIndexOf(quotes));
  }
  const about =
    language === "python"
      ? definitionAbove(lines, start)
      : /@moduledoc/.test(opening[0])
        ? moduleAbove(lines, start)
        : undefined;
  return about === null ? null : { start, end: last + 1, text, ...(about === undefined ? {} : { about }) };
}

const PYTHON_DEFINITION = /^\s*(?:async\s+def|def|class)\s/;
const MAX_SIGNATURE_LINES = 15;

function definitionAbove(lines: readonly string[], below: number): number | null {
  if (!/:\s*(?:#.*)?$/.test(lines[below - 1] ?? "")) return null;
  for (let at = below - 1; at >= 0 && below - at < MAX_SIGNATURE_LINES; at--)
    if (PYTHON_DEFINITION.test(lines[at] as string)) return at;
  return null;
}

function moduleAbove(lines: readonly string[], below: number): number | null {
  for (let at = below - 1; at >= 0 && below - at < MAX_SIGNATURE_LINES; at--)
    if (/^\s*def(?:module|protocol|impl)\s/.test(lines[at] as string)) return at;
  return null;
}

function lineAfter(lines: readonly string[], end: number): number | null {
  for (let at = end; at < lines.length && at - end < MAX_ATTRIBUTES; at++) {
    const line = lines[at] as string;
    if (line.trim() === "") return null;
    if (!ATTRIBUTE.test(line)) return at;
  }
  return null;
}
