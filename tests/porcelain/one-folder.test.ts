/** One folder of a repository, indexed alone: what it holds, what changes it, and how it lives beside the whole one. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commitFiles, git, makeRepository, startGitServer, writeFiles } from "../helpers/git-server.ts";
import { decodeRef } from "../../src/protocol/ref.ts";
import { Terminal } from "../commands/terminal.ts";

let dir = "";
beforeAll(() => void (dir = realpathSync(mkdtempSync(join(tmpdir(), "repobase-only-")))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const FILES = {
  "packages/core/a.ts": "export const needle = 1;\n",
  "packages/core/deep/b.ts": "export const needle = 2;\n",
  "packages/core-more/c.ts": "export const needle = 3;\n",
  "top.ts": "export const needle = 4;\n",
};
const CORE = ["packages/core/a.ts", "packages/core/deep/b.ts"];
const ALL = Object.keys(FILES).toSorted();

type Json = Record<string, unknown>;
interface Added extends Json {
  readonly repoId: string;
}

async function place(name: string, files: Record<string, string> = FILES) {
  const folder = join(dir, name);
  const first = await makeRepository(folder, files);
  const home = join(dir, `home-${name}`);
  const run = (line: string, cwd = folder) =>
    new Terminal(cwd, { REPOBASE_HOME: home, HOME: dir }).run(line.split(" "));
  const json = async <T = Json>(line: string, cwd?: string): Promise<T> => {
    const said = await run(`${line} --json`, cwd);
    expect({ line, code: said.code, stderr: said.stderr }).toEqual({ line, code: 0, stderr: expect.any(String) });
    return JSON.parse(said.stdout) as T;
  };
  const paths = async (line: string, cwd?: string) =>
    (await json<{ results: { path: string }[] }>(`search needle --mode keyword ${line}`, cwd)).results
      .map((hit) => hit.path)
      .toSorted();
  const config = () => JSON.parse(readFileSync(join(home, "config.json"), "utf8")) as { repos: Json[] };
  return { folder, home, first, core: join(folder, "packages/core"), run, json, paths, config };
}

test.concurrent("a folder of a repository stands for all of it, and add says so", async () => {
  const { folder, core, run, json, paths } = await place("whole");
  const said = await run("add packages/core");
  expect(said.stderr).toStartWith(
    `"packages/core" is a folder of the repository "${folder}", which is indexed whole\n` +
      "  that folder alone: repobase add packages/core --only\n",
  );
  expect(await paths("--limit 9")).toEqual(ALL);
  expect((await json("add .", core)).wholeOf).toEqual({ root: folder, named: "packages/core" });
  expect((await json("add .")).wholeOf).toBeNull();
  expect((await run("add .")).stderr).toBe("");
});

test.concurrent("--only indexes the folder alone, beside the whole one; cwd chooses", async () => {
  const { folder, core, first, json, paths, run, config } = await place("beside");
  const whole = await json<Added>("add .");
  const part = await json<Added>("add packages/core --only");
  expect(part).toMatchObject({ commit: first, files: 2, branch: "main", worktree: null, wholeOf: null });
  expect(part.repoId).toMatch(/^beside-packages-core-[0-9a-f]{8}$/);
  expect(config().repos).toMatchObject([
    { id: whole.repoId, name: "beside" },
    { id: part.repoId, name: "beside/packages/core", only: "packages/core", source: { path: folder } },
  ]);
  expect(config().repos[0]).not.toHaveProperty("only");
  expect(await paths("--repo beside/packages/core --limit 9")).toEqual(CORE);
  expect(await paths("--repo beside --limit 9")).toEqual(ALL);
  expect(await paths("--limit 9")).toEqual(ALL); // each file once
  expect((await run("show beside/packages/core packages/core/a.ts")).stdout).toBe(FILES["packages/core/a.ts"]);
  expect((await run("show beside/packages/core top.ts")).code).not.toBe(0);

  expect(await json("index", core)).toMatchObject({ repoId: part.repoId, changed: false });
  expect(await json("index", join(core, "deep"))).toMatchObject({ repoId: part.repoId });
  expect(await json("index", join(folder, "packages"))).toMatchObject({ repoId: whole.repoId });
  expect(await json("status beside/packages/core")).toMatchObject([{ folder: core, stale: null }]);
});

test.concurrent("what is uncommitted elsewhere changes nothing; inside it does", async () => {
  const { folder, core, json, paths } = await place("dirty");
  const { repoId } = await json<Added>("add packages/core --only");
  const state = async () => (await json<{ stale: unknown }[]>(`status ${repoId}`))[0]?.stale;
  await writeFiles(folder, {
    "top.ts": "export const needle = 40;\n",
    "packages/core-more/new.ts": "export const needle = 50;\n",
    "staged.ts": "export const needle = 60;\n",
  });
  await git(folder, "add", "staged.ts");
  expect(await state()).toBeNull();
  expect(await json(`index ${repoId}`)).toMatchObject({ changed: false, files: 2, worktree: null });

  await git(folder, "reset", "--quiet");
  for (const [path, files] of [
    ["a.ts", 2],
    ["untracked.ts", 3],
  ] as const) {
    writeFileSync(join(core, path), "export const needle = 10; // changed\n");
    expect(await state()).toMatchObject({ changed: "files", folder: core });
    expect(await json(`index ${repoId}`)).toMatchObject({ changed: true, worktree: expect.any(Object) });
    expect(await state()).toBeNull();
    expect((await paths("--limit 9")).length).toBe(files);
  }
  expect(await paths("--limit 9")).toEqual([...CORE, "packages/core/untracked.ts"]);
  rmSync(core, { recursive: true });
  mkdirSync(core);
  expect(await json(`index ${repoId}`)).toMatchObject({ changed: true });
  expect(await paths("--limit 9")).toEqual([]);
});

test.concurrent("new commits, other refs, and ignore files of the folders around it", async () => {
  const { folder, first, json, paths } = await place("refs");
  const { repoId } = await json<Added>("add packages/core --only");
  await git(folder, "branch", "old");
  const second = await commitFiles(folder, {
    "packages/core/more.ts": "export const needle = 5;\n",
    "other.ts": "export const needle = 6;\n",
  });
  expect(await json(`index ${repoId}`)).toMatchObject({ commit: second, files: 3 });
  expect(await paths(`--ref ${first.slice(0, 8)} --limit 9`)).toEqual(CORE);
  await git(folder, "checkout", "--quiet", "-b", "side");
  const third = await commitFiles(folder, { "packages/core/side.ts": "export const needle = 7;\n" });
  await git(folder, "checkout", "--quiet", "main");
  expect(await json(`index ${repoId} --ref side`)).toMatchObject({ commit: third, files: 4 });

  writeFileSync(join(folder, ".repobaseignore"), "packages/core/deep/\n");
  expect(await json(`index ${repoId}`)).toMatchObject({ worktree: expect.any(Object) });
  expect(await paths("--limit 9")).toEqual(["packages/core/a.ts", "packages/core/more.ts"]);
});

test.concurrent("a linked work tree has both, and cwd chooses there too", async () => {
  const { folder, json } = await place("linked");
  const part = await json<Added>("add packages/core --only");
  const other = join(dir, "linked-other");
  await git(folder, "worktree", "add", "--quiet", "-b", "side", other);
  const whole = await json<Added>("add .", other);
  expect(whole.repoId).not.toBe(part.repoId);
  expect(await json("index", join(other, "packages/core"))).toMatchObject({ repoId: part.repoId, branch: "side" });
  expect(await json("index", other)).toMatchObject({ repoId: whole.repoId });
  expect(await json("add packages/core --only", other)).toMatchObject({ repoId: part.repoId, branch: "side" });
});

test.concurrent("the scope travels with the ref, and holds where the source is a URL", async () => {
  const { folder, home, json, paths, config } = await place("pulled");
  const { repoId } = await json<Added>("add packages/core --only");
  const ref = decodeRef(readFileSync(join(home, "refs", `${repoId}.json`)));
  expect(ref.source).toEqual({ name: "pulled/packages/core", url: null, only: "packages/core" });
  const second = await commitFiles(folder, {
    "packages/core/new.ts": "export const needle = 8;\n",
    "b.ts": "needle\n",
  });
  const server = startGitServer(dir);
  try {
    const known = config();
    const repos = known.repos.map((repo) => ({ ...repo, source: { kind: "none", url: `${server.url}/pulled` } }));
    writeFileSync(join(home, "config.json"), JSON.stringify({ ...known, repos }));
    expect(await json(`index ${repoId}`, dir)).toMatchObject({ commit: second, files: 3 });
    expect(await paths("--limit 9", dir)).toEqual([...CORE, "packages/core/new.ts"]);
  } finally {
    await server.stop();
  }
});

test.concurrent("what is no folder of a repository is refused", async () => {
  const { folder, home, run } = await place("refused");
  const plain = join(dir, "plain/inner");
  await writeFiles(plain, { "a.ts": "export const a = 1;\n" });
  for (const [target, why] of [
    [".", "is the root of its repository"],
    [plain, "is no part of a git work tree"],
    [join(folder, ".git/refs"), "is no part of a git work tree"],
    ["https://example.com/a/b", "not a URL"],
  ]) {
    const said = await run(`add ${target} --only`);
    expect({ target, code: said.code, stderr: said.stderr }).toEqual({
      target,
      code: 2,
      stderr: expect.stringContaining(why ?? ""),
    });
  }
  expect(() => readFileSync(join(home, "config.json"))).toThrow();
});
