/** Which commit follows which, by the repository at hand; what it does not know it does not guess. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Home } from "../../src/home/home.ts";
import { compareCommits } from "../../src/porcelain/indexing/compare-commits.ts";
import { commitFiles, git, makeRepository } from "../helpers/git-server.ts";

let dir: string;
beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), "repobase-order-of-"))));
afterAll(() => rm(dir, { recursive: true, force: true }));

test("newer and older along merges; side by side, in a shallow clone, of a gone folder: not known", async () => {
  const folder = join(dir, "code");
  const first = await makeRepository(folder, { a: "1\n" });
  await git(folder, "checkout", "--quiet", "-b", "side");
  const side = await commitFiles(folder, { b: "1\n" });
  await git(folder, "checkout", "--quiet", "main");
  const main = await commitFiles(folder, { c: "1\n" });
  await git(folder, "merge", "--quiet", "--no-ff", "--message", "both", "side");
  const merge = await git(folder, "rev-parse", "HEAD");
  await git(folder, "gc", "--quiet");
  await git(dir, "clone", "--quiet", "--depth", "1", `file://${folder}`, "shallow");
  const home = Home.open({ REPOBASE_HOME: join(dir, "home") });
  const compare = (here: string, there: string, path = folder) =>
    compareCommits({ home, repo: { id: "x", source: { kind: "folder", path, url: null } }, here, there });
  for (const older of [first, side, main]) {
    expect(await compare(merge, older)).toBe("newer");
    expect(await compare(older, merge)).toBe("older");
    // cut off after one commit, which still names its parents
    const order = await compare(merge, older, join(dir, "shallow"));
    expect(order).toBe(older === first ? undefined : "newer");
    expect(await compare(merge, older, join(dir, "gone"))).toBeUndefined();
  }
  expect(await compare(side, main)).toBeUndefined();
  expect(await compare(merge, "0".repeat(40))).toBeUndefined();
});
