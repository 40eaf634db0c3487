import { describe, expect, test } from "bun:test";
import type { SearchHit } from "../../src/protocol/search-api.ts";
import { formatSearch } from "../../src/report/search-text.ts";
import { plainStyle } from "../../src/report/style.ts";

const HIT: SearchHit = {
  repoId: "hono", path: "src/a.ts", filename: "a.ts", language: "typescript", startLine: 90, endLine: 120, symbol: "Reader.read", score: 1.25,
  snippet: { startLine: 98, text: "one\ntwo needle\nthree", highlights: [[8, 14]] }, commit: "a".repeat(40), chunks: [],
}; // prettier-ignore
const format = (hit: SearchHit, fileUrl?: string) =>
  formatSearch({
    response: { mode: "hybrid", results: [hit], warnings: [] },
    style: { ...plainStyle, link: (text, url) => `<${url}>${text}`, match: (text) => `[${text}]` },
    fileUrl: () => fileUrl,
  });

describe("search results for people", () => {
  test("place, symbol, numbered lines, marks", () => {
    expect(format(HIT)).toBe(
      "src/a.ts:90-120  Reader.read  hono@aaaaaaaaaa  1.250\n   98  one\n   99  two [needle]\n  100  three\n",
    );
  });

  test("the link goes to the line of the first match, without one to the first line shown", () => {
    expect(format(HIT, "file:///x/src/a.ts")).toStartWith("<file:///x/src/a.ts#99>src/a.ts:90-120");
    expect(format({ ...HIT, snippet: { ...HIT.snippet, highlights: [] } }, "file:///x/src/a.ts")).toStartWith(
      "<file:///x/src/a.ts#98>",
    );
  });

  test("the definition's line stands above, apart where lines are left out", () => {
    const withDefinition = (line: number) =>
      format({ ...HIT, snippet: { ...HIT.snippet, definition: { line, text: "read() {" } } });
    expect(withDefinition(91)).toContain("\n   91  read() {\n       …\n   98  one\n");
    expect(withDefinition(97)).toContain("\n   97  read() {\n   98  one\n");
  });

  test("an explanation is the sum that makes the score", () => {
    const explain = {
      query: "keywords",
      keyword: 0.5,
      meaning: 0.75,
      phrase: 0,
      definition: 0,
      path: 0.25,
      coherence: 0.125,
      factor: 0.7,
      kinds: ["test"],
    };
    expect(format({ ...HIT, explain })).toContain(
      "\n  keywords: (keyword 0.500 + meaning 0.750 + path 0.250 + other chunks 0.125) x 0.70 for test\n",
    );
    expect(format({ ...HIT, explain: { ...explain, factor: 1, kinds: [] } })).toContain(
      "\n  keywords: keyword 0.500 + meaning 0.750 + path 0.250 + other chunks 0.125\n",
    );
  });
});
