import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { docSets } from "../../../lab/quality/doc-set.ts";
import { GitSnapshot } from "../../../lab/quality/git-snapshot.ts";
import { seededRandom } from "../../../lab/quality/random.ts";
import { ablations, parseVariant } from "../../../lab/quality/ranking-variants.ts";
import { findSections } from "../../../lab/quality/section-set.ts";
import { firstSentence, namedWords, withoutWords } from "../../../lab/quality/sentences.ts";
import { writeTree } from "../../../lab/quality/write-tree.ts";

test("the first sentence of a doc comment, without marks, tags and licences", () => {
  expect(firstSentence("Parses the {@link Header} e.g. `Host`. Then more.\n@param x y")).toBe(
    "Parses the Header e.g. Host.",
  );
  expect(firstSentence("@param x the value that is used")).toBeUndefined();
  expect(firstSentence("Copyright 2020 The Authors. All rights reserved.")).toBeUndefined();
  expect(firstSentence("x = y[0] + z[1]")).toBeUndefined();
});

test("words of names go, whole and in parts", () => {
  const words = namedWords(["parseHTTPHeader", "Request", "http_parser.ts"]);
  expect(withoutWords("Parse the header of a request, using HttpHeader and TCP.", words)).toBe(
    "the of a, using and TCP.",
  );
});

test("sections of Markdown and reStructuredText, with the lines of heading and body", () => {
  const text = "some words that are more than enough to be worth asking about. ".repeat(3);
  const markdown = `# The first title\n\n${text}\n\n\`\`\`sh\n# not a title\n\`\`\`\n## Another long title ##\n${text}`;
  expect(findSections("a.md", markdown).map(({ title, heading, body }) => ({ title, heading, body }))).toEqual([
    { title: "The first title", heading: [1, 1], body: [2, 7] },
    { title: "Another long title", heading: [8, 8], body: [9, 9] },
  ]);
  const rst = `===============\nGreat big title\n===============\n\n${text}\n`;
  expect(findSections("a.rst", rst)).toEqual([{ title: "Great big title", heading: [1, 3], body: [4, 6] }]);
});

test("sets of a tree: answers point at what is left when comments and headings are deleted", () => {
  const text = "some words that are more than enough to be worth asking about. ".repeat(3);
  const files = new Map([
    [
      "src/cache.ts",
      Buffer.from(
        "/** Drops entries that nobody wanted for long enough. */\nexport function evict() {\n  sweep();\n  done();\n}\n",
      ),
    ],
    ["guide.md", Buffer.from(`intro\n\n## How eviction works\n${text}\n`)],
  ]);
  const trees = { plain: "p", stripped: "s", source: "c" };
  const { questions, strippedTree, sourceTree } = docSets({
    files,
    repo: "r",
    language: "typescript",
    trees,
    perSet: 5,
    random: seededRandom("r"),
  });
  const of = (set: string) => questions.find((question) => question.set === set);
  expect(of("stripped")?.q).toBe("Drops entries that nobody wanted for long enough.");
  expect(of("function")?.answers).toEqual([{ path: "src/cache.ts", lines: [1, 4] }]);
  expect(of("quoted")?.answers).toEqual([{ path: "src/cache.ts", lines: [1, 5] }]);
  expect(of("untitled")?.answers).toEqual([{ path: "guide.md", lines: [3, 4] }]);
  expect(strippedTree.get("guide.md")).toBe(`intro\n\n${text}\n`);
  expect([...sourceTree.keys()]).toEqual(["src/cache.ts"]);
});

test("a tree is written as the same commit each time, and read back whole", async () => {
  const dir = mkdtempSync(join(tmpdir(), "repobase-quality-"));
  try {
    const files = new Map<string, Uint8Array | string>([
      ["a b/ü.txt", "one\r\n"],
      [".gitignore", "*.bin"],
      ["x.bin", new Uint8Array([0, 10, 13])],
    ]);
    const commits = [];
    for (const name of ["one", "two"]) {
      await writeTree(join(dir, name), files);
      commits.push(await new GitSnapshot(join(dir, name, ".git")).resolve("HEAD"));
    }
    expect(commits[0]).toMatch(/^[0-9a-f]{40}$/);
    expect(commits[1]).toBe(commits[0]);
    const snapshot = new GitSnapshot(join(dir, "one", ".git"));
    const read = await snapshot.files("HEAD", null);
    expect(new Map(Array.from(read, ([path, bytes]) => [path, bytes.toString("hex")]))).toEqual(
      new Map(Array.from(files, ([path, contents]) => [path, Buffer.from(contents).toString("hex")])),
    );
    expect((await snapshot.files("HEAD", "a b")).size).toBe(1);
    expect((await snapshot.history(5)).map(({ parent, paths }) => ({ parent, count: paths.length }))).toEqual([
      { parent: "", count: 3 },
    ]);
    expect(await snapshot.resolve("0".repeat(40))).toBeUndefined();
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test("ranking variants: all off, each option and group off alone, and values by hand", () => {
  const inUse = { cosine: 40, coherence: { weight: 1, decay: 0.8 }, kinds: { test: 0.7, example: 1 }, kept: 3 };
  const neutral = { cosine: 0, coherence: { weight: 0, decay: 0 }, kinds: { test: 1, example: 1 }, kept: 3 };
  const off = ablations(inUse, neutral);
  expect(off.map(({ options }) => options)).toEqual([
    neutral,
    { ...inUse, cosine: 0 },
    { ...inUse, coherence: { weight: 0, decay: 0 } },
    { ...inUse, coherence: { weight: 0, decay: 0.8 } },
    { ...inUse, coherence: { weight: 1, decay: 0 } },
    { ...inUse, kinds: { test: 1, example: 1 } },
  ]);
  expect(parseVariant("cosine=20,kinds.test=1", inUse).options).toEqual({
    ...inUse,
    cosine: 20,
    kinds: { test: 1, example: 1 },
  });
  for (const wrong of ["cosin=20", "kinds=1", "kinds.test", "kinds.test.x=1"])
    expect(() => parseVariant(wrong, inUse)).toThrow("the options are");
});
