/** Heading of a documentation section -> the section's lines, in Markdown and reStructuredText. */
import { isEnglish, plain, wordCount } from "./sentences.ts";

/** Lines count from 1, both ends included. */
export interface Section {
  readonly title: string;
  /** Its heading: one line, or two or three with underline and overline. */
  readonly heading: readonly [start: number, end: number];
  /** The text below the heading, up to the next one of any level. */
  readonly body: readonly [start: number, end: number];
}

const MIN_TEXT = 120;
const ROUTINE =
  /^v?\d+\.\d+|^\[?\d|^unreleased|^(bug fixes|features|fixed|added|changed|removed|patch changes|minor changes|major changes|development fixes|minor enhancements|documentation|site enhancements)$/i;
const RULE = /^([=\-~^"'`#*+.:])\1{2,}\s*$/;

/** Sections worth asking about: an English title of two words or more over enough text. */
export function findSections(path: string, text: string): Section[] {
  const lines = text.split("\n");
  const headings = path.endsWith(".rst") ? rstHeadings(lines) : markdownHeadings(lines);
  return headings.flatMap((heading, i) => {
    const title = plain(heading.title)
      .replace(/[*_]|\{#.*\}|<[^>]*>/g, "")
      .replace(/\s+/g, " ")
      .trim();
    const start = heading.end + 1;
    const end = (headings[i + 1]?.start ?? lines.length + 1) - 1;
    const body = lines
      .slice(start - 1, end)
      .join("\n")
      .trim();
    if (ROUTINE.test(title) || wordCount(title) < 2 || !isEnglish(title) || body.length < MIN_TEXT) return [];
    return [{ title, heading: [heading.start, heading.end], body: [start, end] } as const];
  });
}

interface Heading {
  readonly title: string;
  readonly start: number;
  readonly end: number;
}

function markdownHeadings(lines: readonly string[]): Heading[] {
  const found: Heading[] = [];
  let fence: string | undefined;
  lines.forEach((line, i) => {
    const mark = /^\s*(```|~~~)/.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || mark === fence)) fence = fence === undefined ? mark : undefined;
    const title = fence === undefined ? /^#{1,6}\s+(.*?)\s*#*\s*$/.exec(line)?.[1] : undefined;
    if (title !== undefined) found.push({ title, start: i + 1, end: i + 1 });
  });
  return found;
}

function rstHeadings(lines: readonly string[]): Heading[] {
  const found: Heading[] = [];
  lines.forEach((line, i) => {
    const below = lines[i + 1] ?? "";
    if (line.trim() === "" || RULE.test(line) || !RULE.test(below) || below.trim().length < line.trim().length - 1)
      return;
    const over = RULE.test(lines[i - 1] ?? "") && lines[i - 1] === below;
    if (!over && line.startsWith(" ")) return;
    found.push({ title: line.trim(), start: over ? i : i + 1, end: i + 2 });
  });
  return found;
}
