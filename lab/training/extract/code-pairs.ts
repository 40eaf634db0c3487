/**
 * Pairs of one code file. Answers are the product's own chunks, cut and named as in an index, less the comment that became
 * the question; so what is learned is what is searched.
 */
import type { Chunk } from "../../../src/chunk/chunk.ts";
import { definitionName } from "./definition-name.ts";
import { cleanComment } from "./clean-comment.ts";
import { type Comment, findComments } from "./find-comments.ts";
import type { Pair } from "./pair.ts";
import { countWords, spokenName } from "./words.ts";

export interface CodeFile {
  readonly path: string;
  readonly language: string;
  readonly lines: readonly string[];
  readonly chunks: readonly Chunk[];
}

export const isTestPath = (path: string): boolean =>
  /(?:^|\/)(?:tests?|specs?|__tests__|testing)\/|(?:_test|\.test|\.spec|Tests?|_spec)\.\w+$|(?:^|\/)test_[^/]*$/.test(
    path,
  );

const MAX_INLINE_LINES = 14;
const MIN_CHARS = 50;

export function codePairs(file: CodeFile): Pair[] {
  const pairs: Pair[] = [];
  const described = new Set<number>();
  let before: Comment | undefined;
  for (const comment of findComments(file.lines, file.language)) {
    const query = cleanComment(comment.text);
    const previous = before;
    before = comment;
    if (query === null) continue;
    const line = file.lines[comment.about] as string;
    const leads = previous === undefined && comment.start < 40 && indent(line) === 0;
    if (definitionName(line) !== null) {
      described.add(comment.about);
      pairs.push(...chunkPair(file, comment, { kind: "doc", query }));
    } else if (leads) pairs.push(...chunkPair(file, comment, { kind: "file", query }));
    else if (countWords(query) >= 4) pairs.push(...inlinePair(file, comment, query));
  }
  return [...pairs, ...namePairs(file, described), ...neighbourPairs(file), ...pathPairs(file)].filter(isWorthwhile);
}

const isWorthwhile = ({ contents }: Pair): boolean => contents.trim().length >= MIN_CHARS && countWords(contents) >= 5;

/** The chunk of the line the comment is about, without the comment. */
function chunkPair(
  file: CodeFile,
  { start, end, about }: Comment,
  { kind, query }: Pick<Pair, "kind" | "query">,
): Pair[] {
  const chunk = chunkAt(file, about);
  if (chunk === undefined) return [];
  const contents = linesOf(file, chunk)
    .filter((_, at) => !isWithin(chunk.startLine - 1 + at, start, end))
    .join("\n");
  return [{ kind, query, path: file.path, symbol: chunk.symbol, contents }];
}

/** The lines a comment inside a body is about: down to a blank line, a lesser indent, or the next comment. */
function inlinePair(file: CodeFile, { about }: Comment, query: string): Pair[] {
  const chunk = chunkAt(file, about);
  const base = indent(file.lines[about] as string);
  if (chunk === undefined || base === 0) return [];
  let end = about;
  while (end < chunk.endLine && end - about < MAX_INLINE_LINES) {
    const line = file.lines[end] as string;
    if (line.trim() === "" ? end - about >= 2 : indent(line) < base) break;
    if (end > about && /^\s*(?:\/\/|#|--)/.test(line) && indent(line) <= base) break;
    end++;
  }
  return [
    { kind: "inline", query, path: file.path, symbol: chunk.symbol, contents: file.lines.slice(about, end).join("\n") },
  ];
}

/** Undocumented definitions by the words of their name, which is masked in what answers; in tests the name is a sentence. */
function namePairs(file: CodeFile, described: ReadonlySet<number>): Pair[] {
  const test = isTestPath(file.path);
  const pairs: Pair[] = [];
  file.lines.forEach((line, at) => {
    const title = test ? testTitle(line) : null;
    const name = title === null ? definitionName(line) : null;
    if ((title === null && name === null) || described.has(at)) return;
    const query = title ?? spokenName(test ? (name as string).replace(/^(?:test|should)_?/i, "") : (name as string));
    if (query.length < 9 || query.split(" ").length < (test ? 3 : 2)) return;
    const chunk = chunkAt(file, at);
    if (chunk === undefined || chunk.endLine - at < 4) return;
    const contents = linesOf(file, chunk).join("\n");
    const symbol = name === null ? chunk.symbol : withoutName(chunk.symbol, name);
    const masked =
      title === null
        ? contents.replaceAll(new RegExp(`(?<!\\w)${RegExp.escape(name as string)}(?!\\w)`, "g"), "_")
        : contents.replace(title, "_");
    pairs.push({ kind: test ? "test" : "name", query, path: file.path, symbol, contents: masked });
  });
  return pairs;
}

const TEST_TITLE =
  /^\s*(?:it|test|specify|Deno\.test|@test|should|scenario|example|context|t\.run|t\.Run)\s*[(\s]\s*(["'`])(.{12,160}?)\1/;

/** Kotlin's sentence for a name, and Scala's `it should "refuse an empty name" in {`. */
const KOTLIN_TITLE = /^\s*(?:\w+\s+)*fun\s+(`)([^`]{12,160})`/;
const SCALA_TITLE = /^\s*(?:(?:it|they)\s+(?:should|must|can)\s+)?(")([^"]{12,160})"\s+(?:in|>>)\b/;

/** `it("refuses an empty name", ...` */
export function testTitle(line: string): string | null {
  const title = (TEST_TITLE.exec(line) ?? KOTLIN_TITLE.exec(line) ?? SCALA_TITLE.exec(line))?.[2];
  return title === undefined || title.includes("${") || countWords(title) < 3 ? null : title;
}

/** `Class.method` less `method`: what is masked in the body must not stand on the first line. */
function withoutName(symbol: string | null, name: string): string | null {
  const kept = symbol?.split(".").filter((part) => part !== name) ?? [];
  return kept.length === 0 ? null : kept.join(".");
}

/** Code that stands together is about one thing: the identifiers of a chunk ask for the chunk below it. */
function neighbourPairs({ chunks }: CodeFile): Pair[] {
  return chunks.slice(1).flatMap((chunk, before): Pair[] => {
    const above = chunks[before] as Chunk;
    const names = [...new Set(above.contents.match(/[A-Za-z_]\w{3,}/g))].slice(0, 30).join(" ");
    if (chunk.symbol === null || above.symbol === null || above.symbol === chunk.symbol || countWords(names) < 8)
      return [];
    return [{ kind: "neighbour", query: names, path: "", symbol: null, contents: chunk.contents }];
  });
}

function pathPairs({ path, chunks }: CodeFile): Pair[] {
  const query = spokenName(path.replace(/\.\w+$/, ""))
    .split(" ")
    .slice(-6)
    .join(" ");
  const [first] = chunks;
  return first === undefined || isTestPath(path) || !query.includes(" ")
    ? []
    : [{ kind: "path", query, path: "", symbol: null, contents: first.contents }];
}

const chunkAt = ({ chunks }: CodeFile, line: number): Chunk | undefined =>
  chunks.find((chunk) => line >= chunk.startLine - 1 && line < chunk.endLine);
const linesOf = ({ lines }: CodeFile, { startLine, endLine }: Chunk): string[] => lines.slice(startLine - 1, endLine);
const isWithin = (line: number, start: number, end: number): boolean => line >= start && line < end;
const indent = (line: string): number => line.length - line.trimStart().length;
