import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRepository } from "../../src/git/objects/repository.ts";
import { readWorktreeState } from "../../src/git/worktree/worktree-state.ts";
import { git, makeRepository } from "../helpers/git-server.ts";

let dir = "";
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), "repobase-state-"))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const stateOf = async (repo: string) => (await readWorktreeState(openRepository(repo, {}))).tracked[0]?.state;

/** Makes an index of one entry forget the time of the inode's change, which no program can set back: times alone decide then. */
function forgetChangeTime(path: string): void {
  const bytes = readFileSync(path);
  bytes.fill(0, 12, 20);
  const body = bytes.subarray(0, bytes.length - 20);
  writeFileSync(path, Buffer.concat([body, new Bun.CryptoHasher("sha1").update(body).digest()]));
}

test("remembered stat data is trusted, but not for a file as young as the index", async () => {
  const repo = join(dir, "racy");
  await makeRepository(repo, { "a.txt": "one\n" });
  const file = join(repo, "a.txt");
  const index = join(repo, ".git/index");
  utimesSync(file, 1000, 1000);
  await git(repo, "add", "a.txt");
  forgetChangeTime(index);
  writeFileSync(file, "two\n"); // in place: the inode stays
  utimesSync(file, 1000, 1000);

  utimesSync(index, 2000, 2000);
  expect(await stateOf(repo)).toBe("unchanged"); // nothing tells: this is the price of not reading, git pays it as well
  for (const time of [1000, 999]) {
    utimesSync(index, time, time);
    expect(await stateOf(repo)).toBe("modified");
  }
  writeFileSync(file, "one\n");
  utimesSync(file, 1000, 1000);
  expect(await stateOf(repo)).toBe("unchanged");
});

test("size, time and inode each make a file be read again", async () => {
  const repo = join(dir, "stat");
  await makeRepository(repo, { "a.txt": "one\n" });
  const file = join(repo, "a.txt");
  const index = join(repo, ".git/index");
  const remember = async () => {
    await Bun.write(file, "one\n");
    utimesSync(file, 1000, 1000);
    await git(repo, "add", "a.txt");
    forgetChangeTime(index);
  };
  const changes = [
    () => (writeFileSync(file, "longer\n"), utimesSync(file, 1000, 1000)),
    () => (writeFileSync(file, "two\n"), utimesSync(file, 1000.5, 1000.5)),
    () => (
      writeFileSync(`${file}.new`, "two\n"),
      utimesSync(`${file}.new`, 1000, 1000),
      Bun.spawnSync(["mv", `${file}.new`, file])
    ),
  ];
  for (const change of changes) {
    await remember();
    change();
    utimesSync(index, 3000, 3000);
    expect(await stateOf(repo)).toBe("modified");
  }
});

test("a bare repository has no work tree", async () => {
  await git(dir, "init", "--quiet", "--bare", "bare.git");
  await expect(readWorktreeState(openRepository(join(dir, "bare.git"), {}))).rejects.toThrow("has no work tree");
});
