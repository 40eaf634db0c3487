/** Watching real folders. Nothing here waits for a time: each step waits for the run that the watcher itself reports. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RepoConfig } from "../../../src/home/config.ts";
import { Home } from "../../../src/home/home.ts";
import { addRepository } from "../../../src/porcelain/indexing/add.ts";
import { asCheckedOut } from "../../../src/porcelain/folder/checkout.ts";
import { watchRepositories } from "../../../src/porcelain/watch/watch-repos.ts";
import type { WatchRun } from "../../../src/porcelain/watch/watched-repo.ts";
import { commitFiles, git, makeRepository, writeFiles } from "../../helpers/git-server.ts";
import { runMain } from "../../helpers/run-main.ts";

let dir = "";
const stops: (() => Promise<void>)[] = [];
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), "repobase-watch-"))));
afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
  rmSync(dir, { recursive: true, force: true });
});

/** Hands out what is pushed, in order, to whoever waits. */
class Told<T> {
  private readonly items: T[] = [];
  private wake: (() => void) | undefined;

  push(item: T): void {
    this.items.push(item);
    this.wake?.();
  }

  async next(): Promise<T> {
    while (this.items.length === 0) await new Promise<void>((done) => (this.wake = done));
    return this.items.shift() as T;
  }

  get waiting(): number {
    return this.items.length;
  }
}

async function watching(name: string, options: { poll?: boolean } = {}) {
  const folder = join(dir, name);
  const home = Home.open({ REPOBASE_HOME: join(dir, `home-${name}`) });
  await makeRepository(folder, { "src/a.ts": "export const alpha = 1;\n", "src/b.ts": "export const beta = 2;\n" });
  await addRepository({ home, target: folder, cwd: dir, branch: null, name: null, model: null, maxFileBytes: null });
  const started = start(home, home.config().repos, options.poll);
  expect((await started.runs.next()).reason).toBe("start");
  /** Where the word stands, by what a search shows now. */
  const placesOf = async (word: string) => {
    const ran = await runMain(["search", word, "--json", "--mode", "keyword"], {
      env: { REPOBASE_HOME: home.dir },
      cwd: folder,
    });
    const { results } = JSON.parse(ran.stdout) as { results: { path: string }[] };
    return results.map(({ path }) => path);
  };
  return { folder, home, placesOf, ...started };
}

function start(home: Home, repos: readonly RepoConfig[], poll = false) {
  const [runs, warnings] = [new Told<WatchRun>(), new Told<string>()];
  const ending = new AbortController();
  const ended = watchRepositories({
    home,
    repos,
    poll,
    threads: 1,
    signal: ending.signal,
    onRun: (run) => runs.push(run),
    onWarning: (text) => warnings.push(text),
  });
  const stop = async () => {
    ending.abort();
    await ended;
  };
  stops.push(stop);
  /** The next run that found something. */
  const changed = async () => {
    let run = await runs.next();
    while (!run.changed) run = await runs.next();
    return run;
  };
  return { runs, warnings, changed, ended, stop };
}

test.concurrent("add, modify, save by renaming, truncate, move, delete, another branch: the index follows each", async () => {
  const { folder, changed, placesOf, warnings } = await watching("work");
  await writeFiles(folder, { "src/deep/er/c.ts": "export const gamma = 3;\n" });
  expect(await changed()).toMatchObject({ reason: "change", files: 1, branch: "main" });
  expect(await placesOf("gamma")).toEqual(["src/deep/er/c.ts"]);

  writeFileSync(join(folder, "src/a.ts"), "export const delta = 4;\n");
  expect(await changed()).toMatchObject({ files: 1 });
  expect(await placesOf("delta")).toEqual(["src/a.ts"]);
  expect(await placesOf("alpha")).toEqual([]);

  // as vim and others save: beside it, then over it
  writeFileSync(join(folder, "src/.b.ts.new"), "export const epsilon = 5;\n");
  renameSync(join(folder, "src/.b.ts.new"), join(folder, "src/b.ts"));
  expect(await changed()).toMatchObject({ files: 1 });
  expect(await placesOf("epsilon")).toEqual(["src/b.ts"]);

  // vim: a swap file, a probe, the old file aside, the new one in its place
  const b = join(folder, "src/b.ts");
  writeFileSync(join(folder, "src/.b.ts.swp"), "export const swapped = 1;\n");
  writeFileSync(join(folder, "src/4913"), "");
  rmSync(join(folder, "src/4913"));
  renameSync(b, `${b}~`);
  writeFileSync(b, "export const vimmed = 5;\n");
  rmSync(`${b}~`);
  rmSync(join(folder, "src/.b.ts.swp"));
  await changed();
  expect(await placesOf("vimmed")).toEqual(["src/b.ts"]);

  // emacs: a lock that is a link to nowhere, a draft, a backup
  symlinkSync("me@host.1:2", join(folder, "src/.#b.ts"));
  writeFileSync(join(folder, "src/#b.ts#"), "export const draft = 1;\n");
  renameSync(b, `${b}~`);
  writeFileSync(b, "export const epsilon = 5;\n");
  for (const left of ["src/.#b.ts", "src/#b.ts#", "src/b.ts~"]) rmSync(join(folder, left));
  await changed();
  expect(await placesOf("epsilon")).toEqual(["src/b.ts"]);
  expect(await placesOf("draft")).toEqual([]);

  renameSync(join(folder, "src/deep"), join(folder, "src/moved"));
  await changed();
  expect(await placesOf("gamma")).toEqual(["src/moved/er/c.ts"]);

  truncateSync(join(folder, "src/b.ts"));
  await changed();
  expect(await placesOf("epsilon")).toEqual([]);

  rmSync(join(folder, "src/moved"), { recursive: true });
  await changed();
  expect(await placesOf("gamma")).toEqual([]);

  await git(folder, "checkout", "--quiet", "--force", "-b", "other");
  await changed();
  const commit = await commitFiles(folder, { "src/d.ts": "export const zeta = 6;\n" });
  for (let run = await changed(); run.commit !== commit;) run = await changed();
  await git(folder, "checkout", "--quiet", "main");
  for (let run = await changed(); run.branch !== "main";) run = await changed();
  expect(await placesOf("zeta")).toEqual([]);
  expect(await placesOf("alpha")).toEqual(["src/a.ts"]);
  expect(warnings.waiting).toBe(0);
}, 60_000);

test.concurrent("many files at once are one run, and a lock of another process is waited for", async () => {
  const { folder, home, runs, changed } = await watching("many");
  const [repo] = home.config().repos;
  const lock = await home.lock(`repo-${repo?.id}`);
  const tried = new Promise<void>((done) => {
    const take = home.lock.bind(home);
    home.lock = (...of) => take(...of).finally(done);
  });
  const files = Array.from({ length: 100 }, (_, i) => [`gen/f${i}.ts`, `export const value${i} = ${i};\n`] as const);
  await writeFiles(folder, Object.fromEntries(files));
  // indexing is under way elsewhere
  await tried;
  expect(runs.waiting).toBe(0);
  lock.release();
  expect(await changed()).toMatchObject({ reason: "retry", files: 100 });
}, 60_000);

test.concurrent("the folder itself is moved away and comes back with other files", async () => {
  const { folder, changed, warnings, placesOf } = await watching("gone");
  renameSync(folder, `${folder}-aside`);
  expect(await warnings.next()).toContain("is gone");
  writeFileSync(join(`${folder}-aside`, "src/e.ts"), "export const eta = 7;\n");
  renameSync(`${folder}-aside`, folder);
  expect(await changed()).toMatchObject({ reason: "start", files: 1 });
  expect(await placesOf("eta")).toEqual(["src/e.ts"]);
  writeFileSync(join(folder, "src/e.ts"), "export const theta = 8;\n");
  expect(await changed()).toMatchObject({ reason: "change", files: 1 });
}, 60_000);

test.concurrent("a linked work tree: its own folder, and refs that lie elsewhere", async () => {
  const { folder, home, stop } = await watching("linked");
  await stop();
  const linked = join(dir, "linked tree");
  await git(folder, "worktree", "add", "--quiet", "-b", "beside", linked);
  const watched = start(home, asCheckedOut(home.config().repos, linked, home.env));
  expect(await watched.runs.next()).toMatchObject({ reason: "start", branch: "beside" });
  const tree = (await git(linked, "rev-parse", "HEAD^{tree}")).trim();
  const commit = await git(linked, "commit-tree", "-p", "HEAD", "-m", "from elsewhere", tree);
  // no file of the folder changes
  await git(folder, "update-ref", "refs/heads/beside", commit);
  expect(await watched.changed()).toMatchObject({ reason: "change", commit });
}, 60_000);

test.concurrent("without events: looks find what changed; a repository that is removed ends it", async () => {
  const { folder, home, changed, ended } = await watching("polled", { poll: true });
  writeFileSync(join(folder, "src/a.ts"), "export const iota = 9;\n");
  expect(await changed()).toMatchObject({ reason: "check", files: 1 });
  await home.updateConfig((config) => ({ ...config, repos: [] }));
  await ended;
}, 60_000);
