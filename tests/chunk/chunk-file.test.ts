import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CHUNK_SIZES, type ChunkSizes } from "../../src/chunk/chunk.ts";
import { chunkFile } from "../../src/chunk/chunk-file.ts";
import { decodeFileText } from "../../src/text/file-text.ts";
import { languageOf } from "../../src/chunk/language-of.ts";
import { SyntaxParser } from "../../src/chunk/syntax-parser.ts";
import { expectWhole } from "./expect-whole.ts";
import { inLong } from "../helpers/long.ts";
import { indexSources, webSources } from "../helpers/fixture-sources.ts";

const parser = new SyntaxParser();
const root = join(import.meta.dir, "../..");
const samples = join(root, "fixtures/languages");

const chunksOf = (path: string, text: string, sizes?: ChunkSizes) => chunkFile({ path, text }, parser, sizes);
const sample = (name: string) => decodeFileText(readFileSync(join(samples, name)));

function* sourcesBelow(dir: string, extensions: RegExp): Generator<string> {
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && extensions.test(entry.name)) yield join(entry.parentPath, entry.name);
  }
}

describe("a file's chunks joined are the file", () => {
  test("this project's own sources and documents", async () => {
    let files = 0;
    let seen = 0;
    for (const dir of ["src", "docs", "tests", "worker"]) {
      for (const path of sourcesBelow(join(root, dir), /\.(ts|js|json|jsonc|md|css|txt)$/)) {
        if (seen++ % inLong(1, 4) !== 0) continue;
        const bytes = readFileSync(path);
        if (bytes.length === 0 || bytes.length > 150_000) continue;
        expectWhole(await chunksOf(path, decodeFileText(bytes)), bytes);
        files++;
      }
    }
    expect(files).toBeGreaterThan(inLong(600, 150));
  });

  test("made-up sources in ten languages, whole and as one minified line", async () => {
    const languages = new Set<string>();
    const all = [...webSources(), ...indexSources()];
    for (const [i, { path, text }] of all.entries()) {
      const minified = i % inLong(1, 7) === 0 ? [text.replaceAll(/\s+/g, " ").repeat(8)] : [];
      for (const each of [text, ...minified]) expectWhole(await chunksOf(path, each), Buffer.from(each));
      languages.add(languageOf(path).name);
    }
    expect(languages.size).toBe(10);
  });

  const texts: Record<string, string> = {
    "no newline at the end": "one\ntwo",
    "only newlines": "\n\n\n",
    "one newline": "\n",
    "carriage returns alone": "a\rb\rc",
    "mixed line ends": "a\r\nb\nc\r\n",
    "a byte order mark": "\ufeffconst a = 1;\n",
    "a NUL, and the separators of JavaScript": "a\0b\u2028c\u2029d\n",
    "a giant line": `const data = "${"x".repeat(100_000)}";\nlet b;\n`,
    "a giant line of pairs": `${"\u{1F680}".repeat(20_000)}`,
    "a giant line of three-byte letters": `${"\u8a9e".repeat(50_000)}\n`,
    "broken syntax": "function ( {{{ class \n".repeat(300),
    "deep nesting": `${"[\n".repeat(3000)}${"]\n".repeat(3000)}`,
    "deep blocks": `${"{\n  if (a) {\n".repeat(400)}${"}}\n".repeat(400)}`,
  };
  for (const [what, text] of Object.entries(texts)) {
    test(what, async () => {
      for (const path of ["a.ts", "a.py", "a.cs", "a.kt", "a.hs", "a.ex", "a.md", "a.txt"])
        expectWhole(await chunksOf(path, text), Buffer.from(text));
    });
  }

  test("an empty file has none", async () => {
    expect(await chunksOf("a.ts", "")).toEqual([]);
  });
});

test("bytes that are no UTF-8 stay in the chunks and out of the grammar's way", async () => {
  const latin1 = Buffer.from(
    "# l\xe4nge\ndef first(x):\n    return 'stra\xdfe'\n\n\ndef second(x):\n    return x\n",
    "latin1",
  );
  const utf16 = Buffer.from("\ufefffunction first() {\n  return 1;\n}\n\nfunction second() {}\n", "utf16le");
  for (const [path, bytes] of [
    ["a.py", latin1],
    ["a.js", utf16],
  ] as const) {
    const chunks = await chunksOf(path, decodeFileText(bytes));
    expectWhole(chunks, bytes);
    expect(chunks.flatMap(({ definitions }) => definitions)).toEqual(["first", "second"]);
  }
});

describe("sizes", () => {
  const method = (name: string, lines: number) =>
    `  ${name}() {\n${Array.from({ length: lines }, (_, i) => `    this.step${i}(${i}, "some argument");\n`).join("")}  }\n\n`;

  test("a big method is cut between statements into even pieces", async () => {
    const text = `class Big {\n${method("small", 2)}${method("huge", 90)}}\n`;
    const chunks = await chunksOf("big.ts", text);
    const pieces = chunks.filter((c) => c.symbol === "Big.huge");
    expect(pieces.length).toBeGreaterThan(2);
    for (const piece of pieces) expect(piece.contents.length).toBeLessThanOrEqual(CHUNK_SIZES.chars);
    const sizes = pieces.map((c) => c.contents.length);
    expect(Math.min(...sizes)).toBeGreaterThan(Math.max(...sizes) / 2);
    for (const piece of pieces.slice(1)) expect(piece.contents).toMatch(/^ {4}this\.step/);
  });

  test("small neighbours are joined under the name that encloses them", async () => {
    const text = `class Small {\n${["a", "b", "c", "d"].map((name) => method(name, 3)).join("")}}\n${"// tail\n".repeat(300)}`;
    const [first] = await chunksOf("small.ts", text);
    expect(first?.symbol).toBe("Small");
    expect(first?.contents).toContain("  d() {");
  });

  test("plain text is cut at blank lines", async () => {
    const paragraph = `${"A line of plain text that says nothing in particular.\n".repeat(9)}\n`;
    const chunks = await chunksOf("a.txt", paragraph.repeat(20));
    expect(chunks.length).toBeGreaterThan(6);
    for (const chunk of chunks.slice(0, -1)) expect(chunk.contents).toEndWith("\n\n");
  });

  test("the same text gives the same chunks", async () => {
    const text = sample("matrix.cpp").repeat(10);
    const other = new SyntaxParser();
    await chunkFile({ path: "x.rb", text: "def a; end" }, other); // what was parsed before must not matter
    expect(await chunkFile({ path: "a.cpp", text }, other)).toEqual(await chunksOf("a.cpp", text));
  });
});
