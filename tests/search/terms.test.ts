import { describe, expect, test } from "bun:test";
import { identifierParts } from "../../src/search/identifier.ts";
import {
  findTerms,
  FIRST_LINE_WEIGHT,
  MAX_TERM_BYTES,
  queriedDefinitions,
  queryTerms,
  rowTerms,
} from "../../src/search/terms.ts";
import { stemWord } from "../../src/search/stem.ts";
import { forEachWord } from "../../src/search/words.ts";

const parts = (word: string) => {
  const offsets = identifierParts(word);
  return offsets.flatMap((start, i) => (i % 2 === 0 ? [word.slice(start, offsets[i + 1])] : []));
};
const words = (text: string) => {
  const found: string[] = [];
  forEachWord(text, (start, end) => found.push(text.slice(start, end)));
  return found;
};
const termsOf = (contents: string) => rowTerms({ path: "", symbol: null, contents, definitions: [] });

describe("identifier parts", () => {
  test.each([
    ["parseHTTPHeader_v2", ["parse", "HTTP", "Header", "v", "2"]],
    ["HTTPServer", ["HTTP", "Server"]],
    ["URLs", ["URLs"]],
    ["getIDs", ["get", "IDs"]],
    ["snake_case_name", ["snake", "case", "name"]],
    ["SCREAMING_CASE", ["SCREAMING", "CASE"]],
    ["__init__", ["init"]],
    ["utf8Decode", ["utf", "8", "Decode"]],
    ["ABc", ["A", "Bc"]],
    ["A", ["A"]],
    ["___", []],
    ["straßenName", ["straßen", "Name"]],
  ])("%s", (word, expected) => {
    expect(parts(word)).toEqual(expected);
  });
});

describe("stems", () => {
  test.each([
    [["parse", "parses", "parsed", "parsing"], "pars"],
    [["query", "queries"], "query"],
    [["match", "matches", "matching"], "match"],
    [["map", "maps", "mapped", "mapping"], "map"],
    [["class", "classes"], "class"],
    [["cache", "caches", "caching"], "cach"],
  ])("%p are one term", (forms, stem) => {
    expect(forms.map(stemWord)).toEqual(forms.map(() => stem));
  });

  test.each(["string", "red", "bus", "this", "is", "axis", "utf8", "naïve", "parse_all"])("%s stays", (word) => {
    expect(stemWord(word)).toBe(word);
  });
});

describe("words", () => {
  test.each([
    ["a.b-c/d:e", ["a", "b", "c", "d", "e"]],
    ["naïve café — “quoted” ™", ["naïve", "café", "quoted"]],
    ["foo使用函数bar", ["foo", "使用函数", "bar"]],
    ["привет мир", ["привет", "мир"]],
    ["한국어 텍스트", ["한국어", "텍스트"]],
    ["사용자를Kim", ["사용자를", "Kim"]],
    ["emoji🙂end \ud800 lone", ["emoji", "end", "lone"]],
    ["no\u00a0break\u2003space\u3000wide\u1680ogham", ["no", "break", "space", "wide", "ogham"]],
    ["", []],
  ])("%s", (text, expected) => {
    expect(words(text)).toEqual(expected);
  });
});

describe("row terms", () => {
  test("an identifier gives itself and its parts, a simple word itself once", () => {
    expect(termsOf("const parseHTTPHeader = word;")).toBe("const parsehttpheader pars http header word");
    expect(termsOf("snake_case Word")).toBe("snake_case snak case word");
  });

  test("single letters of longer names, parts of numbers and underscores alone are left out", () => {
    expect(termsOf("x1 x _ __ 10ms 0xff 3")).toBe("x1 x 10ms 0xff 3");
  });

  test("path and symbol come first, and count several times", () => {
    expect(
      rowTerms({ path: "src/a.ts", symbol: "openFile", contents: "body", definitions: ["openFile", "valid?", "+"] }),
    ).toBe(`${"src a ts openfile open file ".repeat(FIRST_LINE_WEIGHT)}body =openfile =valid`);
  });

  test.each([
    ["Depends", ["=depends"]],
    ["depends", ["=depends"]],
    ["Channel.join", ["=channel", "=join"]],
    ["std::fmt::Display", ["=std", "=fmt", "=display"]],
    ["where is parseHeader or snake_case used", ["=parseheader", "=snake_case"]],
    ["How does Session end", ["=session"]],
    ["how are headers parsed", []],
    ["a".repeat(80), [`=${"a".repeat(20)}`]],
  ])("names that code may define in %p", (query, terms) => {
    expect(queriedDefinitions(query)).toEqual(terms);
  });

  test("Han, Kana and Hangul give pairs, decomposed or not", () => {
    expect(termsOf("使用函数 中")).toBe("使用 用函 函数 中");
    expect(termsOf("사용자를Kim 한")).toBe("사용 용자 자를 kim 한");
    for (const word of ["한국어", "ガギグ"]) expect(termsOf(word.normalize("NFD"))).toBe(termsOf(word));
    // a word with its particle is found by the word
    expect(queryTerms("사용자").every((term) => termsOf("// 사용자를 만든다").split(" ").includes(term))).toBe(true);
  });

  test("composed and decomposed accents are one term", () => {
    expect(termsOf("cafe\u0301")).toBe(termsOf("caf\u00e9"));
  });

  test("no term is longer than an index keeps, or holds white space", () => {
    const texts = [
      `${"a".repeat(63)} ${"b".repeat(64)} ${"é".repeat(31)} ${"é".repeat(32)} ${"ж".repeat(100)}`,
      `${"longPart".repeat(12)} ${"x".repeat(40)}_${"y".repeat(40)}`,
      "A".repeat(5000),
      "aGVsbG8gd29ybGQ".repeat(8),
    ];
    for (const text of texts)
      for (const term of termsOf(text).split(" ")) {
        expect(new TextEncoder().encode(term).length).toBeLessThanOrEqual(MAX_TERM_BYTES);
        expect(term).not.toMatch(/\s/);
      }
    expect(termsOf(texts[0] ?? "")).toBe(`${"a".repeat(63)} ${"é".repeat(31)}`);
    expect(termsOf(texts[2] ?? "")).toBe("");
  });

  test("a digest gives itself only", () => {
    const digest = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
    expect(termsOf(`h_${digest}`)).toBe(`h_${digest}`);
  });
});

describe("query terms", () => {
  test("each once, in order of first appearance", () => {
    expect(queryTerms("parse the HTTPHeader, parse the header")).toEqual(["pars", "httpheader", "http", "header"]);
  });

  test("stop words only where there is nothing else", () => {
    expect(queryTerms("what does this do to the cache")).toEqual(["cach"]);
    expect(queryTerms("how is it")).toEqual(["how", "is", "it"]);
  });

  test("a question of punctuation has none", () => {
    expect(queryTerms("?! ... → 🙂")).toEqual([]);
  });

  test("whatever a row says can be asked", () => {
    const text = "async function parseHTTPHeader_v2(naïve, 使用函数) { return utf8Decode(0xff) }";
    expect(new Set(queryTerms(text))).toEqual(new Set(termsOf(text).split(" ")));
  });
});

describe("find terms", () => {
  const find = (text: string, ...terms: string[]) =>
    findTerms(text, new Set(terms)).map(({ start, end }) => text.slice(start, end));

  test("whole identifiers before parts, parts inside others", () => {
    expect(find("openFile(fileName)", "openfile", "open", "file")).toEqual(["openFile", "file"]);
    expect(find("HTTPHeader header_map", "header")).toEqual(["Header", "header"]);
  });

  test("pairs join without overlap", () => {
    expect(find("使用函数", "使用", "用函")).toEqual(["使用", "函"]);
  });

  test("nothing where nothing is", () => {
    expect(find("openFile", "pen")).toEqual([]);
  });
});
