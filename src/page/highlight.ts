/**
 * Syntax colours by Prism, whose core and grammars are loaded when code of a language is first shown. Never awaited for the text
 * itself: that is on the screen without colours first.
 */
import "./prism-settings.ts";
import Prism, { type PrismToken } from "prismjs/components/prism-core";
import type { CodeKind, CodeToken } from "./code-spans.ts";
import { GRAMMAR_OF, GRAMMARS } from "./grammars.ts";

// the grammars add themselves to it
Object.assign(globalThis, { Prism });

/** Longer lines are data, not code: a grammar's expressions may take seconds on them. */
const MAX_LINE = 2000;

const loading = new Map<string, Promise<void>>();

/** @param language ours; `tsx` and `jsx` are told by the path @returns none for a language without a grammar */
export async function tokensOf(text: string, language: string, path: string): Promise<CodeToken[]> {
  const name = /\.tsx$/i.test(path) ? "tsx" : /\.jsx$/i.test(path) ? "jsx" : GRAMMAR_OF[language];
  if (name === undefined || text.split("\n").some((line) => line.length > MAX_LINE)) return [];
  await loadGrammar(name);
  const grammar = Prism.languages[name];
  return grammar === undefined ? [] : flatten(Prism.tokenize(text, grammar));
}

function loadGrammar(name: string): Promise<void> {
  const known = loading.get(name);
  if (known) return known;
  const load = async () => {
    const file = GRAMMARS[name];
    if (!file) return;
    for (const before of file.after) await loadGrammar(before);
    await file.load();
  };
  const promise = load();
  loading.set(name, promise);
  // a failed load is tried again when the language is next shown
  promise.catch(() => loading.delete(name));
  return promise;
}

/** Prism's types are many; a reader tells five colours apart. */
const KIND_OF: Readonly<Record<string, CodeKind | undefined>> = {
  keyword: "keyword",
  boolean: "keyword",
  atrule: "keyword",
  important: "keyword",
  directive: "keyword",
  "directive-hash": "keyword",
  string: "string",
  "template-string": "string",
  "triple-quoted-string": "string",
  char: "string",
  regex: "string",
  "attr-value": "string",
  url: "string",
  inserted: "string",
  number: "number",
  constant: "number",
  symbol: "number",
  entity: "number",
  comment: "comment",
  prolog: "comment",
  doctype: "comment",
  cdata: "comment",
  deleted: "comment",
  function: "name",
  "function-definition": "name",
  "class-name": "name",
  "attr-name": "name",
  tag: "name",
  selector: "name",
  property: "name",
  key: "name",
  title: "name",
  builtin: "name",
};

function flatten(tokens: readonly (string | PrismToken)[]): CodeToken[] {
  const flat: CodeToken[] = [];
  let at = 0;
  const visit = (token: string | PrismToken, around: CodeKind | undefined): void => {
    const kind = typeof token === "string" ? around : (KIND_OF[token.type] ?? around);
    const content = typeof token === "string" ? token : token.content;
    if (typeof content === "string") {
      if (kind !== undefined && content !== "") flat.push([at, at + content.length, kind]);
      at += content.length;
    } else if (Array.isArray(content)) for (const part of content) visit(part, kind);
    else visit(content as PrismToken, kind);
  };
  for (const token of tokens) visit(token, undefined);
  return flat;
}
