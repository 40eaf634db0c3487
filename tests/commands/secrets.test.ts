import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { git, writeFiles } from "../helpers/git-server.ts";
import { Terminal } from "./terminal.ts";

const token = `glpat-${"kQ7vZp2Xw9LrT4mBc8Jd"}`;
const marks = "*".repeat(token.length);
let dir = "";
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), "repobase-marks-"))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("secrets are covered, named, warned of, and the policy is remembered", async () => {
  await writeFiles(dir, {
    "code/api.ts": `export const area = 2;\nexport const key = "${token}";\n`,
    "code/.env": "A=1\n",
  });
  const folder = join(dir, "code");
  await git(folder, "init", "--quiet");
  await git(folder, "add", "-A", "-f");
  await git(folder, "-c", "user.name=a", "-c", "user.email=a@acme.dev", "commit", "--quiet", "-m", "x");
  const terminal = new Terminal(dir, { REPOBASE_HOME: join(dir, "home") });
  const said: string[] = [];
  const run = async (line: string, code = 0) => {
    const result = await terminal.run(line.split(" "));
    expect([line, result.code, result.stderr.startsWith("error")]).toEqual([line, code, code !== 0]);
    said.push(result.stdout, result.stderr);
    return result;
  };

  expect((await run("add code")).stdout).toContain("    api.ts:2 gitlab-pat");
  const shown = await run("show code api.ts");
  expect([shown.stdout, shown.stderr.includes("covered")]).toEqual([
    `export const area = 2;\nexport const key = "${marks}";\n`,
    true,
  ]);
  expect(JSON.parse((await run("show code api.ts --json")).stdout)).toMatchObject({ redacted: true });
  expect((await run("search area")).stdout).toContain(marks);
  await run("search gitlab --json");
  expect((await run("index code --secrets nope", 2)).stderr).toContain("redact, skip, allow");

  await run("index code --secrets skip");
  const skipping = JSON.parse((await run("index code --json")).stdout) as { secrets: string; skippedByReason: unknown };
  expect([skipping.secrets, skipping.skippedByReason]).toEqual(["skip", { secret: 2 }]);
  for (const text of said) expect(text).not.toContain(token);

  await run("index code --secrets allow");
  const open = await run("show code api.ts");
  expect([open.stdout.includes(token), open.stderr]).toEqual([true, ""]);
  await run("index code --secrets redact");
  const last = JSON.parse((await run("index code --json")).stdout) as { exposed: { path: string }[] };
  expect(last.exposed.map(({ path }) => path)).toContain("api.ts");
  expect((await run("show code api.ts")).stdout).toContain(marks);
}, 60_000);
