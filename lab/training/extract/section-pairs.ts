/** Headings of documents as questions; the section, cut by the product, answers without its heading and its own title. */
import type { Chunk } from "../../../src/chunk/chunk.ts";
import { stripMarkup } from "./clean-comment.ts";
import type { Pair } from "./pair.ts";
import { asciiShare, countWords } from "./words.ts";

/** Headings that tell of versions, not of contents. */
const VERSION =
  /^v?\d+\.\d+|^\[?\d|^unreleased|^(?:bug fixes|features|fixed|added|changed|removed|patch changes|minor changes|major changes)$/i;
const HEADING = /^#{1,6}\s+(.*?)\s*#*\s*$/;
const UNDERLINE = /^([=\-~^"'`#*+.:])\1{2,}\s*$/;
const MIN_CHARS = 120;

export function sectionPairs(path: string, chunks: readonly Chunk[]): Pair[] {
  return chunks.flatMap((chunk) => {
    const lines = chunk.contents.split("\n");
    const found = lines.findIndex(
      (line, at) => HEADING.test(line) || (line.trim() !== "" && UNDERLINE.test(lines[at + 1] ?? "")),
    );
    if (found < 0 || found > 2) return [];
    const heading = HEADING.exec(lines[found] as string);
    const title = stripMarkup((heading?.[1] ?? (lines[found] as string)).replace(/[*_]|\{#.*\}|<[^>]*>/g, "")).trim();
    const contents = lines
      .slice(found + (heading === null ? 2 : 1))
      .join("\n")
      .trim();
    if (VERSION.test(title) || contents.length < MIN_CHARS || asciiShare(contents.slice(0, 1500)) < 0.9) return [];
    const around = chunk.symbol?.split(".").slice(0, -1).join(".") ?? "";
    const query = countWords(title) >= 2 ? title : `${around.split(".").at(-1) ?? ""} ${title}`.trim();
    if (countWords(query) < 2) return [];
    return [{ kind: "section", query, path, symbol: around === "" ? null : around, contents }];
  });
}
