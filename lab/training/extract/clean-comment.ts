/** From a comment's text to the description a person might have asked with: tags, markup, licences and orders to tools out. */
import { asciiShare, countWords, firstSentence, readsAsPhrase } from "./words.ts";

const LICENCE = /copyright|licen[cs]ed? |SPDX|all rights reserved|permission is hereby granted|redistribution and use/i;
const PRAGMA =
  /^\s*(?:frozen_string_literal|coding[:=]|encoding:|warn_indent|line \d|#?line \d|old ?=|eslint|tslint|istanbul|prettier|pylint|type:|noqa|nolint|rubocop|phpcs|@ts-|ts-ignore|clang-format|swiftlint|codecov|pragma|region|endregion|go:|\+build|lint|TODO|FIXME|XXX|HACK|coverage|:nodoc:|@inheritdoc|\{@inheritdoc|see (?:also )?:?|@see|-\*-|vim:|deprecated|---|===|MARK|yapf|fmt:|mypy)/i;
/** What follows is about parameters, results and examples: no longer what the thing is. */
const TAG =
  /^\s*(?:@(?!link|code|inheritDoc)[a-zA-Z-]+|:(?:param|type|returns?|rtype|raises?|arg|keyword|ivar|cvar|var)\b|\\(?:param|return|note)|Args:|Arguments:|Returns?:|Raises:?|Yields:?|Examples?:*$|Parameters:?\s*$|Notes?:?\s*$|See Also|References\s*$|#+ (?:Examples?|Panics|Errors|Safety)|>>>|```|~~~|\.\. |-{3,}\s*$|<example|<param|<returns|<exception|<remarks|<typeparam|<seealso|- (?:Parameter|Returns|Throws))/i;
const MAX_CHARS = 700;

/** @returns the description, or null where there is none that is English and says something */
export function cleanComment(comment: string): string | null {
  const summary = /<summary>([\s\S]*?)<\/summary>/.exec(comment)?.[1] ?? comment;
  const kept: string[] = [];
  for (const raw of summary.split("\n")) {
    const line = raw
      .trim()
      .replace(/^[@\\](?:brief|short|details?|description|desc|summary|overview|fileoverview|file)\s+/, "");
    if (TAG.test(line)) {
      if (kept.some((each) => each !== "")) break;
      continue;
    }
    if (!/^[-=*#~_/\\+.]{3,}$/.test(line)) kept.push(line);
  }
  const text = stripMarkup(kept.join("\n"));
  if (text === "" || LICENCE.test(text.slice(0, 400)) || PRAGMA.test(text) || asciiShare(text) < 0.93) return null;
  const first = firstSentence(text);
  if (!readsAsPhrase(first) || countWords(first) < 3) return null;
  return text.length > MAX_CHARS ? text.slice(0, text.lastIndexOf(" ", MAX_CHARS)) : text;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
  "&quot;": '"',
  "&#39;": "'",
  "&nbsp;": " ",
};

/** Markdown, HTML, Javadoc, XML documentation and Sphinx roles to plain words. */
export function stripMarkup(text: string): string {
  return text
    .replace(/<see(?:also)? (?:cref|langword|href)="(?:[A-Z]:)?([^"]*)"\s*\/?>/g, (_, name: string) =>
      name.slice(name.lastIndexOf(".") + 1),
    )
    .replace(/<(?:paramref|typeparamref) name="([^"]*)"\s*\/>/g, "$1")
    .replace(/\{@(?:link|code|linkplain|value|literal|see)\s+([^}]*)\}/g, (_, name: string) =>
      name.slice(name.lastIndexOf("#") + 1).trim(),
    )
    .replace(/<\/?(?:p|code|i|b|em|strong|ul|li|ol|br|pre|tt|a|para|c|div|span|h\d)\b[^>]*>/g, " ")
    .replace(/&(?:lt|gt|amp|quot|#39|nbsp);/g, (entity) => ENTITIES[entity] ?? " ")
    .replace(/!\[[^\]]*\]\([^)]*\)/g, " ")
    .replace(/\[([^\]]+)\]\([^)]*\)/g, "$1")
    .replace(/\[`?([^\]`]+)`?\](?:\[[^\]]*\])?/g, "$1")
    .replace(/:(?:[a-z]+:)?(?:ref|class|func|meth|mod|attr|exc|data|doc|obj|term):`~?!?([^`<]*)(?:<[^`]*>)?`/g, "$1")
    .replace(/`/g, "")
    .replace(/https?:\/\/\S+/g, " ")
    .replace(/[ \t]+/g, " ")
    .trim();
}
