import { expect, test } from "bun:test";
import { selectLines, splitLines } from "../../src/text/lines.ts";

test.each(["", "a", "a\n", "a\nb", "\n\n", "a\r\nb\r\n"])("lines joined are the text: %j", (text) => {
  expect(splitLines(text).join("")).toBe(text);
});

test("a final end makes no further line", () => {
  expect([splitLines("a\nb\n").length, splitLines("a\nb").length, splitLines("").length]).toEqual([2, 2, 0]);
});

test.each([
  [1, 1, "a\n"],
  [2, 3, "b\nc"],
  [0, 2, "a\nb\n"],
  [3, 99, "c"],
  [7, 9, ""],
  [3, 2, ""],
])("lines %i to %i", (from, to, expected) => {
  expect(selectLines("a\nb\nc", { from, to })).toBe(expected);
});
