/** What is left out, how that is told, and how it is indexed anyway; text in other encodings from end to end. In-process, through `main`. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeRepository } from "../helpers/git-server.ts";
import { runMain } from "../helpers/run-main.ts";

let dir = "";
let repo = "";
const run = (...argv: string[]) =>
  runMain(argv, { cwd: repo, env: { REPOBASE_HOME: join(dir, "home"), HOME: dir, GIT_CONFIG_NOSYSTEM: "1" } });
const found = async (word: string, ...more: string[]) => {
  const { stdout } = await run("search", word, "--mode", "keyword", "--json", ...more);
  const { results, warnings } = JSON.parse(stdout) as { results: { path: string }[]; warnings: string[] };
  return { paths: results.map(({ path }) => path).sort(), warnings };
};

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "repobase-select-"));
  repo = join(dir, "shop");
  await makeRepository(repo, {
    "checker.c": "int lungwort(int x) { return x; }\n".repeat(40),
    "data.csv": "1,2,3,4,5,6,7,8,9\n".repeat(90),
    "api.pb.go": "package knapweed\n",
    "small.c": "int small;\n",
    "note.ps1": Buffer.from("\ufefffunction Get-Woodruff { 1 }\r\n# two\r\n", "utf16le"),
    "old.py": Buffer.from("# l\xe4nge\ndef bedstraw():\n    pass\n", "latin1"),
  });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("a large source is named with the way to index it; the limit and what is included are remembered", async () => {
  const first = await run("add", ".", "--max-file-bytes", "1000");
  expect(first.stdout).toContain("skipped 3 files: 1 generated, 2 too-large (named by --json)");
  expect(first.stdout).toMatch(
    /too large, so not searchable: checker\.c\n.*repobase index shop-\w+ --include "checker\.c"/,
  );
  expect((await found("lungwort")).paths).toEqual([]);

  await run("index", "--include", "*.c", "--include", "*.pb.go");
  expect((await found("lungwort")).paths).toEqual(["checker.c"]);
  expect((await found("knapweed")).paths).toEqual(["api.pb.go"]);

  writeFileSync(join(repo, "more.csv"), "1,2,3,4,5,6,7,8,9\n".repeat(90));
  writeFileSync(join(repo, "more.c"), "int restharrow(int x) { return x; }\n".repeat(40));
  const later = await run("index", "--json");
  const { skippedByReason } = JSON.parse(later.stdout) as { skippedByReason: Record<string, number> };
  expect(skippedByReason).toEqual({ "too-large": 2 });
  expect((await found("restharrow")).paths).toEqual(["more.c"]);

  await run("index", "--include", "!checker.c");
  expect((await found("lungwort")).paths).toEqual([]);
  await run("index", "--max-file-bytes", "100000");
  const last = await run("index", "--json");
  expect((JSON.parse(last.stdout) as { skipped: unknown[] }).skipped).toEqual([]);
});

test("UTF-16 and Latin-1 are found, shown as text, and printed byte for byte", async () => {
  expect((await found("Woodruff")).paths).toEqual(["note.ps1"]);
  expect((await found("bedstraw")).paths).toEqual(["old.py"]);
  const shown = await run("show", "shop", "note.ps1:2", "--json");
  expect(JSON.parse(shown.stdout)).toMatchObject({
    contents: "# two\r\n",
    encoding: "utf-16le",
    base64: Buffer.from("# two\r\n", "utf16le").toString("base64"),
  });
  expect(JSON.parse((await run("show", "shop", "old.py", "--json")).stdout)).toMatchObject({
    contents: "# l\ufffdnge\ndef bedstraw():\n    pass\n",
    encoding: "unknown-8bit",
  });
});

test("languages by the words people use; one that is none is told", async () => {
  expect(await found("small", "--lang", "C")).toEqual({ paths: ["small.c"], warnings: [] });
  expect((await found("bedstraw", "--lang", "py")).paths).toEqual(["old.py"]);
  const { paths, warnings } = await found("bedstraw", "--lang", "pyhton");
  expect([paths, warnings]).toEqual([[], ['there is no language "pyhton"; did you mean python?']]);
});

const EMPTY: readonly string[][] = [
  ["add", ""],
  ["index", ""],
  ["search", "word", "--repo", ""],
  ["show", "shop", ""],
  ["push", ""],
  ["remove", ""],
  ["add", ".", "--name", ""],
];
test.each(EMPTY.map((argv) => [argv]))("an empty argument is a usage error: %j", async (argv) => {
  const { code, stdout, stderr } = await run(...argv);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(`argument ${argv.indexOf("") + 1} is empty`);
});
