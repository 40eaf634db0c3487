/** Names that are not UTF-8 are names like others, and no two of them are one; what is passed over is named with its reason. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NULL_BLOB } from "../../src/git/objects/blob-id.ts";
import { commitTree } from "../../src/source/commit-tree.ts";
import { fingerprintFolder } from "../../src/source/fingerprint-folder.ts";
import type { SourceTree } from "../../src/source/source-tree.ts";
import { openFolder } from "../../src/source/worktree-tree.ts";
import { git, makeRepository, writeFiles } from "../helpers/git-server.ts";

const env = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
let dir = "";
beforeAll(() => void (dir = realpathSync(mkdtempSync(join(tmpdir(), "repobase-names-")))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const inBytes = (root: string, name: string) => Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name, "latin1")]);

async function contents({ files }: SourceTree): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const file of files) found[file.path] = Buffer.from(await file.read()).toString();
  return found;
}

// other systems keep no such names
test.if(process.platform === "linux")(
  "names in bytes: clean, changed, untracked, in an index of version 4, without git",
  async () => {
    const root = join(dir, "bytes");
    mkdirSync(root);
    writeFileSync(inBytes(root, "caf\xe9.py"), "acute\n");
    writeFileSync(inBytes(root, "caf\xe8.py"), "grave\n");
    writeFileSync(join(root, "caf\\xe9.py"), "looks like one\n");
    mkdirSync(inBytes(root, "d\xff"));
    writeFileSync(inBytes(root, "d\xff/in.py"), "inside\n");
    writeFileSync(inBytes(root, "d\xff/.gitignore"), "*.log\n");
    const all = {
      "caf\\x5cxe9.py": "looks like one\n",
      "caf\\xe8.py": "grave\n",
      "caf\\xe9.py": "acute\n",
      "d\\xff/.gitignore": "*.log\n",
      "d\\xff/in.py": "inside\n",
    };
    expect(await contents((await openFolder(root, { env })).tree)).toEqual(all);
    const plain = await fingerprintFolder(root, env);

    await git(root, "init", "--quiet");
    await git(root, "add", "--all");
    await git(root, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message", "x");
    for (const version of ["2", "4"]) {
      await git(root, "update-index", "--index-version", version);
      const clean = await openFolder(root, { env });
      expect([version, clean.kind]).toEqual([version, "clean"]);
      expect(await contents(clean.tree)).toEqual(all);
    }
    expect(await contents(await commitTree({ folder: root, env }))).toEqual(all);
    expect((await fingerprintFolder(root, env))?.id).not.toBe(plain?.id);

    await git(root, "update-index", "--index-version", "2");
    const before = await fingerprintFolder(root, env);
    writeFileSync(inBytes(root, "caf\xe9.py"), "changed\n");
    writeFileSync(inBytes(root, "d\xff/new\xfe"), "new\n");
    writeFileSync(inBytes(root, "d\xff/x\xfd.log"), "ignored\n");
    const dirty = await openFolder(root, { env });
    expect(await contents(dirty.tree)).toEqual({ ...all, "caf\\xe9.py": "changed\n", "d\\xff/new\\xfe": "new\n" });
    const after = await fingerprintFolder(root, env);
    expect(after?.id).not.toBe(before?.id);
    writeFileSync(inBytes(root, "d\xff/new\xfe"), "newer\n");
    expect((await fingerprintFolder(root, env))?.id).not.toBe(after?.id);
  },
);

test("links, submodules and repositories in the tree are passed over by name", async () => {
  const inner = join(dir, "inner");
  await makeRepository(inner, { "x.txt": "x\n" });
  const root = join(dir, "outer");
  await makeRepository(root, { "a.txt": "a\n", "link.txt": { link: "a.txt" }, ".repobaseignore": "hidden/\n" });
  await git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner, "lib/inner");
  await git(root, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message", "submodule");
  await git(root, "clone", "--quiet", inner, join(root, "clone"));
  await git(root, "clone", "--quiet", inner, join(root, "hidden", "clone"));
  await git(root, "worktree", "add", "--quiet", join(root, "linked"), "-b", "linked");
  const reasons = ({ passedOver }: SourceTree) => passedOver.map(({ path, reason }) => `${reason} ${path}`).sort();
  const passed = ["link link.txt", "nested-repository clone", "nested-repository linked", "submodule lib/inner"];
  const clean = await openFolder(root, { env });
  expect(clean.kind).toBe("clean");
  expect(reasons(clean.tree)).toEqual(passed);
  expect(clean.tree.files.map(({ path }) => path)).toEqual([".gitmodules", ".repobaseignore", "a.txt"]);

  await writeFiles(root, { "b.txt": "b\n", "hollow/.git/x": "", "hollow/c.txt": "c\n" });
  symlinkSync("b.txt", join(root, "other"));
  const dirty = await openFolder(root, { env });
  expect(reasons(dirty.tree)).toEqual(["link link.txt", "link other", ...passed.slice(1)]);
  expect(dirty.tree.files.map(({ path }) => path)).toContain("hollow/c.txt"); // an empty .git makes no repository, for git too
  const bare = await commitTree({ folder: root, env });
  expect(reasons(bare)).toEqual(["link link.txt", "submodule lib/inner"]);
  expect(dirty.tree.passedOver.find(({ path }) => path === "clone")?.blob).toBe(NULL_BLOB);
});
