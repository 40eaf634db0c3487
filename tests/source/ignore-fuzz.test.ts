/**
 * Random patterns over random names: the walk finds what `git ls-files --others --exclude-standard` finds. One folder a case,
 * many cases in one repository, so that git is started once for all of them.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { walkFiles } from "../../src/source/walk-files.ts";
import { git, writeFiles } from "../helpers/git-server.ts";
import { seededRandom } from "../../lab/quality/random.ts";

/** `REPOBASE_FUZZ=2000` for all; a slice in `check`. */
const CASES = Number(process.env.REPOBASE_FUZZ ?? 250);

let dir = "";
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), "repobase-ignore-fuzz-"))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const NAMES = ["a", "b", "ab", "abc", "a.c", "b.log", "Foo", "x y", "é", "[a]", "a*", "#c", "!d", "z ", "out", "a-b"];
const PARTS = [
  "a",
  "b",
  "c",
  "ab",
  "Foo",
  ".log",
  ".c",
  "x y",
  "é",
  "out",
  "[ab]",
  "[!a]",
  "[^b-z]",
  "[a-",
  "[]a]",
].concat([
  "[[:alpha:]]",
  "[[:nope:]]",
  "*",
  "*",
  "**",
  "***",
  "?",
  "/",
  "/",
  "**/",
  "/**",
  "/**/",
  "\\*",
  "\\a",
  "\\",
  " ",
  "\\ ",
  "#",
  "!",
  "\t",
]);

for (const ignoreCase of [false, true])
  test(`${CASES} random ignore files, ${ignoreCase ? "ignoring" : "minding"} case`, async () => {
    const next = seededRandom(`ignore ${ignoreCase}`);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
    const times = <T>(max: number, make: () => T): T[] => Array.from({ length: 1 + Math.floor(next() * max) }, make);
    const pattern = () =>
      (next() < 0.2 ? "!" : "") + times(4, () => pick(PARTS)).join("") + pick(["", "", "/", " ", "  "]);
    const ignoreFile = () =>
      pick(["", "", "\ufeff"]) + times(4, pattern).join(pick(["\n", "\n", "\r\n"])) + pick(["", "\n"]);
    const files: Record<string, string> = {};
    for (let i = 0; i < CASES; i++) {
      const paths = times(12, () => times(3, () => pick(NAMES)).join("/"));
      const isFree = (path: string) => !paths.some((other) => other !== path && path.startsWith(`${other}/`));
      for (const path of paths.filter(isFree)) {
        files[`c${i}/${path}`] = "";
        if (path.includes("/") && next() < 0.1) files[`c${i}/${path.split("/")[0]}/.gitignore`] = ignoreFile();
      }
      files[`c${i}/.gitignore`] = ignoreFile();
    }
    const root = join(dir, String(ignoreCase));
    await writeFiles(root, files);
    await git(root, "init", "--quiet");
    await git(root, "config", "core.ignoreCase", String(ignoreCase));
    const listed = await git(root, "ls-files", "-z", "--others", "--exclude-standard");
    const ours = [...walkFiles({ root, outerRules: { files: [], ignoreCase } })].flat().map(({ path }) => path);
    const [left, right] = [new Set(ours), new Set(listed.split("\0").filter((path) => path !== ""))];
    const wrong = [...left.symmetricDifference(right)].map((path) => {
      const folder = path.split("/")[0] ?? "";
      return { path, weKeep: left.has(path), rules: files[`${folder}/.gitignore`] };
    });
    expect(wrong).toEqual([]);
    expect(left.size).toBeGreaterThan(CASES);
    expect(left.size).toBeLessThan(Object.keys(files).length * 0.95);
  });
