/** Templates of `search --format`: fields, escapes, and what is refused; the place that an editor goes to. */
import { expect, test } from "bun:test";
import type { SearchHit } from "../../src/protocol/search-api.ts";
import { parseTemplate, TEMPLATE_FIELDS } from "../../src/report/result-template.ts";
import { plainStyle, Terminal } from "../../src/report/style.ts";

const HIT: SearchHit = {
  repoId: "hono", path: "src/\u001b]0;x.ts", filename: "a.ts", language: "typescript", startLine: 90, endLine: 120, symbol: "Reader.read", score: 1.25,
  snippet: { startLine: 98, text: "one\n\tü needle\nthree", highlights: [[7, 13]] }, commit: "a".repeat(40), chunks: [],
}; // prettier-ignore
const render = (template: string, hit: Partial<SearchHit> = {}, style = plainStyle) =>
  parseTemplate(template).render({ hit: { ...HIT, ...hit }, file: "../a.ts", kind: "test" }, style);

test("every field", () => {
  expect(render(TEMPLATE_FIELDS.map((field) => `${field}={${field}}`).join("|"))).toBe(
    `path=${HIT.path}|file=../a.ts|line=99|column=5|startLine=90|endLine=120|symbol=Reader.read|kind=test|language=typescript|score=1.250|repo=hono|commit=${"a".repeat(40)}|text=\tü needle`,
  );
});

test("escapes, braces, and everything else as it is", () => {
  expect(render(String.raw`a\tb\nc\rd\0e\\f{{{line}}} end`)).toBe("a\tb\nc\rd\0e\\f{99} end");
  expect(render("")).toBe("");
});

test("without a match: the first line that the result shows", () => {
  const snippet = { startLine: 98, text: "x\ny", highlights: [] };
  expect(render("{line}:{column}:{text}", { snippet })).toBe("98:1:x");
  expect(render("{line}:{text}", { snippet: { ...snippet, definition: { line: 90, text: "read() {" } } })).toBe(
    "90:read() {",
  );
});

test("on a terminal names stay on their line and command nothing", () => {
  const terminal = new Terminal(true);
  expect(terminal.show(render("{path}\t{symbol}\n", { symbol: "a\nb" }, terminal.style))).toBe(
    "src/\\x1b]0;x.ts\ta\\nb\n",
  );
});

test.each([
  ["{nothing}", 'there is no field "{nothing}"'],
  ["{}", 'there is no field "{}"'],
  [String.raw`\x`, String.raw`"\x" means nothing`],
  ["a\\", '"\\" means nothing'],
  ["{path", '"{" stands alone'],
  ["path}", '"}" stands alone'],
])("%s is refused, and the fields are named", (template, message) => {
  expect(() => parseTemplate(template)).toThrow(
    expect.objectContaining({
      code: "usage",
      message: expect.stringContaining(message),
      hint: expect.stringContaining("{path}"),
    }),
  );
});
