import { expect, test } from "bun:test";
import { parseLimit, parseQuota } from "../../src/protocol/quota.ts";

test.each([
  ["10", 10],
  ["100_000", 100_000],
  ["10GB", 1e10],
  ["1.5 GiB", 1.5 * 2 ** 30],
  ["0", 0],
  ["None", null],
])("%p is %p", (text, limit) => expect(parseLimit(text, "it")).toBe(limit));

test.each(["-1", "ten", "10XB", "1e9", "GB", "", "99999999999TB"])("%p is refused", (text) =>
  expect(() => parseLimit(text, "the limit")).toThrow("the limit must be"),
);

test("only what is given is changed", () => {
  expect(parseQuota({ repos: "3", files: undefined, bytes: "" }, (name) => name)).toEqual({ repos: 3 });
  expect(() => parseQuota({ files: "x" }, (name) => `--${name}`)).toThrow("--files must be");
});
