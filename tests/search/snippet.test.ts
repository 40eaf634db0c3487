import { describe, expect, test } from "bun:test";
import { makeSnippet as snippetOf, SNIPPET_LINES } from "../../src/search/snippet.ts";
import { queryTerms } from "../../src/search/terms.ts";

const numbered = (count: number, at: Record<number, string> = {}) =>
  `${Array.from({ length: count }, (_, i) => at[i] ?? `filler ${i}`).join("\n")}\n`;
const makeSnippet = ({ terms, ...chunk }: { contents: string; startLine: number; symbol?: string; terms: string[] }) =>
  snippetOf({ symbol: null, ...chunk, terms: queryTerms(terms.join(" ")) });
const marked = ({ text, highlights }: ReturnType<typeof makeSnippet>) =>
  highlights.map(([start, end]) => text.slice(start, end));

describe("snippet", () => {
  test("a short chunk is shown whole, its matches marked", () => {
    const snippet = makeSnippet({ contents: "open()\nreadHeader(header)\n", startLine: 7, terms: ["header", "open"] });
    expect(snippet).toEqual({
      startLine: 7,
      text: "open()\nreadHeader(header)",
      highlights: [
        [0, 4],
        [11, 17],
        [18, 24],
      ],
    });
  });

  test("the window holds the most different terms, whatever matches alone elsewhere", () => {
    const contents = numbered(60, { 3: "parse parse parse", 40: "parse", 44: "manifest" });
    const snippet = makeSnippet({ contents, startLine: 100, terms: ["parse", "manifest"] });
    expect(snippet.text.split("\n")).toHaveLength(SNIPPET_LINES);
    expect(marked(snippet)).toEqual(["parse", "manifest"]);
    expect(snippet.startLine).toBe(139);
    expect(snippet.text.split("\n")[0]).toBe("filler 39");
  });

  test("a match at the end keeps the window inside the chunk", () => {
    const snippet = makeSnippet({ contents: numbered(30, { 29: "needle" }), startLine: 1, terms: ["needle"] });
    expect(snippet.startLine).toBe(21);
    expect(snippet.text.endsWith("\nneedle")).toBe(true);
  });

  test("without a match: the beginning", () => {
    const snippet = makeSnippet({ contents: numbered(30), startLine: 5, terms: ["absent"] });
    expect([snippet.startLine, snippet.highlights.length]).toEqual([5, 0]);
    expect(snippet.text.startsWith("filler 0\nfiller 1\n")).toBe(true);
  });

  test("neither empty lines nor brackets of what is not shown stand at its ends", () => {
    const contents = `}\n\n\nfunction needle() {\n  return 1;\n}\n\n\n`;
    const snippet = makeSnippet({ contents, startLine: 10, terms: ["needle"] });
    expect([snippet.startLine, snippet.text]).toEqual([13, "function needle() {\n  return 1;\n}"]);
    expect(marked(snippet)).toEqual(["needle"]);
    const opened = makeSnippet({ contents: "\n{\n  needle: 1,\n}\n", startLine: 1, terms: ["needle"] });
    expect(opened.text).toBe("{\n  needle: 1,\n}");
    expect(makeSnippet({ contents: "\n\n}\n", startLine: 1, terms: ["x"] }).text.trim()).toBe("}");
  });

  test("carriage returns are not shown, and marks stay right", () => {
    const snippet = makeSnippet({ contents: "one\r\nneedle\r\n", startLine: 1, terms: ["needle"] });
    expect(snippet.text).toBe("one\nneedle");
    expect(marked(snippet)).toEqual(["needle"]);
  });

  test("a line of minified code is cut around its match", () => {
    const snippet = makeSnippet({
      contents: `${"x=1;".repeat(2000)} needle ${"y=2;".repeat(2000)}`,
      startLine: 1,
      terms: ["needle"],
    });
    expect(snippet.text.length).toBeLessThan(250);
    expect(marked(snippet)).toEqual(["needle"]);
    expect([snippet.text.at(0), snippet.text.at(-1)]).toEqual(["…", "…"]);
  });

  test("an empty chunk gives an empty snippet", () => {
    expect(makeSnippet({ contents: "", startLine: 1, terms: ["a"] })).toEqual({
      startLine: 1,
      text: "",
      highlights: [],
    });
  });

  describe("the enclosing definition", () => {
    const body = (at: Record<number, string>) =>
      numbered(40, { 0: "// readHeader reads", 1: "function readHeader(bytes) {", ...at });

    test("its line is given where the window is further down", () => {
      const snippet = makeSnippet({
        contents: body({ 30: "throw checksum" }),
        startLine: 100,
        symbol: "Reader.readHeader",
        terms: ["checksum"],
      });
      expect(snippet.startLine).toBe(129);
      expect(snippet.definition).toEqual({ line: 101, text: "function readHeader(bytes) {" });
    });

    test("it stands in the window where that shows as much", () => {
      const snippet = makeSnippet({
        contents: body({ 5: "checksum", 30: "checksum" }),
        startLine: 1,
        symbol: "readHeader",
        terms: ["checksum"],
      });
      expect([snippet.startLine, snippet.definition]).toEqual([2, undefined]);
    });

    test("without a match the snippet begins with it", () => {
      const contents = numbered(40, { 20: "def read_header():" });
      expect(makeSnippet({ contents, startLine: 1, symbol: "read_header", terms: ["absent"] }).startLine).toBe(21);
    });

    test("a chunk that does not open it has none", () => {
      const contents = numbered(40, { 30: "checksum", 3: "rereadHeader2()" });
      expect(
        makeSnippet({ contents, startLine: 1, symbol: "readHeader", terms: ["checksum"] }).definition,
      ).toBeUndefined();
    });
  });

  test("words that say nothing are not marked", () => {
    expect(
      marked(makeSnippet({ contents: "is the header of this\n", startLine: 1, terms: ["what is the header of this"] })),
    ).toEqual(["header"]);
  });

  test("other forms of a word are", () => {
    expect(marked(makeSnippet({ contents: "parsed = parsing(parseAll)\n", startLine: 1, terms: ["parses"] }))).toEqual([
      "parsed",
      "parsing",
      "parse",
    ]);
  });
});
