/** What a file defines, by line: found as terms even where a small definition shares its chunk. */
import { describe, expect, test } from "bun:test";
import { chunkFile } from "../../src/chunk/chunk-file.ts";
import { SyntaxParser } from "../../src/chunk/syntax-parser.ts";

const parser = new SyntaxParser();
const definitionsOf = async (path: string, text: string) =>
  (await chunkFile({ path, text }, parser)).map(({ definitions }) => definitions);

describe("definitions of a chunk", () => {
  test.each([
    [
      "a.py",
      "class Depends:\n    use: int\n\n\nclass Security(Depends):\n    def scopes(self):\n        return inner(1)\n",
      ["Depends", "Security", "scopes"],
    ],
    [
      "a.ts",
      "export class Door {\n  open() {\n    const hidden = () => 1;\n    return hidden();\n  }\n}\nexport const shut = () => 2;\n",
      ["Door", "open", "shut"],
    ],
    ["a.rs", "pub struct Ring;\nimpl Ring {\n    pub fn push(&mut self) {}\n}\n", ["Ring", "push"]],
    [
      "a.rb",
      "module Shapes\n  class Square\n    def area\n      4\n    end\n  end\nend\n",
      ["Shapes", "Square", "area"],
    ],
    ["a.go", "type Server struct{}\n\nfunc (s *Server) Run() {}\n", ["Server", "Run"]],
    ["a.ex", "defmodule My.Clock do\n  def tick(n), do: n\nend\n", ["Clock", "tick"]],
    [
      "a.cc",
      "#ifdef X\nnamespace n {\nclass Table {\n  int size();\n};\nint Table::size() { return 1; }\n}\n#endif\n",
      ["Table", "size"],
    ],
    ["b.ts", "export enum Tide {\n  Low,\n}\ndeclare enum Moon {\n  Full,\n}\n", ["Tide", "Moon"]],
    ["b.go", "type Tide = Wave\n\ntype Moon[T any] = Star[T]\n", ["Tide", "Moon"]],
    [
      "A.java",
      "record Tide(int height) {\n  Tide {\n    class Hidden {}\n  }\n  int low() { return 0; }\n}\n",
      ["Tide", "low"],
    ],
    ["A.cs", "record Tide(int Height) {\n  public int Low() { return 0; }\n}\n", ["Tide", "Low"]],
    [
      "b.cs",
      "class Tide {\n  Tide() {\n    void Hidden() { }\n  }\n  ~Tide() {\n    void Lost() { }\n  }\n}\n",
      ["Tide"],
    ],
    ["a.sol", "library Tides {\n  function low() internal {}\n}\n", ["Tides", "low"]],
    ["a.txt", "class Depends:\n", []],
  ])("%s", async (path, text, names) => {
    expect(await definitionsOf(path, text)).toEqual([names]);
  });

  test("are those that begin in it: a function of several chunks is defined in its first", async () => {
    const body = Array.from({ length: 120 }, (_, i) => `  step${i}("some argument", ${i});\n`).join("");
    const chunks = await definitionsOf("a.js", `function first() {\n${body}}\n\nfunction second() {\n  return 1;\n}\n`);
    expect(chunks.length).toBeGreaterThan(2);
    expect(chunks[0]).toEqual(["first"]);
    expect(chunks.slice(1).flat()).toEqual(["second"]);
  });

  test("each once", async () => {
    expect(
      await definitionsOf(
        "a.ts",
        "function f(a: string): void;\nfunction f(a: number): void;\nfunction f(a: unknown) {}\n",
      ),
    ).toEqual([["f"]]);
  });
});
