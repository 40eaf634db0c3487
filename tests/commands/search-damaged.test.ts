/** A search of everything on this machine goes on when one index is damaged, and says so: a warning, `errors` in JSON, exit code 3. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Glob } from "bun";
import type { SearchResponse } from "../../src/protocol/search-api.ts";
import { writeFiles } from "../helpers/git-server.ts";
import { runMain } from "../helpers/run-main.ts";

let dir: string;
let env: Record<string, string>;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "repobase-damaged-"));
  env = { REPOBASE_HOME: join(dir, "home") };
  for (const name of ["whole", "torn"]) {
    await writeFiles(join(dir, name), { [`${name}.ts`]: `export function openThe${name}Door() {}\n` });
    expect((await runMain(["add", join(dir, name), "--threads", "1"], { env })).code).toBe(0);
  }
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test("the other answers; the damaged one by its name is an error; removed, all is well", async () => {
  const ask = (...words: string[]) => runMain(["search", "open door", "--json", ...words], { env, cwd: dir });
  const before = JSON.parse((await ask()).stdout) as SearchResponse;
  expect(before.results.map(({ path }) => path).toSorted()).toEqual(["torn.ts", "whole.ts"]);
  const torn = before.results.find(({ path }) => path === "torn.ts");
  const folder = join(dir, "home", "index", torn?.repoId ?? "");
  for await (const path of new Glob("**/packs/*.pack").scan(folder)) await truncate(join(folder, path), 10);
  const { code, stdout, stderr } = await ask();
  const found = JSON.parse(stdout) as SearchResponse;
  expect([code, found.results.map(({ path }) => path), found.partial]).toEqual([3, ["whole.ts"], true]);
  expect(found.errors).toEqual([expect.objectContaining({ repoId: torn?.repoId, code: "corrupt_index" })]);
  expect(stderr).toContain("not searched");
  expect((await ask("--quiet")).stderr).toContain("not searched"); // it says why the exit code is 3
  expect((await ask("--repo", "torn")).code).toBe(13);
  expect((await runMain(["remove", "torn"], { env })).code).toBe(0);
  expect((await ask()).code).toBe(0);
});
