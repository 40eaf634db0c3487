/** Times as people read them, and names as code writes them. */
import { expect, test } from "bun:test";
import { nameAt } from "../../src/page/words.ts";
import { ageText } from "../../src/text/age.ts";

const NOW = Date.parse("2026-06-15T12:00:00Z");

test.each([
  ["2026-06-15T11:59:30Z", "just now"],
  ["2026-06-15T11:59:00Z", "1 minute ago"],
  ["2026-06-15T09:00:00Z", "3 hours ago"],
  ["2026-06-13T12:00:00Z", "2 days ago"],
  ["2026-03-15T12:00:00Z", "3 months ago"],
  ["2024-05-01T12:00:00Z", "2 years ago"],
  // a clock that goes ahead
  ["2026-06-15T12:10:00Z", "just now"],
])("%s is %s", (then, text) => {
  expect(ageText(then, NOW)).toBe(text);
});

test("no time has no age", () => {
  for (const then of [null, "", "soon"]) expect(ageText(then, NOW)).toBe("");
});

test.each([
  ["const refresh_token = 1;", 8, "refresh_token"],
  ["const refresh_token = 1;", 19, "refresh_token"],
  ["a.größe()", 4, "größe"],
  ["$el.x", 0, "$el"],
  ["x = 42;", 5, undefined],
  ["a + b", 2, undefined],
  ["", 0, undefined],
] as const)("%j at %i is %j", (text, offset, name) => {
  expect(nameAt(text, offset)).toBe(name);
});
