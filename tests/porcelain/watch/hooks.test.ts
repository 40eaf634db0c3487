/** The git hooks, in real repositories: other people's hooks stay as they are and run; the index follows a commit. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Home } from "../../../src/home/home.ts";
import { installHooks } from "../../../src/porcelain/watch/hooks.ts";
import { commitFiles, git, makeRepository } from "../../helpers/git-server.ts";
import { runMain } from "../../helpers/run-main.ts";

const MAIN = join(import.meta.dir, "../../../src/main.ts");
const ALL = ["post-commit", "post-merge", "post-checkout", "post-rewrite"];

let dir = "";
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), "repobase-hooks-"))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A registered repository, and its command line. */
async function registered(name: string) {
  const folder = join(dir, name);
  const env = { REPOBASE_HOME: join(dir, `home of ${name}`) };
  await makeRepository(folder, { "a.ts": "export const a = 1;\n" });
  const hook = (file: string) => join(folder, ".git", "hooks", file);
  rmSync(join(folder, ".git", "hooks"), { recursive: true, force: true });
  mkdirSync(join(folder, ".git", "hooks"));
  expect((await runMain(["add", folder], { env })).code).toBe(0);
  const hooks = async (word: string) => {
    const ran = await runMain(["hooks", word, "--json"], { env, cwd: folder });
    expect(ran.code).toBe(0);
    const { hooks: all } = JSON.parse(ran.stdout) as { hooks: { hook: string; state: string; file: string }[] };
    return { states: Object.fromEntries(all.map(({ hook: h, state }) => [h, state])), all, stderr: ran.stderr };
  };
  return { folder, env, hook, hooks };
}

const everywhere = (state: string) => Object.fromEntries(ALL.map((hook) => [hook, state]));

test.concurrent("install twice, uninstall: one block, and other hooks byte for byte as before", async () => {
  const { hook, hooks } = await registered("plain");
  const own = Buffer.from("#!/bin/bash\n# caf\xe9\ntouch ran\nfalse\n", "latin1");
  writeFileSync(hook("post-commit"), own, { mode: 0o755 });
  expect((await hooks("status")).states).toEqual(everywhere("absent"));
  expect((await hooks("install")).states).toEqual(everywhere("installed"));
  const installed = ALL.map((file) => readFileSync(hook(file), "latin1"));
  expect(installed[0]?.startsWith(own.toString("latin1"))).toBe(true);
  for (const file of ALL) expect(statSync(hook(file)).mode & 0o777).toBe(0o755);
  expect((await hooks("install")).states).toEqual(everywhere("installed"));
  expect(ALL.map((file) => readFileSync(hook(file), "latin1"))).toEqual(installed);
  expect((await hooks("uninstall")).states).toEqual(everywhere("absent"));
  expect(readFileSync(hook("post-commit"))).toEqual(own);
  for (const file of ALL.slice(1)) expect(existsSync(hook(file))).toBe(false);
});

test.concurrent("a hook that is no shell script, or not executable, is left alone and named", async () => {
  const { hook, hooks } = await registered("others");
  writeFileSync(hook("post-commit"), "#!/usr/bin/env python3\nprint(1)\n", { mode: 0o755 });
  writeFileSync(hook("post-merge"), "#!/bin/sh\ntrue\n", { mode: 0o644 });
  const { states, stderr } = await hooks("install");
  expect(states).toMatchObject({
    "post-commit": "unsuitable",
    "post-merge": "unsuitable",
    "post-rewrite": "installed",
  });
  expect(stderr).toContain("post-commit is left alone: it is no shell script");
  expect(stderr).toContain("chmod +x");
  expect(readFileSync(hook("post-commit"), "utf8")).toBe("#!/usr/bin/env python3\nprint(1)\n");
});

test.concurrent("core.hooksPath is where they go", async () => {
  const { folder, hook, hooks } = await registered("elsewhere");
  await git(folder, "config", "core.hooksPath", ".husky");
  const { all } = await hooks("install");
  expect(all.map(({ file }) => file)).toEqual(ALL.map((name) => join(folder, ".husky", name)));
  expect(existsSync(hook("post-commit"))).toBe(false);
});

test.concurrent("git runs them: the other hook runs, its exit code stands, and the index follows the commit", async () => {
  const { folder, env, hook, hooks } = await registered("running");
  // exits early: a block behind it would never run
  writeFileSync(hook("post-checkout"), "#!/bin/sh\ntouch ran\nexit 7\n", { mode: 0o755 });
  const home = Home.open(env);
  const [repo] = home.config().repos;
  if (!repo) throw new Error("nothing is registered");
  await installHooks(home, repo, [process.execPath, MAIN]);
  expect((await hooks("status")).states).toEqual(everywhere("installed"));
  const code = async () => {
    const checkout = Bun.spawn(["git", "checkout", "-q", "-b", "other"], { cwd: folder, stderr: "ignore" });
    return checkout.exited;
  };
  // what git makes of a hook that fails
  expect(await code()).toBe(1);
  expect(existsSync(join(folder, "ran"))).toBe(true);
  await commitFiles(folder, { "b.ts": "export const second = 2;\n" });
  const head = (await git(folder, "rev-parse", "HEAD")).trim();
  const follows = async (indexed: () => string | null | undefined, commit: string) => {
    const end = Date.now() + 30_000;
    while (indexed() !== commit && Date.now() < end) await Bun.sleep(50);
    expect(indexed()).toBe(commit);
  };
  await follows(() => home.config().repos[0]?.lastIndexedCommit, head);

  // a linked work tree has the same hooks, and an index of its own commit
  const linked = join(dir, "linked to running");
  await git(folder, "worktree", "add", "--quiet", "--detach", linked).catch(() => {}); // its post-checkout exits 7
  const beside = await commitFiles(linked, { "c.ts": "export const third = 3;\n" });
  await follows(() => home.config().repos[0]?.linked?.[0]?.commit, beside);
  expect(home.config().repos[0]?.lastIndexedCommit).toBe(head);
}, 70_000);
