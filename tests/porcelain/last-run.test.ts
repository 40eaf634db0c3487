/** A run that has nothing to do says the same as the one before, and never when something has changed. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Home } from "../../src/home/home.ts";
import { addRepository } from "../../src/porcelain/indexing/add.ts";
import { indexRepository } from "../../src/porcelain/indexing/index-repo.ts";
import { nameRun, recallRun } from "../../src/porcelain/indexing/last-run.ts";
import { commitFiles, git, makeRepository, writeFiles } from "../helpers/git-server.ts";

let dir = "";
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), "repobase-last-run-"))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A clock by which no file of this test is too young to be trusted. */
const settled = () => Date.now() + 10_000;

interface Indexed {
  readonly home: Home;
  readonly folder: string;
  readonly id: string;
}

async function addFolder(name: string, options: { git: boolean }): Promise<Indexed> {
  const home = Home.open({ REPOBASE_HOME: join(dir, `home-${name}`) });
  const folder = join(dir, name);
  const files = {
    "src/a.ts": "export const a = 1;\n",
    "src/b.ts": "export const b = 2;\n",
    "package-lock.json": "{}\n",
    ".gitignore": "*.log\n",
  };
  if (options.git) await makeRepository(folder, files);
  else await writeFiles(folder, files);
  if (options.git) await git(folder, "update-index", "--refresh");
  const { repoId } = await addRepository({
    home,
    target: folder,
    cwd: dir,
    branch: null,
    name: null,
    model: null,
    maxFileBytes: null,
    now: settled,
  });
  return { home, folder, id: repoId };
}

const optionsOf = ({ home, id }: Indexed, maxFileBytes: number | null = null, now = settled) => {
  const repo = home.config().repos.find((each) => each.id === id);
  if (!repo) throw new Error(`${id} is not registered`);
  return { home, repo, model: null, maxFileBytes, now };
};

/** What is said without doing anything; undefined: there is something to do. */
async function recall(indexed: Indexed, maxFileBytes: number | null = null) {
  const options = optionsOf(indexed, maxFileBytes);
  const runName = await nameRun(options);
  return runName && recallRun({ home: options.home, repo: options.repo, model: options.model, runName });
}

const index = (indexed: Indexed, now = settled) => indexRepository(optionsOf(indexed, null, now));
const words = (result: object) => ({ ...result, durationMs: 0, stages: {} });

test.concurrent("nothing changed: the same words as from a whole run, and nothing written", async () => {
  const indexed = await addFolder("clean", { git: true });
  const recalled = await recall(indexed);
  rmSync(indexed.home.path("cache"), { recursive: true });
  const whole = await index(indexed);
  expect(words(recalled ?? {})).toEqual(words(whole));
  expect(whole).toMatchObject({ changed: false, files: 3, skippedByReason: { lock: 1 } });
  const before = readdirSync(indexed.home.path("cache", indexed.id));
  expect(words(await index(indexed))).toEqual(words(whole));
  expect(readdirSync(indexed.home.path("cache", indexed.id))).toEqual(before);
}, 20_000);

test.concurrent("a record of another shape counts as none", async () => {
  const indexed = await addFolder("shapes", { git: true });
  const lastRun = indexed.home.path("cache", indexed.id, "last-run.json");
  const good = JSON.parse(readFileSync(lastRun, "utf8"));
  for (const wrong of [
    { files: "all" },
    { files: [["x"]] },
    { refs: null },
    { result: { ...good.result, skipped: [1] } },
  ]) {
    writeFileSync(lastRun, JSON.stringify({ ...good, ...wrong }));
    expect(await recall(indexed)).toBeUndefined();
  }
}, 20_000);

test.concurrent("each change of the source, the index or the rules is seen", async () => {
  const indexed = await addFolder("changes", { git: true });
  const { home, folder, id } = indexed;
  const file = join(folder, "src/a.ts");
  const [data] = readdirSync(home.path("index", id, "files.lance", "data"));
  const changes: [string, () => unknown, () => unknown][] = [
    [
      "a tracked file",
      () => writeFileSync(file, "export const a = 9;\n"),
      () => git(folder, "checkout", "--quiet", "src/a.ts"),
    ],
    [
      "an untracked file",
      () => writeFileSync(join(folder, "src/new.ts"), "export {};\n"),
      () => rmSync(join(folder, "src/new.ts")),
    ],
    [
      "another branch",
      () => git(folder, "checkout", "--quiet", "-b", "other"),
      () => git(folder, "checkout", "--quiet", "main"),
    ],
    [
      "the ref",
      () => {
        const ref = JSON.parse(readFileSync(home.path("refs", `${id}.json`), "utf8"));
        const { crc32: _, ...known } = ref;
        const moved = { ...known, heads: { ...ref.heads, more: ref.heads[ref.default] } };
        writeFileSync(home.path("refs", `${id}.json`), JSON.stringify(moved));
      },
      () => index(indexed),
    ],
    [
      "the table's bytes",
      () => writeFileSync(home.path("index", id, "files.lance", "data", data ?? ""), "short"),
      () => undefined,
    ],
  ];
  expect(await recall(indexed, 10)).toBeUndefined();
  writeFileSync(join(folder, "note.log"), "ignored\n");
  for (const [what, change, putBack] of changes) {
    expect([what, (await recall(indexed)) !== undefined]).toEqual([what, true]);
    await change();
    expect([what, await recall(indexed)]).toEqual([what, undefined]);
    await putBack();
    await git(folder, "update-index", "--refresh");
    if (what === "the ref") await index(indexed);
  }
}, 30_000);

test.concurrent("a commit is indexed although its files were there before, and a run during changes is not remembered", async () => {
  const indexed = await addFolder("commits", { git: true });
  const first = await recall(indexed);
  const commit = await commitFiles(indexed.folder, { "src/a.ts": "export const a = 3;\n" });
  const second = await index(indexed, Date.now);
  expect(second).toMatchObject({ commit, changed: true, newFiles: 1 });
  expect(existsSync(indexed.home.path("cache", indexed.id, "last-run.json"))).toBe(true);
  expect(await recall(indexed)).toBeUndefined(); // the file is too young to be trusted
  await git(indexed.folder, "checkout", "--quiet", "HEAD~1");
  expect(await index(indexed)).toMatchObject({ commit: first?.commit, branch: null });
}, 20_000);

test.concurrent("uncommitted work and folders without git are recalled as well", async () => {
  const plain = await addFolder("plain", { git: false });
  const dirty = await addFolder("dirty", { git: true });
  writeFileSync(join(dirty.folder, "src/new.ts"), "export const added = 1;\n");
  writeFileSync(join(dirty.folder, "src/a.ts"), "export const a = 5;\n");
  await index(dirty);
  const recalled = await recall(dirty);
  expect(recalled).toMatchObject({ changed: false, worktree: { files: 2 } });
  expect(await recall(plain)).toMatchObject({ changed: false, commit: "worktree", worktree: { files: 3 } });
  rmSync(join(dirty.folder, "src/new.ts"));
  expect(await index(dirty)).toMatchObject({ changed: true, worktree: { files: 1 } });
  writeFileSync(join(plain.folder, "src/b.ts"), "export const b = 7;\n"); // as long as before
  expect(await index(plain)).toMatchObject({ changed: true, newFiles: 1 });
}, 30_000);
