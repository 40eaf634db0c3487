/** The check of tracked files, on repositories made for it. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { git, makeRepository, writeFiles } from "../helpers/git-server.ts";

const dir = mkdtempSync(join(tmpdir(), "repobase-check-files-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function check(repository: string) {
  const script = join(import.meta.dir, "../../scripts/check-files.ts");
  const { exitCode, stderr } = Bun.spawnSync([process.execPath, script, repository]);
  return { exitCode, stderr: stderr.toString() };
}

test("a tracked file above 1 MB is refused by name; what git does not track, and what is listed, is not", async () => {
  const repository = join(dir, "a");
  await makeRepository(repository, {
    "small.bin": new Uint8Array(1_000_000),
    "src/embed/static-model/table.i8": new Uint8Array(1_000_001),
  });
  await writeFiles(repository, { "a wheel.whl": new Uint8Array(1_000_001) });
  expect(check(repository)).toEqual({ exitCode: 0, stderr: "" });

  await git(repository, "add", "a wheel.whl");
  const { exitCode, stderr } = check(repository);
  expect(exitCode).toBe(1);
  expect(stderr).toStartWith("a wheel.whl: larger than 1 MB.");
});

test("a source file that does not begin with a comment is refused by name", async () => {
  const repository = join(dir, "b");
  await makeRepository(repository, {
    "src/said.ts": "/** What it is for. */\nexport const a = 1;\n",
    "scripts/run.ts": "#!/usr/bin/env bun\n// What it is for.\n",
    "tests/a.test.ts": "test();\n",
    "worker/silent.ts": 'import "./a.ts";\n/** Too late. */\n',
    "src/empty.ts": "",
  });
  const { exitCode, stderr } = check(repository);
  expect(exitCode).toBe(1);
  expect(stderr.split("\n").map((line) => line.split(":")[0])).toEqual(["src/empty.ts", "worker/silent.ts", ""]);
});

test("a folder that is no repository fails", () => {
  expect(check("/").exitCode).toBe(1);
});
