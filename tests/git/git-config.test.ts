import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { globalExcludesFile, readGitConfig } from "../../src/git/objects/config-chain.ts";
import { isTrue, parseGitConfig } from "../../src/git/objects/git-config.ts";
import { writeFiles } from "../helpers/git-server.ts";

test("sections, subsections, quotes, comments, continued lines", () => {
  const config = parseGitConfig(`
# comment
[core]
	bare = false ; comment
	excludesFile = "~/my \\"ignore\\" # file"  
	fileMode
[remote "Origin.X"]
	url = https://host/a#b
	url = https://host/last \\
and more
[SECTION] key = a\\tb
`);
  expect(Object.fromEntries(config)).toEqual({
    "core.bare": "false",
    "core.excludesfile": '~/my "ignore" # file',
    "core.filemode": "true",
    "remote.Origin.X.url": "https://host/last and more",
    "section.key": "a\tb",
  });
});

test("booleans as git reads them", () => {
  const config = parseGitConfig("[a]\n t=yes\n f = Off\n n\n e =\n o = input");
  expect(["t", "f", "n", "e", "o", "missing"].map((key) => isTrue(config, `a.${key}`, true))).toEqual([
    true,
    false,
    true,
    false,
    true,
    true,
  ]);
  expect(isTrue(config, "a.o", false)).toBe(false);
});

test("comments join no lines, and a value may hold what ends others", () => {
  const config = parseGitConfig(
    '\ufeff[a]\n# no\\\n x = 1\r\n y = "two # lines" \\\n  more\t\n[b.c] z = "q\\\\w"\n[d]\nkey junk\n',
  );
  expect(Object.fromEntries(config)).toEqual({ "a.x": "1", "a.y": "two # lines   more", "b.c.z": "q\\w" });
});

test("the user's ignore file: named, in its default places, or nowhere", () => {
  const none = parseGitConfig("");
  const named = (value: string) => parseGitConfig(`[core]\nexcludesfile = ${value}`);
  const [user = "", , , , , home = ""] = readFileSync("/etc/passwd", "utf8").split("\n")[0]?.split(":") ?? [];
  expect(globalExcludesFile(named("~/x"), { HOME: "/h" }, "/r")).toBe("/h/x");
  expect(globalExcludesFile(named("~/x"), {}, "/r")).toBeNull();
  expect(globalExcludesFile(named("x/y"), {}, "/r")).toBe("/r/x/y");
  expect(globalExcludesFile(named(""), { HOME: "/h" }, "/r")).toBeNull();
  expect(globalExcludesFile(named(`~${user}/x`), {}, "/r")).toBe(`${home}/x`);
  expect(globalExcludesFile(named("~no-such-user/x"), { HOME: "/h" }, "/r")).toBeNull();
  expect(globalExcludesFile(none, { HOME: "/h" }, "/r")).toBe("/h/.config/git/ignore");
  expect(globalExcludesFile(none, { HOME: "/h", XDG_CONFIG_HOME: "/x" }, "/r")).toBe("/x/git/ignore");
  expect(globalExcludesFile(none, {}, "/r")).toBeNull();
});

let dir = "";
beforeAll(() => void (dir = realpathSync(mkdtempSync(join(tmpdir(), "repobase-config-")))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("files include others as git includes them", async () => {
  const home = join(dir, "home");
  const repo = join(dir, "work", "shop");
  const named = (name: string) => `[t]\n${name} = yes\n`;
  await writeFiles(home, {
    ".gitconfig": [
      "[include]\npath = dots/extra.cfg\npath = ~/tilde.cfg\npath = missing.cfg",
      '[includeIf "gitdir:/nowhere/"]\npath = other.cfg',
      `[includeIf "gitdir:${dir}/work/"]\npath = work.cfg`,
      '[includeIf "gitdir:shop/.git"]\npath = relative.cfg',
      '[includeIf "gitdir/i:WORK/**/.GIT"]\npath = case.cfg',
      '[includeIf "gitdir:WORK/**/.GIT"]\npath = other.cfg',
      '[includeIf "gitdir:./../work/"]\npath = dot.cfg',
      '[includeIf "onbranch:topic/"]\npath = branch.cfg',
      '[includeIf "onbranch:topic"]\npath = other.cfg',
      '[includeIf "hasconfig:remote.*.url:https://**/x.git"]\npath = remote.cfg',
      '[includeIf "unheard:of"]\npath = other.cfg',
      "[t]\nlast = after",
    ].join("\n"),
    "dots/extra.cfg": "[include]\npath = deeper.cfg\n[t]\nlast = before\n",
    "dots/deeper.cfg": named("deeper"),
    "other.cfg": named("other"),
    ...Object.fromEntries(
      ["tilde", "work", "relative", "case", "dot", "branch", "remote"].map((name) => [`${name}.cfg`, named(name)]),
    ),
  });
  await writeFiles(repo, { a: "" });
  const env = { HOME: home, GIT_CONFIG_NOSYSTEM: "1", PATH: process.env.PATH ?? "" };
  const run = (...args: string[]) => Bun.spawnSync(["git", "-C", repo, ...args], { env }).stdout.toString();
  run("init", "--quiet", "--initial-branch", "topic/one");
  run("remote", "add", "origin", "https://host/x.git");
  run("config", "extensions.worktreeConfig", "true");
  run("config", "--worktree", "t.worktree", "yes");
  const gitdir = join(repo, ".git");
  const more = { ...env, GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "T.Env", GIT_CONFIG_VALUE_0: "yes" };
  const ours = [...readGitConfig({ commonDir: gitdir, gitdir }, more)].filter(([key]) => key.startsWith("t."));
  const theirs = Bun.spawnSync(["git", "-C", repo, "config", "--get-regexp", "^t\\."], { env: more });
  const last = new Map(
    theirs.stdout
      .toString()
      .trim()
      .split("\n")
      .map((line) => line.split(" ") as [string, string]),
  );
  expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(last));
  expect(Object.keys(Object.fromEntries(last)).length).toBe(10);
  const outside = readGitConfig(null, env);
  expect([outside.has("t.deeper"), outside.has("t.dot"), outside.has("t.branch")]).toEqual([true, false, false]);
});
