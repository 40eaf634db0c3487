import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IgnoreRules, ownIgnoreFilter } from "../../src/source/ignore-rules.ts";
import { isIgnoredFolder, TrackedPaths, walkFiles } from "../../src/source/walk-files.ts";
import { git, writeFiles } from "../helpers/git-server.ts";

let dir = "";
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), "repobase-ignore-"))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const walk = (root: string, options: Partial<Parameters<typeof walkFiles>[0]> = {}) =>
  [...walkFiles({ root, ...options })]
    .flat()
    .map(({ path }) => path)
    .sort();

/** Trees with awkward rules. The walk must find what git finds untracked. */
const TREES: Record<string, Record<string, string | { link: string }>> = {
  "patterns of all shapes": {
    ".gitignore":
      "# comment\n\n*.log\n!keep.log\n/root-only\nbuild/\na/**/z.txt\n/x/*.tmp\n\\#hash\n\\!bang\ntrailing\\ \nspace here  \n[ab].c\n**/deep/\nfoo*bar?\n",
    "a.log": "",
    "keep.log": "",
    "sub/keep.log": "",
    "sub/b.log": "",
    "root-only": "",
    "sub/root-only": "",
    "build/x": "",
    "sub/build/x": "",
    "sub2/build": "",
    "a/z.txt": "",
    "a/b/c/z.txt": "",
    "b/z.txt": "",
    "x/a.tmp": "",
    "x/y/a.tmp": "",
    "#hash": "",
    "!bang": "",
    "trailing ": "",
    "space here": "",
    "a.c": "",
    "c.c": "",
    "q/deep/w/e": "",
    foo1barX: "",
    foobar: "",
    "ünï.log": "",
    "link.log": { link: "a.log" },
    link: { link: "a.log" },
  },
  "rules at many levels": {
    ".gitignore": "*.txt\nignored/\n",
    "a.txt": "",
    "ignored/keep.txt": "",
    "ignored/.gitignore": "!keep.txt\n",
    "sub/.gitignore": "!important.txt\n/local\nonly/\n",
    "sub/important.txt": "",
    "sub/other.txt": "",
    "sub/local": "",
    "sub/deeper/local": "",
    "sub/deeper/important.txt": "",
    "sub/deeper/.gitignore": "important.txt\n",
    "sub/only/x": "",
    "only/x": "",
    local: "",
    "sub [x]*/.gitignore": "a\nb/c\n",
    "sub [x]*/a": "",
    "sub [x]*/q/a": "",
    "sub [x]*/b/c": "",
    "sub xx/a": "",
    "sub xx/b/c": "",
  },
  "a deeper file brings back a folder": {
    ".gitignore": "foo\n",
    "sub/.gitignore": "!foo\n",
    "sub/foo/x": "",
    "sub/foo/foo": "",
    "foo/x": "",
    "other/foo": "",
  },
  "everything but": {
    ".gitignore": "/*\n!/src/\n!.gitignore\n/src/*\n!/src/keep/\n",
    a: "",
    "src/a": "",
    "src/keep/a": "",
    "src/keep/b/c": "",
  },
  "windows line ends, no newline at the end": {
    ".gitignore": "*.log\r\nbuild/\r\nlast",
    "a.log": "",
    "build/x": "",
    last: "",
    lasting: "",
  },
};

for (const [name, files] of Object.entries(TREES))
  test(`as git: ${name}`, async () => {
    const root = join(dir, name.replaceAll(" ", "-"));
    await writeFiles(root, files);
    await git(root, "init", "--quiet");
    const expected = (await git(root, "ls-files", "-z", "--others", "--exclude-standard"))
      .split("\0")
      .filter((path) => path !== "");
    expect(walk(root)).toEqual(expected.sort());
  });

test("tracked files count whatever rules say, rules hold for their untracked neighbours", async () => {
  const root = join(dir, "tracked");
  await writeFiles(root, {
    ".gitignore": "out/\n*.log\n",
    "out/tracked": "",
    "out/x": "",
    "out/sub/y": "",
    "a.log": "",
    "b.log": "",
    c: "",
  });
  const tracked = new TrackedPaths(["a.log", "out/tracked", ".gitignore"]);
  expect(walk(root, { tracked })).toEqual(["c"]);
  expect([tracked.hasFolder("out"), tracked.hasFolder("out/sub"), tracked.hasFolder("")]).toEqual([true, false, true]);
  const deep = new TrackedPaths(["b/x/y/z", "a"]);
  expect([deep.hasFolder("b"), deep.hasFolder("b/x"), deep.names("b/x/y")?.has("z"), deep.names("")?.has("a")]).toEqual(
    [true, true, true, true],
  );
});

test("outer rules are the weakest", async () => {
  const root = join(dir, "outer");
  await writeFiles(root, { ".gitignore": "!b.tmp\n", "a.tmp": "", "b.tmp": "", c: "" });
  expect(walk(root, { outerRules: { files: ["*.tmp\nc\n", "!c\n"], ignoreCase: false } })).toEqual([
    ".gitignore",
    "b.tmp",
    "c",
  ]);
});

test(".repobaseignore takes away at any level, on disk and in commits, and never brings back what git ignores", async () => {
  const root = join(dir, "own");
  const files = {
    ".gitignore": "git-ignored\n",
    ".repobaseignore": "docs/\n*.snap\n!git-ignored\n",
    "git-ignored": "",
    "docs/a.md": "",
    "a.snap": "",
    "sub/.repobaseignore": "/fixtures\n!keep.snap\n",
    "sub/fixtures/x": "",
    "sub/keep.snap": "",
    "sub/a.snap": "",
    "sub/d/fixtures": "",
    x: "",
  };
  await writeFiles(root, files);
  const left = [".gitignore", ".repobaseignore", "sub/.repobaseignore", "sub/d/fixtures", "sub/keep.snap", "x"];
  expect(walk(root)).toEqual(left);
  const isIgnored = ownIgnoreFilter(
    new Map([
      ["", files[".repobaseignore"]],
      ["sub", files["sub/.repobaseignore"]],
    ]),
  );
  expect(
    Object.keys(files)
      .filter((path) => path !== "git-ignored" && !isIgnored(path))
      .sort(),
  ).toEqual(left);
  expect(ownIgnoreFilter(new Map())("anything")).toBe(false);
});

test("links are not followed, other repositories are not entered, a missing root is an error", async () => {
  const root = join(dir, "special");
  await writeFiles(root, {
    "real/a": "",
    loop: { link: "." },
    "nested/a": "",
    "nested/.git": "gitdir: ../nested2/.git",
    "nested2/b": "",
    "no-repository/a": "",
    "no-repository/.git/x": "",
    "dangling/a": "",
    "dangling/.git": "gitdir: elsewhere",
  });
  await git(join(root, "nested2"), "init", "--quiet");
  const found = [...walkFiles({ root })].flat().sort((a, b) => (a.path < b.path ? -1 : 1));
  expect(found).toEqual([
    { path: "dangling/a", kind: "file" },
    { path: "loop", kind: "link" },
    { path: "nested", kind: "repository" },
    { path: "nested2", kind: "repository" },
    { path: "no-repository/a", kind: "file" },
    { path: "real/a", kind: "file" },
  ]);
  await git(root, "init", "--quiet");
  const theirs = (await git(root, "ls-files", "-z", "--others")).split("\0").filter((path) => path !== "");
  expect(found.map(({ path, kind }) => (kind === "repository" ? `${path}/` : path))).toEqual(theirs.sort());
  expect(() => walk(join(root, "missing"))).toThrow("ENOENT");
});

test("is a folder itself ignored?", async () => {
  const root = join(dir, "folder");
  await writeFiles(root, {
    ".gitignore": "node_modules/\n",
    "a/.gitignore": "out\n",
    "a/out/x": "",
    "node_modules/b/c": "",
  });
  const ask = (path: string) => isIgnoredFolder({ root }, path);
  expect([ask("node_modules/b"), ask("a/out"), ask("a"), ask("out")]).toEqual([true, true, false, false]);
  expect(isIgnoredFolder({ root, outerRules: { files: ["a/"], ignoreCase: false } }, "a")).toBe(true);
});

test("rules do not change the rules they were made from", () => {
  const base = IgnoreRules.none.with("a\n", "");
  const deeper = base.with("!a\nb\n", "sub");
  expect([base.ignores("sub/a", false), base.ignores("sub/b", false)]).toEqual([true, false]);
  expect([deeper.ignores("sub/a", false), deeper.ignores("sub/b", false)]).toEqual([false, true]);
  expect(deeper.within("sub/b").with("!x\n", "sub/b").ignores("sub/b/x", false)).toBe(true);
});
