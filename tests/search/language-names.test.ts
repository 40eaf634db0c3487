import { expect, test } from "bun:test";
import { LANGUAGES } from "../../src/chunk/languages/index.ts";
import { words } from "../../src/chunk/languages/language.ts";
import { LANGUAGE_NAMES, languageNamed } from "../../src/search/language-names.ts";

test("every language has its name here, and is found by each of its extensions", () => {
  expect(Object.keys(LANGUAGE_NAMES).sort()).toEqual([...LANGUAGES.map(({ name }) => name), "text"].sort());
  for (const { name, files } of LANGUAGES)
    for (const word of [name, ...files.flatMap(({ extensions }) => words(extensions))])
      expect([word, languageNamed(word)]).toEqual([word, { language: name }]);
});

test("no word stands for two languages", () => {
  const all = Object.entries(LANGUAGE_NAMES).flatMap(([name, others]) => `${name} ${others}`.split(" "));
  const given = all.filter((word) => word !== "");
  expect(given).toEqual([...new Set(given)]);
});

test("names as people write them", () => {
  const cases = {
    ts: "typescript",
    "C++": "cpp",
    "C#": "csharp",
    Golang: "go",
    ".py": "python",
    Terraform: "hcl",
    yml: "yaml",
  };
  for (const [given, language] of Object.entries(cases)) expect(languageNamed(given)).toEqual({ language });
  for (const given of [
    "Objective-C",
    "objective c",
    "Jupyter Notebook",
    "Emacs Lisp",
    "docker",
    "bash",
    "Shell Script",
  ])
    expect([given, languageNamed(given).warning]).toEqual([given, undefined]);
});

test("a word that is none says so, and what may be meant", () => {
  expect(languageNamed("pyhton").warning).toBe('there is no language "pyhton"; did you mean python?');
  expect(languageNamed("nosuchlang").warning).toBe('there is no language "nosuchlang"');
});
