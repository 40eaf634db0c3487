/** What an index calls its commits: branches, detached HEADs, tags, in folders and clones of real git repositories. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commitFiles, git, makeRepository, startGitServer, writeFiles } from "../helpers/git-server.ts";
import { Terminal } from "../commands/terminal.ts";

let dir = "";
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), "repobase-branches-"))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Place {
  readonly folder: string;
  readonly id: string;
  readonly first: string;
  run(
    line: string,
    env?: Record<string, string>,
    cwd?: string,
  ): Promise<{ code: number; stdout: string; stderr: string }>;
  json<T = Record<string, unknown>>(line: string, env?: Record<string, string>, cwd?: string): Promise<T>;
  ref(): { default: string; heads: Record<string, string>; tags?: Record<string, string>; [name: string]: unknown };
  paths(line: string, cwd?: string): Promise<string[]>;
}

/** A repository of one commit on `main`, added under a home of its own. */
async function place(name: string, options: { add?: boolean } = {}): Promise<Place> {
  const folder = join(dir, name);
  const first = await makeRepository(folder, { "a.ts": "export const first = 1;\n" });
  const home = join(dir, `home-${name}`);
  let id = "";
  const run: Place["run"] = (line, env = {}, cwd = folder) =>
    new Terminal(cwd, { REPOBASE_HOME: home, HOME: dir, ...env }).run(line.split(" "));
  const json = async <T>(line: string, env?: Record<string, string>, cwd?: string): Promise<T> => {
    const said = await run(`${line} --json`, env, cwd);
    expect({ line, code: said.code, stderr: said.stderr }).toEqual({ line, code: 0, stderr: expect.any(String) });
    return JSON.parse(said.stdout) as T;
  };
  const paths = async (line: string, cwd?: string) =>
    (await json<{ results: { path: string }[] }>(line, {}, cwd)).results.map((hit) => hit.path).toSorted();
  if (options.add !== false) id = (await json<{ repoId: string }>("add .")).repoId;
  const ref = () => JSON.parse(readFileSync(join(home, "refs", `${id || idIn(home)}.json`), "utf8"));
  return { folder, id, first, run, json, ref, paths };
}

const idIn = (home: string): string => JSON.parse(readFileSync(join(home, "config.json"), "utf8")).repos[0].id;

describe("a detached HEAD", () => {
  test.concurrent("takes the branch that the CI host names for this commit, or --branch, or none", async () => {
    const { folder, first, run, json, ref, paths } = await place("detached", { add: false });
    await git(folder, "checkout", "--quiet", "--detach");
    const github = { GITHUB_REF_TYPE: "branch", GITHUB_REF_NAME: "feature/x", GITHUB_SHA: first };
    // of another commit the host's word does not count
    expect(await json("add .", { ...github, GITHUB_SHA: "1".repeat(40) })).toMatchObject({
      commit: first,
      branch: null,
    });
    expect([ref().heads, ref().default]).toEqual([{}, ""]);
    expect(await paths("search first --mode keyword")).toEqual(["a.ts"]);
    expect(await paths(`search first --mode keyword --ref ${first.slice(0, 7)}`)).toEqual(["a.ts"]);
    expect(await paths("search first --mode keyword --ref HEAD")).toEqual(["a.ts"]);

    expect(await json("index", github)).toMatchObject({ branch: "feature/x" });
    expect([ref().heads, ref().default]).toEqual([{ "feature/x": first }, "feature/x"]);

    const second = await commitFiles(folder, { "b.ts": "export const second = 2;\n" });
    expect(await json("index --branch asked", { ...github, GITHUB_SHA: second })).toMatchObject({ branch: "asked" });
    // whatever is checked out next, the default branch stays
    expect([ref().heads, ref().default]).toEqual([{ "feature/x": first, asked: second }, "feature/x"]);
    expect(await paths("search second --mode keyword")).toEqual(["b.ts"]);
    expect(await paths("search second --mode keyword --ref feature/x")).toEqual([]);
    expect((await run("index --branch -odd")).code).toBe(2);
    expect((await run("index --branch HEAD")).code).toBe(2);
  }, 120_000);

  test.concurrent("--branch does not rename a branch that is checked out", async () => {
    const { run } = await place("attached");
    const said = await run("index --branch other");
    expect([said.code, said.stderr]).toEqual([2, expect.stringContaining('the folder is on "main"')]);
  }, 120_000);

  test.concurrent("an index that older programs made with a branch HEAD is read, and healed", async () => {
    const { folder, first, id, json, ref, paths } = await place("healed");
    const { crc32: _, ...now } = ref();
    const old = { ...now, default: "HEAD", heads: { HEAD: first } };
    writeFileSync(join(dir, "home-healed/refs", `${id}.json`), JSON.stringify(old));
    expect(await paths("search first --mode keyword --ref HEAD")).toEqual(["a.ts"]);
    const second = await commitFiles(folder, { "b.ts": "export const second = 2;\n" });
    await json("index");
    expect([ref().heads, ref().default]).toEqual([{ main: second }, "main"]);
    expect(await paths(`search first --mode keyword --ref ${first}`)).toEqual(["a.ts"]);
  }, 120_000);
});

describe("--ref", () => {
  test.concurrent("knows branches, tags, HEAD, origin/x, short ids; says what it does not know", async () => {
    const { folder, first, run, json, ref, paths } = await place("refs");
    await git(folder, "tag", "light");
    await git(folder, "tag", "-a", "annotated", "-m", "x");
    await git(folder, "tag", "-a", "nested", "-m", "x", "annotated");
    await json("index");
    expect(ref().tags).toEqual({ light: first, annotated: first, nested: first });
    await git(folder, "switch", "--quiet", "--create", "feature");
    const second = await commitFiles(folder, { "b.ts": "export const second = 2;\n" });
    await git(folder, "update-ref", "refs/remotes/origin/main", first);
    await git(folder, "tag", "v2");
    await json("index");
    expect(ref().tags).toMatchObject({ v2: second });
    for (const name of ["main", "light", "annotated", "refs/tags/nested", "origin/main", first, first.slice(0, 6)])
      expect({ name, paths: await paths(`search second --mode keyword --ref ${name}`) }).toEqual({ name, paths: [] });
    for (const name of ["feature", "v2", "HEAD", "refs/heads/feature", second.slice(0, 8)])
      expect({ name, paths: await paths(`search second --mode keyword --ref ${name}`) }).toEqual({
        name,
        paths: ["b.ts"],
      });
    expect((await run("show refs a.ts --ref light")).stdout).toBe("export const first = 1;\n");

    const unknown = await run("search x --repo refs --ref featrue");
    expect([unknown.code, unknown.stderr]).toEqual([10, expect.stringContaining('did you mean "feature"?')]);
    expect(unknown.stderr).toContain("indexed: feature, main; tags: annotated, light, nested, v2");

    await git(folder, "branch", "new", first);
    await git(folder, "switch", "--quiet", "new");
    const third = await commitFiles(folder, { "c.ts": "export const third = 3;\n" });
    await git(folder, "switch", "--quiet", "main");
    const notYet = await run("search x --repo refs --ref new");
    const odd = await run("index --ref nwe");
    expect([odd.code, odd.stderr]).toEqual([10, expect.stringContaining('did you mean "new"?')]);
    expect([notYet.code, notYet.stderr]).toEqual([
      10,
      expect.stringContaining(`is commit ${third.slice(0, 12)}, which is not indexed`),
    ]);
  }, 120_000);
});

test.concurrent("a new branch or tag of a commit that is indexed already is seen", async () => {
  const { folder, first, json, ref } = await place("names");
  await json("index");
  await git(folder, "tag", "later");
  await json("index");
  expect(ref().tags).toEqual({ later: first });
  await git(folder, "tag", "-d", "later");
  await writeFiles(folder, {});
  await git(folder, "switch", "--quiet", "--create", "same");
  await json("index");
  expect(ref().heads).toEqual({ main: first, same: first });
}, 120_000);

describe("a linked git work tree", () => {
  test.concurrent("is a branch of its own: indexed, searched and remembered beside the folder that was added", async () => {
    const { folder, first, id, run, json, ref, paths } = await place("linked");
    const side = join(dir, "linked-side");
    await git(folder, "worktree", "add", "--quiet", "-b", "side", side);
    const second = await commitFiles(side, { "b.ts": "export const second = 2;\n" });
    expect(await json("index", {}, side)).toMatchObject({ repoId: id, commit: second, branch: "side" });
    expect([ref().heads, ref().default]).toEqual([{ main: first, side: second }, "main"]);
    const search = "search second --mode keyword";
    expect([await paths(search, side), await paths(search, folder), await paths(search, dir)]).toEqual([
      ["b.ts"],
      [],
      [],
    ]);

    await writeFiles(side, { "c.ts": "export const uncommitted = second;\n" });
    expect(await json("index linked", {}, side)).toMatchObject({ commit: second, worktree: { files: 1 } });
    expect([await paths(search, side), await paths(search, folder)]).toEqual([["b.ts", "c.ts"], []]);
    expect((await run("show linked c.ts", {}, side)).stdout).toBe("export const uncommitted = second;\n");
    expect((await run("show linked c.ts", {}, folder)).code).toBe(10);
    // the folder's own uncommitted work is another
    await writeFiles(folder, { "d.ts": "export const mine = second;\n" });
    expect(await json("index", {}, folder)).toMatchObject({ commit: first, worktree: { files: 1 } });
    expect([await paths(search, side), await paths(search, folder)]).toEqual([["b.ts", "c.ts"], ["d.ts"]]);
    expect(await json("index", {}, side)).toMatchObject({ newFiles: 0, commit: second });
    expect(await json("add .", {}, side)).toMatchObject({ repoId: id, commit: second });
    expect(await json<unknown[]>("list")).toHaveLength(1);
  }, 120_000);
});

describe("a folder that changed since it was indexed", () => {
  interface Answer {
    readonly stale?: readonly { readonly changed: string; readonly headCommit: string }[];
    readonly results: readonly { readonly path: string }[];
  }

  test.concurrent("is named, by files and by commit, and --fresh brings it up to date first", async () => {
    const { folder, first, run, json } = await place("stale");
    const search = "search second --mode keyword";
    expect((await json<Answer>(search)).stale).toBeUndefined();
    expect((await run(search)).stderr).toBe("");

    await writeFiles(folder, { "b.ts": "export const second = 2;\n" });
    expect((await json<Answer>(search)).stale).toMatchObject([{ changed: "files", headCommit: first }]);
    expect((await run(search)).stderr).toContain("changed since they were indexed");
    expect(await json("status")).toMatchObject([{ folder, stale: { changed: "files" }, state: "local" }]);
    expect((await run("status")).stdout).toContain("changed since they were indexed");
    // elsewhere nobody asked about this folder, unless it has results
    expect((await json<Answer>(search, {}, dir)).stale).toBeUndefined();
    expect((await json<Answer>("search first --mode keyword", {}, dir)).stale).toMatchObject([{ changed: "files" }]);

    const second = await commitFiles(folder, { "b.ts": "export const second = 2;\n" });
    expect((await json<Answer>(search)).stale).toMatchObject([{ changed: "commit", headCommit: second }]);
    const fresh = await json<Answer>(`${search} --fresh`);
    expect([fresh.stale, fresh.results.map(({ path }) => path)]).toEqual([undefined, ["b.ts"]]);

    await commitFiles(folder, { "c.ts": "export const third = 3;\n" });
    expect((await json<Answer>("search third --mode keyword", { REPOBASE_FRESH: "0" })).results).toEqual([]);
    expect((await json<Answer>("search third --mode keyword", { REPOBASE_FRESH: "1" })).results).toHaveLength(1);
  }, 120_000);
});

test.concurrent("a repository that is indexed as a folder and by its URL: each file is one result", async () => {
  const { folder, id, json } = await place("twice");
  const server = startGitServer(dir);
  try {
    await json(`add ${server.url}/twice`);
    await commitFiles(folder, { "b.ts": "export const second = first;\n" });
    await json(`index ${id}`);
    expect(await json<unknown[]>("list")).toHaveLength(2);
    for (const mode of ["keyword", "semantic", "hybrid"]) {
      const { results } = await json<{ results: { path: string }[] }>(`search first --limit 2 --mode ${mode}`);
      expect(results.map(({ path }) => path).toSorted()).toEqual(["a.ts", "b.ts"]);
    }
  } finally {
    await server.stop();
  }
}, 120_000);

test.concurrent("index --ref indexes a branch, tag or commit without checking it out, of a folder and of a URL", async () => {
  const { folder, first, id, json, ref, paths } = await place("aside");
  await git(folder, "switch", "--quiet", "--create", "new");
  const second = await commitFiles(folder, { "b.ts": "export const second = 2;\n" });
  await git(folder, "tag", "-a", "v2", "-m", "x");
  const third = await commitFiles(folder, { "c.ts": "export const third = 3;\n" });
  await git(folder, "switch", "--quiet", "main");
  await writeFiles(folder, { "d.ts": "export const uncommitted = 4;\n" });
  await json("index");
  expect(await json("index --ref v2")).toMatchObject({ commit: second, branch: null });
  expect(await json("index --ref new")).toMatchObject({ commit: third, branch: "new" });
  expect(ref()).toMatchObject({ heads: { main: first, new: third }, tags: { v2: second }, default: "main" });
  expect(await paths("search second --mode keyword --ref v2")).toEqual(["b.ts"]);
  expect(await paths("search third --mode keyword --ref new")).toEqual(["c.ts"]);
  expect([await paths("search third --mode keyword"), await paths("search uncommitted --mode keyword")]).toEqual([
    [],
    ["d.ts"],
  ]);

  const server = startGitServer(dir);
  try {
    const url = await json<{ repoId: string; commit: string }>(`add ${server.url}/aside --name url`);
    expect([url.commit, await json("index url --ref v2")]).toMatchObject([first, { commit: second, branch: null }]);
    expect(await json("index url --ref origin/new")).toMatchObject({ commit: third, branch: "new" });
    expect(await json(`index url --ref ${second.slice(0, 8)}`)).toMatchObject({ commit: second });
    expect(await paths("search second --mode keyword --repo url --ref v2")).toEqual(["b.ts"]);
    expect(await paths("search second --mode keyword --repo url")).toEqual([]);
    expect(url.repoId).not.toBe(id);
  } finally {
    await server.stop();
  }
}, 120_000);
