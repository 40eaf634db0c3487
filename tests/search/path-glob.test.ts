import { describe, expect, test } from "bun:test";
import { compilePathGlob } from "../../src/search/path-glob.ts";

const paths = [
  "README.md",
  "src/main.ts",
  "src/lance/table.ts",
  "src/lance/.hidden.ts",
  "tests/main.ts",
  "docs/src.md",
  "app/[id]/page.ts",
];

describe("path glob", () => {
  test.each([
    ["*.md", ["README.md", "docs/src.md"]],
    ["src/**", ["src/main.ts", "src/lance/table.ts", "src/lance/.hidden.ts"]],
    ["src/*.ts", ["src/main.ts"]],
    ["./src/*.ts", ["src/main.ts"]],
    ["/src/*.ts", ["src/main.ts"]],
    ["src/lance/", ["src/lance/table.ts", "src/lance/.hidden.ts"]],
    ["src/lance", ["src/lance/table.ts", "src/lance/.hidden.ts"]],
    ["src/main.ts", ["src/main.ts"]],
    ["main.ts", ["src/main.ts", "tests/main.ts"]],
    ["{src,tests}/main.ts", ["src/main.ts", "tests/main.ts"]],
    ["**/table.ts", ["src/lance/table.ts"]],
    ["**", paths],
    ["**/*.ts", ["src/main.ts", "src/lance/table.ts", "src/lance/.hidden.ts", "tests/main.ts", "app/[id]/page.ts"]],
    ["src/**/*.ts", ["src/main.ts", "src/lance/table.ts", "src/lance/.hidden.ts"]],
    ["*/m?in.[a-t]s", ["src/main.ts", "tests/main.ts"]],
    ["[!s]*/main.ts", ["tests/main.ts"]],
    ["{src/{lance,other},docs}/*.{ts,md}", ["src/lance/table.ts", "src/lance/.hidden.ts", "docs/src.md"]],
    ["app/[id]/page.ts", ["app/[id]/page.ts"]],
    ["app/\\[id\\]/*", ["app/[id]/page.ts"]],
    ["app/[id]", ["app/[id]/page.ts"]],
    ["nothing/**", []],
  ])("%s", (glob, expected) => {
    expect(paths.filter(compilePathGlob(glob))).toEqual(expected);
  });

  test.each(["a".repeat(513), "a{1,2}".repeat(7), "src/[abc"])("refused: %s", (glob) => {
    expect(() => compilePathGlob(glob)).toThrow(expect.objectContaining({ code: "usage" }));
  });

  test("patterns that make regular expressions backtrack cost nothing here", () => {
    const started = performance.now();
    expect(compilePathGlob(`${"*a".repeat(100)}b`)("a".repeat(2000))).toBe(false);
    expect(compilePathGlob(`${"**/a/".repeat(60)}b`)("a/".repeat(500))).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
