import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { blobId, NULL_BLOB } from "../../src/git/objects/blob-id.ts";
import { commitTree } from "../../src/source/commit-tree.ts";
import type { SourceTree } from "../../src/source/source-tree.ts";
import { openFolder } from "../../src/source/worktree-tree.ts";
import { commitFiles, type FileChange, git, makeRepository, writeFiles } from "../helpers/git-server.ts";

const ENV = { GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" };
let dir = "";
beforeAll(() => void (dir = realpathSync(mkdtempSync(join(tmpdir(), "repobase-worktree-")))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const open = (path: string) => openFolder(path, { env: ENV });

async function contents({ files }: SourceTree): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const file of files) {
    const bytes = await file.read();
    expect(blobId(bytes)).toBe(file.blob);
    if (file.size !== null) expect(bytes.length).toBe(file.size);
    texts[file.path] = Buffer.from(bytes).toString();
  }
  return texts;
}

const FILES = {
  "a.txt": "one\n",
  "sub/b.txt": "two\n",
  "sub/run.sh": { executable: "#!/bin/sh\n" },
  link: { link: "a.txt" },
  ".gitignore": "*.log\nout/\n",
};
const TEXTS = { ".gitignore": "*.log\nout/\n", "a.txt": "one\n", "sub/b.txt": "two\n", "sub/run.sh": "#!/bin/sh\n" };

let count = 0;
async function repository(files: Record<string, FileChange> = FILES): Promise<{ repo: string; commit: string }> {
  const repo = join(dir, `repo-${++count}`);
  return { repo, commit: await makeRepository(repo, files) };
}

/** Opens the folder and checks that "clean" means what git means by it. */
async function openLikeGit(repo: string) {
  const opened = await open(repo);
  expect([opened.kind, await git(repo, "status", "--porcelain")]).toEqual([
    opened.kind,
    opened.kind === "clean" ? "" : expect.stringMatching(/./),
  ]);
  return opened;
}

test("a clean work tree is its HEAD", async () => {
  const { repo, commit } = await repository();
  await writeFiles(repo, { "x.log": "ignored", "out/y": "ignored" });
  const opened = await openLikeGit(repo);
  expect([opened.kind, opened.root, opened.tree.commit, opened.tree.branch]).toEqual(["clean", repo, commit, "main"]);
  expect(await contents(opened.tree)).toEqual(TEXTS);
  const bare = await commitTree({ folder: repo, env: ENV });
  expect(bare.files.map(({ path, blob }) => [path, blob])).toEqual(
    opened.tree.files.map(({ path, blob }) => [path, blob]),
  );
});

/** Each makes a clean work tree dirty; what the tree holds then. */
const CHANGES: Record<string, { change: (repo: string) => Promise<unknown>; texts: Record<string, string> }> = {
  modified: { change: (repo) => writeFiles(repo, { "a.txt": "changed\n" }), texts: { ...TEXTS, "a.txt": "changed\n" } },
  "modified, same size": {
    change: (repo) => writeFiles(repo, { "a.txt": "ONE\n" }),
    texts: { ...TEXTS, "a.txt": "ONE\n" },
  },
  staged: {
    change: async (repo) => {
      await writeFiles(repo, { "a.txt": "staged\n" });
      await git(repo, "add", "a.txt");
    },
    texts: { ...TEXTS, "a.txt": "staged\n" },
  },
  "staged, then changed back on disk": {
    change: async (repo) => {
      await writeFiles(repo, { "a.txt": "staged\n" });
      await git(repo, "add", "a.txt");
      await writeFiles(repo, { "a.txt": "one\n" });
    },
    texts: TEXTS,
  },
  untracked: {
    change: (repo) => writeFiles(repo, { "new/x.txt": "new\n", "y.log": "ignored" }),
    texts: { ...TEXTS, "new/x.txt": "new\n" },
  },
  deleted: {
    change: (repo) => writeFiles(repo, { "a.txt": null }),
    texts: { ".gitignore": TEXTS[".gitignore"], "sub/b.txt": "two\n", "sub/run.sh": "#!/bin/sh\n" },
  },
  "removed from the index only": { change: (repo) => git(repo, "rm", "--quiet", "--cached", "a.txt"), texts: TEXTS },
  "executable bit": { change: async (repo) => chmodSync(join(repo, "a.txt"), 0o755), texts: TEXTS },
  "file became a folder": {
    change: (repo) => writeFiles(repo, { "a.txt": null, "a.txt/inside.txt": "in\n" }),
    texts: {
      ".gitignore": TEXTS[".gitignore"],
      "a.txt/inside.txt": "in\n",
      "sub/b.txt": "two\n",
      "sub/run.sh": "#!/bin/sh\n",
    },
  },
  "folder became a link": {
    change: async (repo) => {
      rmSync(join(repo, "sub"), { recursive: true });
      await writeFiles(repo, { sub: { link: ".." } });
    },
    texts: { ".gitignore": TEXTS[".gitignore"], "a.txt": "one\n" },
  },
  "link points elsewhere": { change: (repo) => writeFiles(repo, { link: { link: "sub/b.txt" } }), texts: TEXTS },
  "link became a file": { change: (repo) => writeFiles(repo, { link: "a.txt" }), texts: TEXTS },
  "file became a link": {
    change: (repo) => writeFiles(repo, { "a.txt": { link: "sub/b.txt" } }),
    texts: { ".gitignore": TEXTS[".gitignore"], "sub/b.txt": "two\n", "sub/run.sh": "#!/bin/sh\n" },
  },
  "intent to add": {
    change: async (repo) => {
      await writeFiles(repo, { "n.txt": "n\n" });
      await git(repo, "add", "--intent-to-add", "n.txt");
    },
    texts: { ...TEXTS, "n.txt": "n\n" },
  },
  "ignore rules changed": {
    change: (repo) => writeFiles(repo, { ".gitignore": "out/\n", "x.log": "log\n" }),
    texts: { ...TEXTS, ".gitignore": "out/\n", "x.log": "log\n" },
  },
};

for (const [name, { change, texts }] of Object.entries(CHANGES))
  test(`dirty: ${name}`, async () => {
    const { repo, commit } = await repository();
    await change(repo);
    const opened = await openLikeGit(repo);
    expect(
      opened.kind === "dirty" && [opened.tree.commit, opened.tree.branch, opened.head?.commit, opened.head?.branch],
    ).toEqual(["worktree", "main", commit, "main"]);
    const versions = ({ files }: { files: readonly { path: string; blob: string }[] }) =>
      files.map(({ path, blob }) => `${blob} ${path}`);
    if (opened.kind === "dirty" && opened.head)
      expect(versions(opened.head)).toEqual(versions(await commitTree({ folder: repo, env: ENV })));
    if (name === "link became a file") expect((await contents(opened.tree)).link).toBe("a.txt");
    else expect(await contents(opened.tree)).toEqual(texts);
  });

test("a merge with conflicts is dirty and each file counts once", async () => {
  const { repo } = await repository({ "a.txt": "base\n" });
  await git(repo, "checkout", "--quiet", "-b", "other");
  await commitFiles(repo, { "a.txt": "theirs\n" });
  await git(repo, "checkout", "--quiet", "main");
  await commitFiles(repo, { "a.txt": "ours\n" });
  await expect(git(repo, "merge", "other")).rejects.toThrow();
  const opened = await openLikeGit(repo);
  expect([opened.kind, opened.tree.files.length]).toEqual(["dirty", 1]);
  expect((await contents(opened.tree))["a.txt"]).toContain("<<<<<<<");
});

test("racily clean: a change in the same instant as the index, size and time alike, is seen", async () => {
  const { repo } = await repository();
  const file = join(repo, "a.txt");
  const index = join(repo, ".git/index");
  for (const text of ["two\n", "six\n", "ten\n"]) {
    writeFileSync(file, "one\n");
    await git(repo, "add", "a.txt");
    const { mtime } = statSync(index);
    writeFileSync(file, text);
    utimesSync(file, mtime, mtime);
    utimesSync(index, mtime, mtime);
    expect([text, (await openLikeGit(repo)).kind]).toEqual([text, "dirty"]);
  }
});

test("touched, copied and restored files are clean: their bytes decide when their times do not", async () => {
  const { repo } = await repository();
  utimesSync(join(repo, "a.txt"), 1, 1);
  expect((await openLikeGit(repo)).kind).toBe("clean");
  const copy = join(dir, "copy");
  await Bun.$`cp -r ${repo} ${copy}`.quiet();
  expect((await openLikeGit(copy)).kind).toBe("clean");
});

test("line ends: a checkout with CRLF is clean, and its tree has git's bytes", async () => {
  const { repo, commit } = await repository({ "a.txt": "one\ntwo\n", "b.bin": "x\0\n" });
  await git(repo, "config", "core.autocrlf", "true");
  rmSync(join(repo, "a.txt"));
  await git(repo, "checkout", "--quiet", "--", "a.txt");
  expect(statSync(join(repo, "a.txt")).size).toBe(10);
  for (const touched of [false, true]) {
    if (touched) utimesSync(join(repo, "a.txt"), 1, 1);
    const opened = await openLikeGit(repo);
    expect([opened.kind, opened.tree.commit]).toEqual(["clean", commit]);
    expect(await contents(opened.tree)).toEqual({ "a.txt": "one\ntwo\n", "b.bin": "x\0\n" });
  }
  await writeFiles(repo, { "b.bin": "y\0\n" });
  const dirty = await openLikeGit(repo);
  expect(await contents(dirty.tree)).toEqual({ "a.txt": "one\ntwo\n", "b.bin": "y\0\n" });
});

test("line ends by .gitattributes; without any conversion CRLF is a change", async () => {
  const { repo } = await repository({ "a.txt": "one\n", ".gitattributes": "*.txt text eol=crlf\n" });
  await writeFiles(repo, { "a.txt": "one\r\n" });
  // git's status trusts the size and says modified; its diff, which converts as we do, is empty.
  expect([(await open(repo)).kind, await git(repo, "diff")]).toEqual(["clean", ""]);
  const { repo: plain } = await repository({ "a.txt": "one\n" });
  await writeFiles(plain, { "a.txt": "one\r\n" });
  expect((await openLikeGit(plain)).kind).toBe("dirty");
});

test("Git LFS: the file on disk is the content, the commit has the pointer", async () => {
  const content = "large file\n".repeat(1000);
  const oid = new Bun.CryptoHasher("sha256").update(content).digest("hex");
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${content.length}\n`;
  // The filter is not configured while git commits, so that the pointer itself is what goes in.
  const { repo, commit } = await repository({ "big.bin": pointer, ".gitattributes": "*.bin filter=lfs -text\n" });
  writeFileSync(join(repo, "big.bin"), content);
  const opened = await open(repo);
  expect([opened.kind, opened.tree.commit]).toEqual(["clean", commit]);
  expect((await contents(opened.tree))["big.bin"]).toBe(pointer);
  writeFileSync(join(repo, "big.bin"), `${content}more`);
  expect((await open(repo)).kind).toBe("dirty");
});

test("modes do not matter where git was told so", async () => {
  const { repo } = await repository();
  await git(repo, "config", "core.fileMode", "false");
  chmodSync(join(repo, "a.txt"), 0o755);
  expect((await openLikeGit(repo)).kind).toBe("clean");
});

test("sparse checkouts, sparse and split indexes: files that need not be there are no deletions", async () => {
  const files = { "in/a.txt": "1\n", "out/b.txt": "2\n", "out/deep/c.txt": "3\n", "top.txt": "4\n" };
  const texts = { ...files };
  const { repo } = await repository(files);
  await git(repo, "sparse-checkout", "set", "--cone", "in");
  const whole = await openLikeGit(repo);
  expect([whole.kind, await contents(whole.tree)]).toEqual(["clean", texts]);
  await git(repo, "sparse-checkout", "set", "--cone", "--sparse-index", "in");
  const sparse = await openLikeGit(repo);
  expect([sparse.kind, await contents(sparse.tree)]).toEqual(["clean", texts]);

  const { repo: split } = await repository(files);
  await git(split, "update-index", "--split-index");
  expect((await openLikeGit(split)).kind).toBe("clean");
  await writeFiles(split, { "top.txt": "5\n" });
  expect((await openLikeGit(split)).kind).toBe("dirty");
});

test("index version 4, and an index that git forgot the tree of", async () => {
  const { repo } = await repository();
  await git(repo, "update-index", "--index-version", "4");
  expect((await openLikeGit(repo)).kind).toBe("clean");
  await writeFiles(repo, { "a.txt": "x\n" });
  await git(repo, "add", "a.txt");
  await writeFiles(repo, { "a.txt": "one\n" });
  await git(repo, "add", "a.txt");
  expect((await openLikeGit(repo)).kind).toBe("clean");
});

test("linked work trees, detached heads, submodules, repositories inside", async () => {
  const { repo, commit } = await repository();
  const linked = join(dir, `linked-${count}`);
  await git(repo, "worktree", "add", "--quiet", "-b", "side", linked);
  const side = await openLikeGit(linked);
  expect([side.kind, side.root, side.tree.branch]).toEqual(["clean", linked, "side"]);
  await writeFiles(linked, { "a.txt": "side\n" });
  expect((await openLikeGit(linked)).kind).toBe("dirty");
  expect((await openLikeGit(repo)).kind).toBe("clean");

  await git(repo, "checkout", "--quiet", "--detach");
  expect((await openLikeGit(repo)).tree.branch).toBeNull();
  await git(repo, "checkout", "--quiet", "main");

  const { repo: other } = await repository({ "inner.txt": "i\n" });
  await git(repo, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", other, "mod");
  await commitFiles(repo, {}, "with submodule");
  const withModule = await openLikeGit(repo);
  expect([withModule.kind, Object.keys(await contents(withModule.tree))]).toEqual([
    "clean",
    [".gitignore", ".gitmodules", "a.txt", "sub/b.txt", "sub/run.sh"],
  ]);

  // git calls a repository that lies in the work tree untracked; its files are its own, so for us it is not there.
  await git(repo, "clone", "--quiet", other, join(repo, "clone-inside"));
  const opened = await open(repo);
  expect([opened.kind, opened.tree.commit === commit]).toEqual(["clean", false]);
});

test("the user's own ignore rules count, as in git", async () => {
  const { repo } = await repository();
  const home = join(dir, "home");
  await writeFiles(home, { ".gitconfig": "[core]\n\texcludesFile = ~/my-ignores\n", "my-ignores": ".DS_Store\n" });
  await writeFiles(repo, { ".DS_Store": "x", ".git/info/exclude": "scratch/\n", "scratch/a": "x" });
  expect((await openFolder(repo, { env: { HOME: home, GIT_CONFIG_NOSYSTEM: "1" } })).kind).toBe("clean");
  expect((await open(repo)).kind).toBe("dirty");
});

test(".repobaseignore: taken out of clean, dirty and plain trees alike", async () => {
  const { repo } = await repository({
    "a.txt": "1\n",
    "docs/b.md": "2\n",
    "sub/c.snap": "3\n",
    ".repobaseignore": "docs/\n",
    "sub/.repobaseignore": "*.snap\n",
  });
  const left = [".repobaseignore", "a.txt", "sub/.repobaseignore"];
  const paths = ({ files }: SourceTree) => files.map(({ path }) => path);
  expect(paths((await openLikeGit(repo)).tree)).toEqual(left);
  expect(paths(await commitTree({ folder: repo, env: ENV, ref: "main" }))).toEqual(left);
  await writeFiles(repo, { "a.txt": "changed\n" });
  expect(paths((await open(repo)).tree)).toEqual(left);
  rmSync(join(repo, ".git"), { recursive: true });
  expect(paths((await open(repo)).tree)).toEqual(left);
});

test("folders: inside a work tree, ignored by one, plain, bare, without commits", async () => {
  const { repo, commit } = await repository();
  await writeFiles(repo, { "out/dep/x.ts": "x\n", "out/dep/.gitignore": "y.ts\n", "out/dep/y.ts": "y\n" });
  expect(await open(join(repo, "sub"))).toMatchObject({ kind: "clean", root: repo });
  const ignored = await open(join(repo, "out/dep"));
  expect(ignored).toMatchObject({ kind: "dirty", root: join(repo, "out/dep"), head: null });
  expect(await contents(ignored.tree)).toEqual({ ".gitignore": "y.ts\n", "x.ts": "x\n" });

  await git(dir, "clone", "--quiet", "--bare", repo, "bare.git");
  expect(await open(join(dir, "bare.git"))).toMatchObject({
    kind: "clean",
    root: join(dir, "bare.git"),
    tree: { commit },
  });
  await git(dir, "init", "--quiet", "--bare", "empty.git");
  await expect(open(join(dir, "empty.git"))).rejects.toThrow("has no commits yet");

  const young = join(dir, "young");
  await git(dir, "init", "--quiet", "--initial-branch=main", "young");
  await writeFiles(young, { "a.txt": "1\n" });
  const unborn = await open(young);
  expect(unborn).toMatchObject({ kind: "dirty", head: null });
  expect(await contents(unborn.tree)).toEqual({ "a.txt": "1\n" });
  await git(young, "add", "a.txt");
  expect(await contents((await open(young)).tree)).toEqual({ "a.txt": "1\n" });

  await expect(open(join(dir, "missing"))).rejects.toMatchObject({ code: "not_found" });
  await expect(open(join(repo, "a.txt"))).rejects.toMatchObject({ code: "usage" });
});

test("files that change or vanish between listing and reading are told, never read as something else", async () => {
  const { repo } = await repository();
  await writeFiles(repo, { "new.txt": "1\n", "gone.txt": "2\n" });
  const { tree } = await open(repo);
  await writeFiles(repo, { "new.txt": "changed\n", "gone.txt": null, "a.txt": "changed too\n" });
  const file = (path: string) =>
    tree.files.find((candidate) => candidate.path === path)?.read() ?? Promise.reject(new Error("not listed"));
  await expect(file("new.txt")).rejects.toMatchObject({ code: "transient" });
  await expect(file("gone.txt")).rejects.toMatchObject({ code: "not_found" });
  expect(Buffer.from(await file("a.txt")).toString()).toBe("one\n"); // git has it
});

test("a long listing hears the signal", async () => {
  const plain = join(dir, "many");
  await writeFiles(plain, Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`${i}.txt`, "x"])));
  await expect(openFolder(plain, { env: ENV, signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: "interrupted",
  });
});

test("a file that cannot be read is listed with the null id", async () => {
  const plain = join(dir, "unreadable");
  mkdirSync(plain);
  writeFileSync(join(plain, "a.txt"), "x");
  chmodSync(join(plain, "a.txt"), 0o000);
  const { tree } = await open(plain);
  // The superuser reads everything.
  expect(tree.files.map(({ path, blob }) => [path, blob])).toEqual([
    ["a.txt", process.getuid?.() === 0 ? blobId(Buffer.from("x")) : NULL_BLOB],
  ]);
});

test("commits by name: old ones, branches, tags; and what is not there", async () => {
  const { repo, commit } = await repository();
  await git(repo, "tag", "v1");
  const second = await commitFiles(repo, { "a.txt": "2\n" });
  expect((await contents(await commitTree({ folder: repo, env: ENV, ref: commit.slice(0, 8) })))["a.txt"]).toBe(
    "one\n",
  );
  expect(await commitTree({ folder: repo, env: ENV, ref: "v1" })).toMatchObject({ commit, branch: null });
  expect(await commitTree({ folder: join(repo, "sub"), env: ENV })).toMatchObject({ commit: second, branch: "main" });
  await expect(commitTree({ folder: repo, env: ENV, ref: "nope" })).rejects.toMatchObject({ code: "ref_not_found" });
  await expect(commitTree({ folder: dir, env: ENV })).rejects.toMatchObject({ code: "not_a_repository" });
});
