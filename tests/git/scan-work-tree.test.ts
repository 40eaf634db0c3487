import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRepository } from "../../src/git/objects/repository.ts";
import { scanWorkTree } from "../../src/git/worktree/scan-work-tree.ts";
import { openTreeProbe, portableProbe, STAT, type TreeProbe } from "../../src/git/worktree/tree-probe.ts";
import { git, makeRepository, writeFiles } from "../helpers/git-server.ts";

let dir = "";
let count = 0;
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), "repobase-scan-"))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const FILES = {
  "a.txt": "one\n",
  "empty.txt": "",
  "run.sh": { executable: "#!/bin/sh\n" },
  "src/b.ts": "two\n",
  "src/deep/er/c.ts": "three\n",
  "src/größe/d.ts": "four\n",
  link: { link: "a.txt" },
};

/** A clean repository whose files are older than its index, so that none of them is looked at twice. */
async function oldRepository(files: Parameters<typeof makeRepository>[1] = FILES): Promise<string> {
  const repo = join(dir, `repo-${count++}`);
  await makeRepository(repo, files);
  const later = Date.now() / 1000 + 60;
  utimesSync(join(repo, ".git/index"), later, later);
  return repo;
}

const seen = ({ words }: TreeProbe) =>
  Object.entries(STAT).map(([name, at]) => [name, name === "mode" ? (words[at] ?? 0) & 0xffff : words[at]]);

async function scan(repo: string) {
  const found = await scanWorkTree(openRepository(repo, {}));
  return (
    found && { touched: [...found.touched].sort(), fuller: [...found.fuller.keys()].sort(), indexId: found.indexId }
  );
}

test("a clean work tree: nothing touched, no folder fuller, and the id of its tree", async () => {
  const repo = await oldRepository();
  expect(await scan(repo)).toEqual({ touched: [], fuller: [], indexId: await git(repo, "rev-parse", "HEAD^{tree}") });
});

test("each kind of change shows", async () => {
  const changes: [string, (repo: string) => unknown, { touched: string[]; fuller: string[] }][] = [
    ["content", (repo) => writeFileSync(join(repo, "src/b.ts"), "TWO\n"), { touched: ["src/b.ts"], fuller: [] }],
    ["times alone", (repo) => utimesSync(join(repo, "a.txt"), 1000, 1000), { touched: ["a.txt"], fuller: [] }],
    ["the executable bit", (repo) => chmodSync(join(repo, "run.sh"), 0o644), { touched: ["run.sh"], fuller: [] }],
    ["an untracked file at the top", (repo) => writeFileSync(join(repo, "new"), ""), { touched: [], fuller: [""] }],
    [
      "an untracked file, deep",
      (repo) => writeFileSync(join(repo, "src/größe/new"), ""),
      { touched: [], fuller: ["src/größe"] },
    ],
    [
      "an untracked folder",
      (repo) => writeFiles(repo, { "src/deep/new/x": "" }),
      { touched: [], fuller: ["src/deep"] },
    ],
    [
      "a link in place of a file",
      (repo) => (rmSync(join(repo, "a.txt")), symlinkSync("src/b.ts", join(repo, "a.txt"))),
      { touched: ["a.txt"], fuller: [] },
    ],
  ];
  for (const [what, change, expected] of changes) {
    const repo = await oldRepository();
    await change(repo);
    const { touched, fuller } = (await scan(repo)) ?? {};
    expect({ what, touched, fuller }).toEqual({ what, touched: expected.touched, fuller: expected.fuller });
  }
});

test("what is gone hides nothing that came in its place", async () => {
  const repo = await oldRepository();
  renameSync(join(repo, "src/b.ts"), join(repo, "src/z.ts")); // as many names as before
  const found = await scan(repo);
  expect(found?.touched).toEqual(["src/b.ts"]);
  expect(found?.fuller).toContain("src");
  renameSync(join(repo, "src"), join(dir, "moved-src"));
  symlinkSync(join(dir, "moved-src"), join(repo, "src")); // the same files, but behind a link
  expect((await scan(repo))?.touched).toContain("src/");
});

test("a file as young as the index is touched, whatever its times", async () => {
  const repo = await oldRepository({ "a.txt": "one\n" });
  const file = join(repo, "a.txt");
  expect((await scan(repo))?.touched).toEqual([]);
  const { mtimeMs } = await Bun.file(file).stat();
  utimesSync(join(repo, ".git/index"), mtimeMs / 1000 - 1, mtimeMs / 1000 - 1);
  expect((await scan(repo))?.touched).toEqual(["a.txt"]);
});

test("staging changes the index's id although git has not made a tree of it; submodules count as a name", async () => {
  const repo = await oldRepository();
  const before = await scan(repo);
  await writeFiles(repo, { "src/b.ts": "staged\n" });
  await git(repo, "add", "src/b.ts");
  const staged = await scan(repo);
  await writeFiles(repo, { "src/b.ts": "again\n" });
  await git(repo, "add", "src/b.ts");
  const again = await scan(repo);
  expect(new Set([before?.indexId, staged?.indexId, again?.indexId]).size).toBe(3);

  await git(repo, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", await oldRepository(), "lib/sub");
  await git(repo, "commit", "--quiet", "--message", "submodule");
  const later = Date.now() / 1000 + 60;
  utimesSync(join(repo, ".git/index"), later, later);
  expect(await scan(repo)).toMatchObject({ touched: [], fuller: [] });
});

test("what it cannot tell for certain is left alone", async () => {
  const cases: ((repo: string) => Promise<unknown>)[] = [
    (repo) => git(repo, "update-index", "--index-version=4"),
    (repo) => git(repo, "update-index", "--assume-unchanged", "a.txt"),
    (repo) => git(repo, "update-index", "--skip-worktree", "a.txt"),
    (repo) => git(repo, "config", "core.ignorecase", "true"),
    async (repo) => (await writeFiles(repo, { "intent.txt": "" }), git(repo, "add", "--intent-to-add", "intent.txt")),
    async (repo) => rmSync(join(repo, ".git/index")),
  ];
  for (const change of cases) {
    const repo = await oldRepository();
    await change(repo);
    expect(await scan(repo)).toBeUndefined();
  }
});

test("the quick probe and the portable one see the same", async () => {
  const repo = await oldRepository();
  const paths = ["a.txt", "link", "run.sh", "src", "src/größe/d.ts", "missing", "a.txt/below"];
  const bytes = Buffer.from(new ArrayBuffer(4096));
  const places = new Map<string, [number, number]>();
  let at = 0;
  for (const path of paths) {
    const end = at + bytes.write(path, at);
    places.set(path, [at, end]);
    at = end + 1;
  }
  const [quick, portable] = [await openTreeProbe(repo, bytes), portableProbe(repo, bytes)];
  for (const [start, end] of places.values()) {
    const isThere = quick.look(start, end);
    expect(portable.look(start, end)).toBe(isThere);
    if (isThere) expect(seen(quick)).toEqual(seen(portable));
  }
  for (const folder of ["", "src", Buffer.from("src/größe").toString("latin1"), "a.txt", "link", "missing"])
    expect([folder, quick.countNames(folder)]).toEqual([folder, portable.countNames(folder)]);
  expect(quick.countNames("")).toBe(5);
  quick.close();
  expect(readFileSync(join(repo, "a.txt"), "utf8")).toBe("one\n");
});
