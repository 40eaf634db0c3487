/** Questions from prose: what a doc comment says first, and whether it is English anybody would type. Follows the rules our own sets were made with. */
import { identifierParts } from "../../src/search/identifier.ts";

const TAG_LINE =
  /^\s*(@(?!link|code|inheritDoc)[a-zA-Z-]+|:(param|type|returns?|rtype|raises?|arg|keyword|ivar|cvar|var)\b|\\(param|return|brief|note)|Args:|Arguments:|Returns:?|Return:?|Raises:?|Yields:?|Examples?:?$|Parameters:?\s*$|Notes?:?\s*$|See Also|References\s*$|#+ (Examples?|Panics|Errors|Safety)|>>>|```|~~~|\.\. |\s*-{3,}\s*$|<\w+|- (Parameter|Returns|Throws)|Examples?::|\w+ +- )/;
const LEGAL = /copyright|licen[cs]ed? |SPDX|all rights reserved|permission is hereby granted/i;
const PRAGMA =
  /^\s*(eslint|tslint|istanbul|prettier|pylint|type:|noqa|nolint|rubocop|@ts-|clang-format|codecov|pragma|region|endregion|TODO|FIXME|XXX|HACK|:nodoc:|@inheritdoc|\{@inheritdoc|@internal\s*$|see (also )?:?|@see|-\*-|vim:|DEPRECATED|---|===|MARK|mypy)/i;
const ABBREVIATION = /(e\.g|i\.e|etc|vs|cf|Mr|Dr|approx|incl|resp)\.$/;

/** The first sentence of a doc comment (its marks already removed), as plain words; undefined: it says nothing to ask. */
export function firstSentence(comment: string): string | undefined {
  const kept: string[] = [];
  for (const line of comment.split("\n").map((l) => l.trim())) {
    if (TAG_LINE.test(line)) {
      if (kept.some((l) => l !== "")) break;
    } else if (!/^[-=*#~_/\\+.]{3,}$/.test(line)) kept.push(line);
  }
  const text = plain(kept.join("\n")).replace(/^(Public|Internal|Private|Protected): /, "");
  if (text === "" || LEGAL.test(text.slice(0, 400)) || PRAGMA.test(text)) return undefined;
  const paragraph = (text.split(/\n\s*\n/)[0] ?? "").replace(/\s+/g, " ").trim();
  const sentence = endOfSentence(paragraph).slice(0, 300);
  return isEnglish(sentence) && wordCount(sentence) >= 3 ? sentence : undefined;
}

function endOfSentence(paragraph: string): string {
  for (const match of paragraph.matchAll(/[.!?](?=\s+[A-Z`"'([@]|\s*$)/g)) {
    const sentence = paragraph.slice(0, match.index + 1);
    if (!ABBREVIATION.test(sentence)) return sentence.trim();
  }
  return paragraph;
}

/** Prose without the marks of JSDoc, Markdown, reStructuredText and HTML. */
export function plain(text: string): string {
  return text
    .replace(/\{@(?:link|code|linkplain|value|literal|see)\s+([^}]*)\}/g, (_, target: string) =>
      (target.split("#").at(-1) ?? "").trim(),
    )
    .replace(/<\/?(?:p|code|i|b|em|strong|ul|li|ol|br|pre|tt|a|span|div)\b[^>]*>/g, " ")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/\[`?([^\]`]+)`?\](?:\[[^\]]*\])?/g, "$1")
    .replace(
      /:(?:[a-z]+:)?(?:ref|class|func|meth|mod|attr|exc|data|doc|obj|term|setting|signal|reqmeta):`~?!?([^`<]*)(?:<[^`]*>)?`/g,
      "$1",
    )
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&")
    .replace(/`+/g, "")
    .replace(/https?:\/\/\S+/g, " ")
    .replace(/[ \t]+/g, " ")
    .trim();
}

/** Mostly letters, mostly ASCII. */
export function isEnglish(text: string): boolean {
  if (text === "") return false;
  const letters = text.match(/[\p{L} ]/gu)?.length ?? 0;
  const ascii = text.match(/[\x00-\x7f]/g)?.length ?? 0; // oxlint-disable-line no-control-regex
  return letters / text.length > 0.72 && ascii / text.length >= 0.93;
}

export const wordCount = (text: string): number => text.match(/[A-Za-z]{2,}/g)?.length ?? 0;

const GRAMMAR = new Set(
  "the and for this that with from not are was were will has have had its can may when which each all any used use uses using given into also only but than then you your one two".split(
    " ",
  ),
);

/** Words of three letters and more that say something. */
export const contentWordCount = (text: string): number =>
  (text.match(/[A-Za-z]{3,}/g) ?? []).filter((word) => !GRAMMAR.has(word.toLowerCase())).length;

/** The words of names, in lower case: whole identifiers and their parts. */
export function namedWords(names: readonly string[]): ReadonlySet<string> {
  const words = new Set<string>();
  for (const name of names)
    for (const identifier of name.match(/\w+/g) ?? []) {
      words.add(identifier.toLowerCase());
      for (const part of partsOf(identifier)) words.add(part);
    }
  return words;
}

/** `sentence` without every word that is, or is made of, one of `words`. */
export function withoutWords(sentence: string, words: ReadonlySet<string>): string {
  return sentence
    .replace(/\w+/g, (identifier) =>
      words.has(identifier.toLowerCase()) || partsOf(identifier).some((part) => words.has(part)) ? " " : identifier,
    )
    .replace(/\s+/g, " ")
    .replace(/ ([.,;:!?])/g, "$1")
    .trim();
}

function partsOf(identifier: string): string[] {
  const bounds = identifierParts(identifier);
  const parts: string[] = [];
  for (let i = 0; i < bounds.length; i += 2) parts.push(identifier.slice(bounds[i], bounds[i + 1]).toLowerCase());
  return parts;
}
