/**
 * The text of an answer as blocks to be shown: paragraphs, headings, lists, fenced code; within them bold, code and citations. What
 * else Markdown knows stays the text that it is: no images, no links, no HTML. Pure; any text gives blocks, a half of one too.
 */
import { splitCitations } from "../protocol/citations.ts";

export type Inline =
  | { readonly kind: "text" | "code"; readonly text: string }
  | { readonly kind: "bold"; readonly parts: readonly Inline[] }
  /** `text` as the answer writes it: `[1, 4]`. */
  | { readonly kind: "citation"; readonly text: string; readonly numbers: readonly number[] };

export interface ListItem {
  /** 0 to 3. */
  readonly depth: number;
  /** As written; null: it has a dot. */
  readonly number: number | null;
  readonly parts: readonly Inline[];
}

export type Block =
  | { readonly kind: "paragraph"; readonly parts: readonly Inline[] }
  | { readonly kind: "heading"; readonly parts: readonly Inline[] }
  | { readonly kind: "list"; readonly ordered: boolean; readonly items: readonly ListItem[] }
  /** `closed`: its end has come. */
  | { readonly kind: "code"; readonly language: string; readonly text: string; readonly closed: boolean };

const FENCE = /^([ \t]*)(`{3,}|~{3,})[ \t]*([\w+#.-]*)[^`]*$/;
const HEADING = /^ {0,3}#{1,6}[ \t]+(.*)$/;
const ITEM = /^([ \t]*)(?:[-*+]|(\d{1,9})[.)])[ \t]+(.*)$/;
const DEEPEST = 3;

export function answerBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  const lines = text.split(/\r\n|[\r\n]/);
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? "";
    const fence = FENCE.exec(line);
    if (line.trim() === "") at++;
    else if (fence) at = readCode(lines, at, fence, blocks);
    else if (HEADING.test(line)) {
      blocks.push({ kind: "heading", parts: inlinesOf(HEADING.exec(line)?.[1]?.replace(/[ \t]+#+[ \t]*$/, "") ?? "") });
      at++;
    } else if (ITEM.test(line)) at = readList(lines, at, blocks);
    else at = readParagraph(lines, at, blocks);
  }
  return blocks;
}

/** @returns the line after it */
function readCode(lines: readonly string[], from: number, fence: RegExpExecArray, blocks: Block[]): number {
  const [, indent = "", marks = "", language = ""] = fence;
  const isEnd = (line: string) => {
    const end = line.trim();
    return end.length >= marks.length && end === marks.charAt(0).repeat(end.length);
  };
  let at = from + 1;
  const code: string[] = [];
  for (; at < lines.length && !isEnd(lines[at] ?? ""); at++)
    code.push((lines[at] ?? "").slice(indentOf(lines[at] ?? "", indent.length)));
  blocks.push({ kind: "code", language: language.toLowerCase(), text: code.join("\n"), closed: at < lines.length });
  return at + 1;
}

/** How many of the first `most` characters are space. */
function indentOf(line: string, most: number): number {
  let n = 0;
  while (n < most && (line[n] === " " || line[n] === "\t")) n++;
  return n;
}

function readList(lines: readonly string[], from: number, blocks: Block[]): number {
  const items: { depth: number; number: number | null; text: string }[] = [];
  let at = from;
  for (; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const [item, indent = "", number, text = ""] = ITEM.exec(line) ?? [];
    const last = items.at(-1);
    if (item !== undefined) {
      const depth = Math.min(DEEPEST, indent.replaceAll("\t", "  ").length >> 1);
      const isNumbered = number !== undefined;
      if (depth === 0 && last && isNumbered !== (items[0]?.number !== null)) break;
      items.push({ depth, number: isNumbered ? Number(number) : null, text });
    } else if (line.trim() === "") {
      if (!ITEM.test(lines[at + 1] ?? "")) break;
    } else if (FENCE.test(line) || HEADING.test(line) || !last) break;
    else if (/^\S/.test(line) && lines[at - 1]?.trim() === "") break;
    else last.text += `\n${line.trim()}`;
  }
  const shown = items.map(({ depth, number, text }) => ({ depth, number, parts: inlinesOf(text) }));
  blocks.push({ kind: "list", ordered: items[0]?.number !== null, items: shown });
  return at;
}

function readParagraph(lines: readonly string[], from: number, blocks: Block[]): number {
  let at = from + 1;
  const ends = (line: string) => line.trim() === "" || FENCE.test(line) || HEADING.test(line) || ITEM.test(line);
  while (at < lines.length && !ends(lines[at] ?? "")) at++;
  const text = lines.slice(from, at).map((line) => line.trim());
  blocks.push({ kind: "paragraph", parts: inlinesOf(text.join("\n")) });
  return at;
}

/** Code ends in the line that it begins in: so the server reads citations, too. */
export function inlinesOf(text: string): Inline[] {
  const parts: Inline[] = [];
  text.split("\n").forEach((line, i) => {
    if (i > 0) parts.push({ kind: "text", text: "\n" });
    parts.push(...lineParts(line));
  });
  return parts;
}

function lineParts(line: string): Inline[] {
  const parts: Inline[] = [];
  let plain = "";
  const flush = () => {
    if (plain !== "") parts.push(...splitCitations(plain));
    plain = "";
  };
  for (let at = 0; at < line.length;) {
    const code = line[at] === "`" ? codeAt(line, at) : undefined;
    const bold = code ? undefined : boldAt(line, at);
    if (code || bold) flush();
    if (code) parts.push({ kind: "code", text: code.text });
    if (bold) parts.push({ kind: "bold", parts: lineParts(bold.text) });
    if (!code && !bold) {
      // a run of backticks that nothing closes is passed over whole
      const end = line[at] === "`" ? at + runAt(line, at) : at + 1;
      plain += line.slice(at, end);
      at = end;
    } else at = (code ?? bold)?.end ?? at + 1;
  }
  flush();
  return parts;
}

function runAt(line: string, at: number): number {
  let end = at;
  while (line[end] === "`") end++;
  return end - at;
}

interface Marked {
  readonly text: string;
  /** After its closing mark. */
  readonly end: number;
}

function codeAt(line: string, at: number): Marked | undefined {
  const run = runAt(line, at);
  for (let from = line.indexOf("`", at + run); from >= 0; from = line.indexOf("`", from)) {
    const length = runAt(line, from);
    if (length === run) return { text: line.slice(at + run, from).trim() || " ", end: from + length };
    from += length;
  }
  return undefined;
}

/** `**bold**`, with something other than space inside the marks. */
function boldAt(line: string, at: number): Marked | undefined {
  if (!line.startsWith("**", at) || /^(\s|\*|$)/.test(line.slice(at + 2, at + 3))) return undefined;
  const close = line.indexOf("**", at + 3);
  if (close < 0 || /\s/.test(line[close - 1] ?? "")) return undefined;
  return { text: line.slice(at + 2, close), end: close + 2 };
}
