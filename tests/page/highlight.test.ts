import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { LANGUAGES } from "../../src/chunk/languages/index.ts";
import { GRAMMAR_OF, GRAMMARS } from "../../src/page/grammars.ts";
import { tokensOf } from "../../src/page/highlight.ts";

const kindsIn = async (text: string, language: string, path = "x") =>
  (await tokensOf(text, language, path)).map(([start, end, kind]) => `${text.slice(start, end)}/${kind}`);

test("code of a language is coloured once its grammar is loaded, those it builds on first", async () => {
  expect(await kindsIn("export const x = 'a' // b", "typescript")).toEqual([
    "export/keyword",
    "const/keyword",
    "'a'/string",
    "// b/comment",
  ]);
  expect(await kindsIn("const a = <b c='d'/>;", "typescript", "a.tsx")).toContain("c/name");
  expect(await kindsIn("<?php function f() { return 1; }", "php")).toContain("function/keyword");
});

test("every grammar that a language or a grammar asks for is there and loads", async () => {
  for (const name of new Set(Object.values(GRAMMAR_OF))) expect(GRAMMARS[name ?? ""]).toBeDefined();
  for (const { after } of Object.values(GRAMMARS).filter((file) => file !== undefined))
    for (const name of after) expect(GRAMMARS[name]).toBeDefined();
  for (const language of Object.keys(GRAMMAR_OF)) await tokensOf("x = 1", language, "x");
  for (const name of Object.keys(GRAMMARS))
    expect(existsSync(join(import.meta.dir, `../../node_modules/prismjs/components/prism-${name}.js`))).toBe(true);
});

test("a language of ours without colours is left plain, and none is named that is not ours", async () => {
  expect(await tokensOf("some text", "asciidoc", "x.adoc")).toEqual([]);
  const ours = new Set(LANGUAGES.map(({ name }) => name));
  expect(Object.keys(GRAMMAR_OF).filter((name) => !ours.has(name))).toEqual([]);
  for (const { name, files } of LANGUAGES)
    if (files.some(({ grammar }) => grammar !== undefined))
      expect([name, GRAMMAR_OF[name]]).not.toEqual([name, undefined]);
});

test("very long lines are data: no grammar is run over them", async () =>
  expect(await tokensOf(`const a = "${"x".repeat(3000)}"`, "javascript", "a.js")).toEqual([]));
