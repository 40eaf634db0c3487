/** What a syntax tree decides beyond names: what stays together, where big definitions are cut, when the tree is not believed. */
import { describe, expect, test } from "bun:test";
import { CHUNK_SIZES, type ChunkSizes } from "../../src/chunk/chunk.ts";
import { chunkFile } from "../../src/chunk/chunk-file.ts";
import { languageOf } from "../../src/chunk/language-of.ts";
import { readableSwift } from "../../src/chunk/languages/swift.ts";
import { SyntaxParser } from "../../src/chunk/syntax-parser.ts";

const parser = new SyntaxParser();
const TINY: ChunkSizes = { chars: 160, lines: 8, smallChars: 1, giantLineChars: 6000 };
const chunksOf = async (path: string, text: string, sizes?: ChunkSizes) => {
  const chunks = await chunkFile({ path, text }, parser, sizes);
  expect(chunks.map((c) => c.contents).join("")).toBe(text);
  return chunks;
};
const grammarOf = (path: string) => {
  const { grammar } = languageOf(path);
  if (grammar === null) throw new Error(`no grammar for "${path}"`);
  return grammar;
};
const lines = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => `${line(i)}\n`).join("");

describe("a big type is divided at its members", () => {
  const sources: Record<string, (name: string) => string> = {
    "a.kt": (name) =>
      `    /** About ${name}. */\n    fun ${name}(n: Int): Int {\n${lines(30, (i) => `        step(${i}, "some argument", n)`)}        return n\n    }\n\n`,
    "a.swift": (name) =>
      `    /// About ${name}.\n    func ${name}(_ n: Int) -> Int {\n${lines(30, (i) => `        step(${i}, "some argument", n)`)}        return n\n    }\n\n`,
    "a.scala": (name) =>
      `  /** About ${name}. */\n  def ${name}(n: Int): Int = {\n${lines(30, (i) => `    step(${i}, "some argument", n)`)}    n\n  }\n\n`,
    "a.dart": (name) =>
      `  /// About ${name}.\n  int ${name}(int n) {\n${lines(30, (i) => `    step(${i}, "some argument", n);`)}    return n;\n  }\n\n`,
    "a.ex": (name) =>
      `  @doc "About ${name}."\n  @spec ${name}(integer()) :: integer()\n  def ${name}(n) do\n${lines(30, (i) => `    step(${i}, "some argument", n)`)}    n\n  end\n\n`,
    "a.zig": (name) =>
      `    /// About ${name}.\n    pub fn ${name}(n: u32) u32 {\n${lines(30, (i) => `        step(${i}, "some argument", n);`)}        return n;\n    }\n\n`,
    "a.sol": (name) =>
      `    /// About ${name}.\n    function ${name}(uint n) public returns (uint) {\n${lines(30, (i) => `        step(${i}, "some argument", n);`)}        return n;\n    }\n\n`,
  };
  const around: Record<string, [string, string]> = {
    "a.ex": ["defmodule Big do\n", "end\n"],
    "a.zig": ["const Big = struct {\n", "};\n"],
    "a.sol": ["contract Big {\n", "}\n"],
  };
  for (const [path, member] of Object.entries(sources)) {
    test(path, async () => {
      const [open, close] = around[path] ?? ["class Big {\n", "}\n"];
      const chunks = await chunksOf(path, `${open}${member("first")}${member("second")}${close}`);
      const second = chunks.find((c) => c.symbol === "Big.second");
      expect(chunks.map((c) => c.symbol)).toEqual(["Big.first", "Big.second"]);
      expect(second?.contents).toMatch(/^\s*(\/\*\* |\/\/\/ |@doc ")About second/); // with what is said of it
    });
    test(`${path}: a member that does not fit keeps its name in every piece`, async () => {
      const [open, close] = around[path] ?? ["class Big {\n", "}\n"];
      const chunks = await chunksOf(path, `${open}${member("first")}${close}`, TINY);
      expect(chunks.filter((c) => c.symbol === "Big.first").length).toBeGreaterThan(5);
    });
  }
});

describe("what belongs together", () => {
  const filler = (name: string) =>
    `${name} :: Int -> Int\n${name} n =\n${lines(12, (i) => `  step ${i} "some argument" n $`)}  n\n\n`;

  test("a Haskell signature and all equations are one definition", async () => {
    const text = `module A where\n\n${filler("before")}-- | Twice.\nboth :: Int -> Int\nboth 0 = 0\nboth n = 2 * n\n\n${filler("after")}`;
    const chunks = await chunksOf("a.hs", text, { ...CHUNK_SIZES, chars: 600, smallChars: 1 });
    expect(chunks.find((c) => c.symbol === "both")?.contents).toBe(
      "-- | Twice.\nboth :: Int -> Int\nboth 0 = 0\nboth n = 2 * n\n\n",
    );
  });

  test("a Haskell comment above the first declaration is not the imports'", async () => {
    const chunks = await chunksOf("a.hs", `module A where\n\nimport B\n\n-- | First.\nfirst :: Int\nfirst = 1\n`, TINY);
    expect(chunks.at(-1)).toMatchObject({ symbol: "first", contents: "-- | First.\nfirst :: Int\nfirst = 1\n" });
  });

  test("the clauses of an Elixir function, with a blank line after @doc", async () => {
    const text = `defmodule A do\n${lines(9, (i) => `  @attribute_${i} ${i}`)}\n  @doc "One."\n\n  def one(0), do: 1\n\n  def one(_), do: 0\n\n  def two(_), do: 2\nend\n`;
    const chunks = await chunksOf("a.ex", text, TINY);
    expect(chunks.find((c) => c.symbol === "A.one")?.contents).toBe(
      '  @doc "One."\n\n  def one(0), do: 1\n\n  def one(_), do: 0\n\n',
    );
  });

  test("a comment after a block by indentation is about what follows", async () => {
    const method = (name: string) =>
      `  /** About ${name}. */\n  def ${name}(n: Int): Int =\n    n match {\n${lines(5, (i) => `      case ${i} => "some result"`)}    }\n\n`;
    const chunks = await chunksOf("a.scala", `trait A {\n${method("one")}${method("two")}${method("three")}}\n`, {
      ...TINY,
      chars: 300,
      lines: 12,
    });
    for (const name of ["two", "three"])
      expect(chunks.find((c) => c.symbol === `A.${name}`)?.contents).toStartWith(`  /** About ${name}. */\n`);
  });

  test("a comment before a closing brace stays inside", async () => {
    const text = `${lines(9, (i) => `int variable_${i};`)}\nvoid f(void)\n{\n  g();\n// h();\n}\n\nvoid k(void)\n{\n${lines(6, (i) => `  call_number(${i});`)}}\n`;
    const chunks = await chunksOf("a.c", text, TINY);
    expect(chunks.find((c) => c.symbol === "f")?.contents).toBe("void f(void)\n{\n  g();\n// h();\n}\n\n");
  });
});

describe("names", () => {
  const symbolsOf = async (path: string, text: string) =>
    (await chunksOf(path, text, { ...TINY, lines: 1 })).map((c) => c.symbol);

  test("of Haskell are as written: primes and operators", async () => {
    expect(await symbolsOf("a.hs", "foldl' = 1\nx `plus` y = x\na |> b = b\nmain = pure ()\n")).toEqual([
      "foldl'",
      "plus",
      "|>",
      "main",
    ]);
  });

  test("local values of several lines are no definitions, members are", async () => {
    const body = (keyword: string) => `fun f() {\n  ${keyword} local = run {\n    1\n  }\n}\n\n`;
    const symbols = new Set(await symbolsOf("a.kt", `${body("val")}val member = run {\n  1\n}\n`));
    expect(symbols).toEqual(new Set(["f", "member"]));
  });

  test("of Lua's module table are without it", async () => {
    expect(
      await symbolsOf("a.lua", "function M.a() end\nfunction M:b() end\nfunction Other.c() end\nM.d = 1\n"),
    ).toEqual(["a", "b", "Other.c", null]);
  });

  test("of Zig's values are none unless they are types", async () => {
    expect(
      await symbolsOf(
        "a.zig",
        'const std = @import("std");\nconst A = struct { a: u8 };\nconst B = enum { b };\nconst c = 1;\n',
      ),
    ).toEqual([null, "A", "B", null]);
  });

  test("a C function keeps its own with a calling convention before it", async () => {
    expect(await symbolsOf("a.c", "static DWORD WINAPI run_loop(void* arg) { return 0; }\n")).toEqual(["run_loop"]);
  });
});

describe("trees with errors", () => {
  const broken: Record<string, string> = {
    "a.kt": "class ( { fun fun fun =\n",
    "a.swift": "func ( { class class (\n",
    "a.scala": "def ( { class ] object\n",
    "a.ex": "def ( do { end end [\n",
    "a.lua": "function ( end ] local =\n",
    "a.zig": "fn ( { const struct ]\n",
    "a.hs": "where ) = let ] of |\n",
    "a.dart": "class ( { void ] =>\n",
    "a.sol": "contract ( { function ]\n",
  };
  for (const [path, line] of Object.entries(broken)) {
    test(`${path} falls back to lines`, async () => {
      const chunks = await chunksOf(path, line.repeat(300));
      expect(chunks.length).toBeGreaterThan(3);
      expect(chunks.every((c) => c.symbol === null)).toBe(true);
    });
  }

  test("a file that is one error keeps the names if most of it is definitions", async () => {
    const text = `do\n{\n${lines(4, (i) => `int number_${i}(void) {\n${"  call_something(1, 2, 3);\n".repeat(6)}  return ${i};\n}`)}`;
    const tree = await parser.parse(grammarOf("a.c"), text);
    expect(tree?.rootNode.type).toBe("ERROR");
    tree?.delete();
    const symbols = (await chunksOf("a.c", text, TINY)).map((c) => c.symbol);
    expect(symbols).toEqual(expect.arrayContaining(["number_0", "number_1", "number_2", "number_3"]));
  });

  test("Swift's directives are blanked, character by character", async () => {
    const text =
      'struct A {\r\n    #if os(Linux)\r\n    func a(file: String = #fileID) {}\r\n    #endif\r\n    func b() throws(Failure) {}\r\n    let raw = #"x"y"z"#\r\n}\r\n';
    const readable = readableSwift(text);
    expect(readable.length).toBe(text.length);
    expect(readable).not.toMatch(/#if|#endif|#fileID|\(Failure\)/);
    expect(readable).toContain("let raw = 000000000\r\n");
    const symbols = (await chunksOf("a.swift", text, { ...TINY, lines: 1 })).map((c) => c.symbol);
    expect(symbols).toEqual(expect.arrayContaining(["A", "A.a", "A.b"]));
    const tree = await parser.parse(grammarOf("a.swift"), text);
    expect(tree?.rootNode.hasError).toBe(false);
    tree?.delete();
  });
});

test("templates and data of a language are not its programs", () => {
  for (const path of ["a.heex", "a.eex", "build.zig.zon", "a.lhs"]) expect(languageOf(path).grammar).toBeNull();
  expect(languageOf("a.h")).toMatchObject({ name: "c", grammar: { name: "cpp" } }); // C++ headers are named so, too
  expect(languageOf("a.c")).toMatchObject({ name: "c", grammar: { name: "c" } });
});
