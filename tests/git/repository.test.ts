import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readBlob } from "../../src/git/objects/read-blob.ts";
import { readTree } from "../../src/git/objects/read-tree.ts";
import { findRepository, head, openRepository, originUrl, resolveRef } from "../../src/git/objects/repository.ts";
import { commitFiles, git, makeRepository } from "../helpers/git-server.ts";

const ENV = { GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" };
let dir = "";
beforeAll(() => void (dir = realpathSync(mkdtempSync(join(tmpdir(), "repobase-repository-")))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const open = (path: string) => openRepository(path, ENV);

test("a work tree, from its top, a folder in it, and its gitdir", async () => {
  const repo = join(dir, "plain");
  const commit = await makeRepository(repo, { "a/b/c.txt": "x" });
  for (const path of [repo, join(repo, "a/b"), join(repo, ".git")]) {
    const { gitdir, workTree } = open(path);
    expect([gitdir, workTree]).toEqual([join(repo, ".git"), repo]);
  }
  expect(head(open(repo))).toEqual({ commit, branch: "main" });
  expect(originUrl(open(repo))).toBeNull();
  await git(repo, "remote", "add", "origin", "https://host/x.git");
  expect(originUrl(open(repo))).toBe("https://host/x.git");
});

test("no repository", () => {
  const plain = join(dir, "no-git/sub");
  mkdirSync(plain, { recursive: true });
  expect(findRepository(plain, ENV)).toBeNull();
  expect(() => open(plain)).toThrow("is not in a git repository");
  writeFileSync(join(dir, "no-git/.git"), "gitdir: /nowhere\n");
  expect(findRepository(plain, ENV)).toBeNull();
});

test("bare repositories and repositories without commits", async () => {
  await git(dir, "init", "--quiet", "--bare", "--initial-branch=main", "empty.git");
  const empty = open(join(dir, "empty.git"));
  expect([empty.workTree, head(empty)]).toEqual([null, null]);
  expect(() => resolveRef(empty, "HEAD")).toThrow("has no commits yet");
  const commit = await makeRepository(join(dir, "origin"), { "a.txt": "1" });
  await git(dir, "clone", "--quiet", "--bare", "origin", "bare.git");
  expect(head(open(join(dir, "bare.git")))).toEqual({ commit, branch: "main" });
});

test("linked work trees and submodules, whose .git is a file", async () => {
  const main = join(dir, "main");
  const first = await makeRepository(main, { "a.txt": "1" });
  await git(main, "worktree", "add", "--quiet", "-b", "other", join(dir, "linked"));
  const second = await commitFiles(join(dir, "linked"), { "b.txt": "2" });
  await git(main, "gc", "--quiet"); // refs become packed-refs
  const linked = open(join(dir, "linked"));
  expect([linked.workTree, linked.commonDir]).toEqual([join(dir, "linked"), join(main, ".git")]);
  expect(head(linked)).toEqual({ commit: second, branch: "other" });
  expect(head(open(main))).toEqual({ commit: first, branch: "main" });
  expect(readTree(linked, second).map(({ path }) => path)).toEqual(["a.txt", "b.txt"]);

  await git(main, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", join(dir, "linked"), "sub");
  const sub = open(join(main, "sub"));
  expect([sub.workTree, head(sub)?.commit]).toEqual([join(main, "sub"), second]);
});

test("regular files and executables; links and submodules are left out; names in any script", async () => {
  const repo = join(dir, "modes");
  const commit = await makeRepository(repo, {
    "z.txt": "z",
    "run.sh": { executable: "#!/bin/sh\n" },
    link: { link: "z.txt" },
    "ünïcode/数据 file.txt": "u",
    "a-b.txt": "1",
    "a/b.txt": "2",
  });
  await git(repo, "update-index", "--add", "--cacheinfo", `160000,${commit},submodule`);
  const next = await commitFiles(repo, {});
  const entries = readTree(open(repo), next);
  expect(entries.map(({ path, mode }) => [path, mode.toString(8)])).toEqual([
    ["a-b.txt", "100644"],
    ["a/b.txt", "100644"],
    ["run.sh", "100755"],
    ["z.txt", "100644"],
    ["ünïcode/数据 file.txt", "100644"],
  ]);
  expect(Buffer.from(readBlob(open(repo), entries[1]?.blob ?? "")).toString()).toBe("2");
  expect(() => readBlob(open(repo), commit)).toThrow("is a commit, not a file");
});

test("what a user may call a commit", async () => {
  const repo = join(dir, "names");
  const first = await makeRepository(repo, { "a.txt": "1" });
  await git(repo, "tag", "light");
  await git(repo, "tag", "-a", "annotated", "-m", "x");
  await git(repo, "tag", "-a", "nested", "-m", "x", "annotated");
  await git(repo, "checkout", "--quiet", "-b", "feature/x");
  const second = await commitFiles(repo, { "a.txt": "2" });
  await git(repo, "update-ref", "refs/remotes/origin/remote-only", first);
  await git(repo, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/remote-only");
  for (const packed of [false, true]) {
    if (packed) await git(repo, "gc", "--quiet");
    const at = (ref: string) => resolveRef(open(repo), ref);
    expect(at("HEAD")).toEqual({ commit: second, branch: "feature/x" });
    expect(at("main")).toEqual({ commit: first, branch: "main" });
    expect(at("feature/x")).toEqual({ commit: second, branch: "feature/x" });
    expect(at("refs/heads/feature/x")).toEqual({ commit: second, branch: "feature/x" });
    for (const tag of ["light", "annotated", "nested"]) expect(at(tag)).toEqual({ commit: first, branch: null });
    expect(at("remote-only")).toEqual({ commit: first, branch: "remote-only" });
    expect(at("origin/remote-only")).toEqual({ commit: first, branch: "remote-only" });
    for (const id of [second, second.slice(0, 7), second.slice(0, 12).toUpperCase()])
      expect(at(id)).toEqual({ commit: second, branch: null });
    for (const wrong of ["nope", "feature", "../HEAD", "refs/../../HEAD", "", "deadbeef", "0".repeat(40), "HEAD~1"])
      expect(() => at(wrong)).toThrow("no branch, tag or commit");
  }
  await git(repo, "checkout", "--quiet", "--detach", first);
  expect(head(open(repo))).toEqual({ commit: first, branch: null });
});

test("a ref that cannot be read is an error of the disk, not a missing branch", async () => {
  const repo = join(dir, "pipe");
  await makeRepository(repo, { "a.txt": "1" });
  expect(Bun.spawnSync(["mkfifo", join(repo, ".git/refs/heads/pipe")]).exitCode).toBe(0);
  expect(() => resolveRef(open(repo), "pipe")).toThrow(expect.objectContaining({ code: "io_error" }));
});

test("formats that we do not read are refused by name", async () => {
  await git(dir, "init", "--quiet", "--object-format=sha256", "sha256");
  expect(() => open(join(dir, "sha256"))).toThrow("uses sha256 ids");
});

test("a replaced commit is read as git shows it, packed refs and chains too, unless told otherwise", async () => {
  const repo = join(dir, "replaced");
  const first = await makeRepository(repo, { "f.txt": "old" });
  const second = await commitFiles(repo, { "f.txt": "new" });
  const third = await commitFiles(repo, { "f.txt": "newest" });
  const shown = (env: Record<string, string> = {}) =>
    readTree(openRepository(repo, env), first).map(({ blob }) => blob)[0];
  const theirs = (at: string) => git(repo, "rev-parse", `${at}:f.txt`);
  await git(repo, "replace", first, second);
  expect(shown()).toBe(await theirs(second));
  await git(repo, "replace", second, third);
  expect([shown(), shown()]).toEqual([await theirs(first), await theirs(third)]);
  await git(repo, "pack-refs", "--all");
  expect(shown()).toBe(await theirs(third));
  expect(shown({ GIT_NO_REPLACE_OBJECTS: "1" })).not.toBe(await theirs(third));
  await git(repo, "config", "core.useReplaceRefs", "false");
  expect(shown()).toBe(await git(repo, "--no-replace-objects", "rev-parse", `${first}:f.txt`));
});

test("an alternate whose path git has quoted", async () => {
  const store = join(dir, 'odd "é\tname');
  await makeRepository(store, { "f.txt": "f" });
  const borrower = join(dir, "borrower");
  await git(dir, "clone", "--quiet", "--shared", store, borrower);
  const quoted = `"${store.replace('"', '\\"').replace("é", "\\303\\251").replace("\t", "\\t")}/.git/objects"`;
  writeFileSync(join(borrower, ".git", "objects", "info", "alternates"), `${quoted}\n`);
  const commit = (await git(borrower, "rev-parse", "HEAD")).trim();
  expect(readTree(open(borrower), commit).map(({ path }) => path)).toEqual(["f.txt"]);
});
