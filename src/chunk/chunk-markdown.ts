/**
 * Chunks of Markdown: a section is to a document what a function is to a program. Headings (`#` and underlined) open
 * spans that carry the titles around them; fenced code is left alone.
 */
import { joinSpans, type Lines, type Span } from "./chunk.ts";
import { cutLines } from "./chunk-lines.ts";

const HEADING = /^(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$/;
const UNDERLINE = /^(=+|-+)[ \t]*$/;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const MAX_TITLE = 100;

export function chunkMarkdown(lines: Lines): Span[] {
  return joinSpans(
    sections(lines).flatMap((section) => cutLines(section, lines)),
    lines,
  );
}

function sections(lines: Lines): Span[] {
  const spans: Span[] = [];
  // titles[level - 1]; a hole where a level was left out
  let titles: (string | undefined)[] = [];
  let start = 0;
  let fence: string | undefined;
  const close = (end: number) => {
    if (end > start) spans.push({ start, end, scope: titles.filter((t) => t !== undefined) });
    start = end;
  };
  for (let line = 0; line < lines.count; line++) {
    const text = lineText(lines, line);
    const mark = FENCE.exec(text)?.[1];
    if (mark !== undefined && (fence === undefined || mark.startsWith(fence)))
      fence = fence === undefined ? mark : undefined;
    if (fence !== undefined) continue;
    const heading = headingAt(lines, line, text);
    if (heading === undefined) continue;
    close(line);
    titles = titles.slice(0, heading.level - 1);
    titles[heading.level - 1] = heading.title;
  }
  close(lines.count);
  return spans;
}

function headingAt(lines: Lines, line: number, text: string): { level: number; title: string } | undefined {
  const match = HEADING.exec(text);
  if (match) return titled((match[1] as string).length, match[2] as string);
  // a title is one line of plain text between a blank line and its underline; a list or a rule is none
  if (!/^[\p{L}\p{N}`*_"'[(<]/u.test(text) || (line > 0 && !lines.isBlank(line - 1)) || line + 1 >= lines.count)
    return undefined;
  const below = UNDERLINE.exec(lineText(lines, line + 1));
  return below ? titled((below[1] as string).startsWith("=") ? 1 : 2, text.trim()) : undefined;
}

const titled = (level: number, title: string) =>
  title === "" ? undefined : { level, title: title.slice(0, MAX_TITLE) };

function lineText(lines: Lines, line: number): string {
  return lines.slice(line, line + 1).replace(/\r?\n$/, "");
}
