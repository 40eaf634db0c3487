import { expect, test } from "bun:test";
import { spansByLine } from "../../src/page/code-spans.ts";

const of = (text: string, tokens: [number, number, "keyword" | "string"][], marks: [number, number][]) =>
  spansByLine({ text, tokens, marks }).map((line) =>
    line.map(({ text: part, kind, marked }) => `${part}${kind ? `/${kind}` : ""}${marked ? "*" : ""}`),
  );

test("a mark inside a token, and over the end of one, is laid over its colour", () => {
  expect(
    of(
      "const abc = 'x'",
      [
        [0, 5, "keyword"],
        [12, 15, "string"],
      ],
      [[6, 9]],
    ),
  ).toEqual([["const/keyword", " ", "abc*", " = ", "'x'/string"]]);
  expect(of("const abc", [[0, 5, "keyword"]], [[3, 7]])).toEqual([["con/keyword", "st/keyword*", " a*", "bc"]]);
});

test("a token over several lines is cut at their ends, and empty lines stay lines", () => {
  expect(of("`a\n\nb`\nc", [[0, 6, "string"]], [[4, 5]])).toEqual([
    ["`a/string"],
    [],
    ["b/string*", "`/string"],
    ["c"],
  ]);
  expect(of("", [], [])).toEqual([[]]);
  expect(of("\n", [], [])).toEqual([[], []]);
});

test("the parts of all lines are the text again, whatever lies over it", () => {
  const text = 'fn main() {\n  let x = "é☃𝒳";\n}\n';
  for (let a = 0; a < text.length; a += 3) {
    const lines = spansByLine({
      text,
      tokens: [[a, Math.min(a + 5, text.length), "keyword"]],
      marks: [[a + 1, a + 2]],
    });
    expect(lines.map((line) => line.map((span) => span.text).join("")).join("\n")).toBe(text);
  }
});

test("a range past the end of the text is cut there", () =>
  expect(of("ab", [[1, 9, "keyword"]], [[0, 7]])).toEqual([["a*", "b/keyword*"]]));
