import { expect, test } from "bun:test";
import { passageText } from "../../src/embed/passage.ts";

test("path and symbol stand on the first line", () => {
  expect(passageText({ path: "a/b.ts", symbol: "f", contents: "x\ny\n" })).toBe("a/b.ts f\nx\ny\n");
  expect(passageText({ path: "a/b.ts", symbol: null, contents: "x" })).toBe("a/b.ts\nx");
});
