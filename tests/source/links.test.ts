/** As for git, what lies behind a symbolic link is no part of a tree: not at any level, not for a moment. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openInside, readInside } from "../../src/files/read-inside.ts";
import { openFolder } from "../../src/source/worktree-tree.ts";
import { parseGitIndex } from "../../src/git/worktree/git-index.ts";
import { git, makeRepository } from "../helpers/git-server.ts";

const env = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "repobase-links-"));
  mkdirSync(join(dir, "victim", "b"), { recursive: true });
  writeFileSync(join(dir, "victim", "b", "real.txt"), "secret of another place\n");
  writeFileSync(join(dir, "victim", "id_x"), "secret of another place\n");
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** All that would be indexed of a folder, as text. */
async function contents(folder: string, warnings: string[] = []): Promise<Record<string, string>> {
  const opened = await openFolder(folder, { env, onWarning: (text) => warnings.push(text) });
  const found: Record<string, string> = {};
  for (const tree of [opened.tree, opened.kind === "dirty" ? opened.head : null])
    for (const file of tree?.files ?? [])
      found[`${tree?.commit === "worktree" ? "disk" : "head"} ${file.path}`] = await file.read().then(
        (bytes) => Buffer.from(bytes).toString(),
        () => "unreadable",
      );
  return found;
}

test("a tracked folder that was replaced by a link is gone, as git says, though its files are the very same", async () => {
  const top = join(dir, "moved");
  await makeRepository(top, { "a/b/real.txt": "mine\n", "c.txt": "c\n" });
  // moved away, not changed: sizes, times and inodes behind the link are those that the index remembers
  renameSync(join(top, "a"), join(dir, "elsewhere"));
  symlinkSync(join(dir, "elsewhere"), join(top, "a"));
  expect(await git(top, "status", "--porcelain")).toBe(" D a/b/real.txt\n?? a");
  expect(await contents(top)).toEqual({ "disk c.txt": "c\n", "head a/b/real.txt": "mine\n", "head c.txt": "c\n" });

  rmSync(join(top, "a"));
  symlinkSync(join(dir, "victim"), join(top, "a"));
  expect(JSON.stringify(await contents(top))).not.toContain("secret");
});

test("the same one level up, and for a tracked file", async () => {
  const top = join(dir, "file");
  await makeRepository(top, { "x/a/b/real.txt": "mine\n", "y.txt": "y\n" });
  rmSync(join(top, "x", "a"), { recursive: true });
  symlinkSync("../../victim", join(top, "x", "a"));
  rmSync(join(top, "y.txt"));
  symlinkSync(join(dir, "victim", "id_x"), join(top, "y.txt"));
  expect(Object.keys(await contents(top)).sort()).toEqual(["head x/a/b/real.txt", "head y.txt"]);
});

test("a read opens nothing behind a link, whenever it came", () => {
  const root = join(dir, "reads");
  mkdirSync(join(root, "real", "b"), { recursive: true });
  writeFileSync(join(root, "real", "b", "real.txt"), "mine\n");
  symlinkSync(join(dir, "victim"), join(root, "link"));
  symlinkSync("real", join(root, "inner"));
  symlinkSync(join(dir, "victim", "id_x"), join(root, "leaf"));
  expect(readInside(root, "real/b/real.txt").toString()).toBe("mine\n");
  for (const path of ["link/b/real.txt", "link/id_x", "inner/b/real.txt", "leaf"])
    expect(() => openInside(root, path)).toThrow(expect.objectContaining({ code: "ELOOP" }));
  for (const path of ["real", "real/../real/b/real.txt"]) expect(() => openInside(root, path)).toThrow();
});

test("a file listed before its folder became a link is not read", async () => {
  const root = join(dir, "plain");
  mkdirSync(join(root, "a", "b"), { recursive: true });
  writeFileSync(join(root, "a", "b", "real.txt"), readFileSync(join(dir, "victim", "b", "real.txt")));
  const { tree } = await openFolder(root, { env });
  rmSync(join(root, "a"), { recursive: true });
  symlinkSync(join(dir, "victim"), join(root, "a"));
  // even the bytes are the ones that were listed
  expect(await Promise.allSettled(tree.files.map((file) => file.read()))).toMatchObject([{ status: "rejected" }]);
});

test("a work tree elsewhere is not read, and that is said; one inside, and a submodule's, is", async () => {
  const top = join(dir, "configured");
  await makeRepository(top, { "own.txt": "own\n" });
  for (const elsewhere of [join(dir, "victim"), "../../victim", "/", join(dir, "not-there")]) {
    await git(top, "config", "core.worktree", elsewhere);
    const warnings: string[] = [];
    expect(await contents(top, warnings)).toEqual({ "head own.txt": "own\n" });
    expect(warnings).toEqual([expect.stringContaining(`core.worktree): "${elsewhere}" is not read`)]);
  }
  mkdirSync(join(top, "inner"));
  writeFileSync(join(top, "inner", "own.txt"), "own\n");
  await git(top, "config", "core.worktree", "../inner");
  const warnings: string[] = [];
  expect(await contents(top, warnings)).toEqual({ "head own.txt": "own\n" });
  expect(warnings).toEqual([]);

  const outer = join(dir, "outer");
  await makeRepository(outer, { "o.txt": "o" });
  await makeRepository(join(dir, "sub-source"), { "s.txt": "s\n" });
  await git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", join(dir, "sub-source"), "sub");
  expect(await contents(join(outer, "sub"), warnings)).toEqual({ "head s.txt": "s\n" });
  expect(await contents(join(outer, ".git", "modules", "sub"), warnings)).toEqual({ "head s.txt": "s\n" });
  expect(warnings).toEqual([]);
});

test("an index that names files outside, or git's own, is damaged", async () => {
  const top = join(dir, "crafted");
  await makeRepository(top, { aaaaaaaaaaaa: "x" });
  const index = readFileSync(join(top, ".git", "index"));
  for (const name of [
    "../victim/xx",
    ".git/configs".slice(0, 12),
    ".GIT/config1",
    "a/./bbbbbbbb",
    "a//bbbbbbbbb",
    "/etc/passwd1",
    "a/.gIt/bbbbb",
  ]) {
    const crafted = Buffer.from(index);
    const at = crafted.indexOf("aaaaaaaaaaaa");
    expect(name.length).toBe(12);
    crafted.write(name, at, "latin1");
    crafted.fill(0, crafted.length - 20); // no checksum, as with index.skipHash
    expect(() => parseGitIndex(crafted)).toThrow("it names");
  }
  expect(parseGitIndex(index)?.entries.length).toBe(1);
});
