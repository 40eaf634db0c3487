import { afterAll, beforeAll, expect, test } from "bun:test";
import { lstatSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GitIndex, parseGitIndex } from "../../src/git/worktree/git-index.ts";
import { commitFiles, git, makeRepository } from "../helpers/git-server.ts";

let dir = "";
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), "repobase-index-"))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const FILES = {
  "a.txt": "1",
  "a/b.txt": "2",
  "a/bb.txt": "3",
  [`long/${"x".repeat(200)}/${"y".repeat(200)}/${"z".repeat(200)}.txt`]: "4",
  "run.sh": { executable: "#!" },
  "ünï.txt": "5",
  link: { link: "a.txt" },
};

function read(repo: string): GitIndex {
  const index = parseGitIndex(readFileSync(join(repo, ".git/index")));
  if (index === undefined) throw new Error("the index was not read");
  return index;
}

/** What git itself says is in the index: mode, id, stage, path. */
async function expectAsGit(repo: string, index: GitIndex): Promise<void> {
  const lines = (await git(repo, "ls-files", "--stage", "-z")).split("\0").filter((line) => line !== "");
  expect(index.entries.map(({ mode, blob, stage, path }) => `${mode.toString(8)} ${blob} ${stage}\t${path}`)).toEqual(
    lines,
  );
}

test("versions 2 and 4 hold the same entries, with the stat data of the files and the tree of the commit", async () => {
  const repo = join(dir, "versions");
  await makeRepository(repo, FILES);
  for (const version of ["2", "4"]) {
    await git(repo, "update-index", "--index-version", version);
    const index = read(repo);
    expect(readFileSync(join(repo, ".git/index")).readUInt32BE(4)).toBe(Number(version));
    await expectAsGit(repo, index);
    expect(index.rootTree).toBe(await git(repo, "rev-parse", "HEAD^{tree}"));
    for (const entry of index.entries) {
      const stats = lstatSync(join(repo, entry.path));
      expect([entry.size, entry.ino]).toEqual([stats.size, stats.ino >>> 0]);
      expect(Math.abs(entry.mtimeMs - stats.mtimeMs) + Math.abs(entry.ctimeMs - stats.ctimeMs)).toBeLessThan(0.001);
    }
  }
});

test("a path longer than the length field can say", async () => {
  const repo = join(dir, "long");
  const blob = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
  await makeRepository(repo, { "a.txt": "1" });
  const path = Array.from({ length: 50 }, (_, i) => `${i}`.padStart(99, "d")).join("/");
  await git(repo, "update-index", "--add", "--cacheinfo", `100644,${blob},${path}`, "--cacheinfo", `100644,${blob},z`);
  await expectAsGit(repo, read(repo));
});

test("version 3: intent to add, skip work tree, assume valid; staging makes the remembered tree stale", async () => {
  const repo = join(dir, "flags");
  await makeRepository(repo, { "a.txt": "1", "b.txt": "2", "c.txt": "3" });
  await git(repo, "update-index", "--skip-worktree", "a.txt");
  await git(repo, "update-index", "--assume-unchanged", "b.txt");
  await Bun.write(join(repo, "new.txt"), "new");
  await git(repo, "add", "--intent-to-add", "new.txt");
  const index = read(repo);
  expect(readFileSync(join(repo, ".git/index")).readUInt32BE(4)).toBe(3);
  await expectAsGit(repo, index);
  expect(index.rootTree).toBeNull();
  expect(index.entries.map((e) => [e.path, e.skipWorktree, e.assumeValid, e.intentToAdd])).toEqual([
    ["a.txt", true, false, false],
    ["b.txt", false, true, false],
    ["c.txt", false, false, false],
    ["new.txt", false, false, true],
  ]);
});

test("a merge with conflicts keeps the stages apart", async () => {
  const repo = join(dir, "conflict");
  await makeRepository(repo, { "a.txt": "base" });
  await git(repo, "checkout", "--quiet", "-b", "other");
  await commitFiles(repo, { "a.txt": "theirs" });
  await git(repo, "checkout", "--quiet", "main");
  await commitFiles(repo, { "a.txt": "ours" });
  await expect(git(repo, "merge", "other")).rejects.toThrow();
  const index = read(repo);
  expect(index.entries.map(({ stage }) => stage)).toEqual([1, 2, 3]);
  await expectAsGit(repo, index);
});

test("a split index cannot be read alone; a sparse one can", async () => {
  const repo = join(dir, "split");
  await makeRepository(repo, FILES);
  await git(repo, "update-index", "--split-index");
  expect(parseGitIndex(readFileSync(join(repo, ".git/index")))).toBeUndefined();

  const sparse = join(dir, "sparse");
  await makeRepository(sparse, { "in/a.txt": "1", "out/b.txt": "2", "top.txt": "3" });
  await git(sparse, "sparse-checkout", "set", "--cone", "--sparse-index", "in");
  expect(read(sparse).entries.map(({ path, mode }) => [path, mode.toString(8)])).toEqual([
    ["in/a.txt", "100644"],
    ["out/", "40000"],
    ["top.txt", "100644"],
  ]);
});

test("damaged bytes are refused", async () => {
  const repo = join(dir, "damaged");
  await makeRepository(repo, FILES);
  const bytes = readFileSync(join(repo, ".git/index"));
  const flipped = Buffer.from(bytes);
  flipped[100] = (flipped[100] ?? 0) ^ 1;
  const version5 = Buffer.from(bytes);
  version5[7] = 5;
  for (const bad of [
    Buffer.alloc(0),
    Buffer.from("DIRC"),
    Buffer.alloc(100),
    flipped,
    version5,
    bytes.subarray(0, bytes.length - 30),
  ])
    expect(() => parseGitIndex(bad)).toThrow("the git index is damaged");
  // Without a checksum (index.skipHash) only the structure tells.
  const cut = Buffer.concat([bytes.subarray(0, 300), Buffer.alloc(20)]);
  expect(() => parseGitIndex(cut)).toThrow("the git index is damaged");
});
