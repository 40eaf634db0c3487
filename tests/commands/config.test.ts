/** `repobase config`: every setting by flag, environment, repository, for all and by default; what is refused changes nothing. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { Cli } from "clipanion";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emptyConfig } from "../../src/home/config.ts";
import type { Environment } from "../../src/home/env.ts";
import { type Setting, SETTINGS } from "../../src/home/settings.ts";
import type { Context } from "../../src/commands/base-command.ts";
import { loadAllCommands } from "../../src/commands/load-commands.ts";
import { Home } from "../../src/home/home.ts";
import { removeRepository } from "../../src/porcelain/cloud/remove.ts";
import { commandMeant, useSettings } from "../../src/commands/use-settings.ts";
import { runMain } from "../helpers/run-main.ts";

let dir: string;
let home: string;
const run = (line: string, env: Record<string, string> = {}) =>
  runMain(
    line.split(" ").map((word) => word.replaceAll("~", " ")),
    { env: { REPOBASE_HOME: home, ...env }, cwd: dir },
  );
const kept = () => Bun.file(join(home, "settings.json")).text();
const MINE = "mine-11111111";

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "repobase-config-"));
  home = join(dir, "home");
  const repo = (id: string, name: string, path: string) => ({
    id,
    name,
    source: { kind: "folder", path, url: null },
    branch: null,
    model: "static",
    lastIndexedCommit: null,
    cloudEnabled: false,
    lastPushedAt: null,
    lastPushedCommit: null,
  });
  const repos = [repo(MINE, "mine", join(dir, "mine")), repo("other-22222222", "other", join(dir, "other"))];
  await Bun.write(join(home, "config.json"), JSON.stringify({ ...emptyConfig(), repos }));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Three values that differ from each other and from the default. */
function valuesOf({ key, values, range, type }: Setting): readonly [string, string, string] {
  if (values) return [values[0] ?? "", values[1] ?? "", values[2] ?? ""];
  if (range) return [String(range[0] + 2), String(range[0] + 3), String(range[0] + 4)];
  if (type === "switch") return ["1", "0", "1"];
  if (type === "URL") return ["https://a.example", "https://b.example", "https://c.example"];
  return [`${key}-a`, `${key}-b`, `${key}-c`];
}

/** The value that a command gets for a flag, as clipanion reads the line. */
async function seenBy(line: readonly string[], env: Environment): Promise<unknown[]> {
  const cli = new Cli<Context>({ binaryName: "repobase" });
  for (const command of await loadAllCommands()) cli.register(command);
  const command = cli.process([...line], {
    env: env as Record<string, string>,
    cwd: dir,
    signal: new AbortController().signal,
    signalExitCode: () => 130,
    isCommandWord: () => false,
  });
  return Object.values(command);
}

test.each(SETTINGS.map((setting) => [setting.key, setting] as const))(
  "%s: flag > environment > repository > global > default",
  async (key, setting) => {
    const [all, one, env] = valuesOf(setting);
    expect((await run(`config get ${key}`)).code).toBe(0);
    expect((await run(`config set ${key} ${all}`)).stderr).toBe("");
    const command = setting.flag?.split(" --")[0]?.split(", ")[0] ?? "search";
    const line = [...command.split(" "), ...(command === "serve" ? [] : ["words"])];
    const environment = async (given: Record<string, string> = {}, words = line) =>
      (await useSettings(words, { env: { REPOBASE_HOME: home, ...given }, cwd: dir })).env;
    const seen = async (words: string[], given?: Record<string, string>) => {
      const found = await environment(given, words);
      return setting.flag ? seenBy(words, found) : [found[setting.variable]];
    };
    expect(await seen(line)).toContain(all);
    expect(await seen(line, { [setting.variable]: env })).toContain(env);
    if (setting.flag) {
      const flag = `--${setting.flag.split(" --")[1]}`;
      expect(await seen([...line, flag, one], { [setting.variable]: env })).toContain(one);
    }
    await run(`config set ${key} ${one} --repo mine`);
    expect(await run(`config get ${key} --repo mine --json`).then(({ stdout }) => JSON.parse(stdout))).toMatchObject({
      key,
      origin: "repository",
      from: MINE,
    });
    const inIt = async (given: Record<string, string> = {}) =>
      (await useSettings(line, { env: { REPOBASE_HOME: home, ...given }, cwd: join(dir, "mine") })).env[
        setting.variable
      ];
    if (!setting.remembered) expect([await inIt(), await inIt({ [setting.variable]: env })]).toEqual([one, env]);
    await run(`config unset ${key} --repo mine`);
    await run(`config unset ${key}`);
    expect((await environment())[setting.variable]).toBeUndefined();
    expect(JSON.parse((await run(`config get ${key} --json`)).stdout)).toMatchObject({ origin: "default" });
  },
);

test("what a repository remembers has one owner: its entry, which indexing reads and writes too", async () => {
  await run("config set index.secrets skip --repo mine");
  await run("config set index.maxFileBytes 5000 --repo mine");
  const entry = async () => JSON.parse(await Bun.file(join(home, "config.json")).text()).repos[0];
  expect(await entry()).toMatchObject({ secrets: "skip", maxFileBytes: 5000 });
  await run("config set index.secrets allow");
  const env = { REPOBASE_HOME: home };
  expect((await useSettings(["index", "mine"], { env, cwd: dir })).env.REPOBASE_SECRETS).toBeUndefined();
  expect((await useSettings(["add", "."], { env, cwd: dir })).env.REPOBASE_SECRETS).toBe("allow");
  await run("config unset index.secrets --repo mine");
  expect(await entry()).not.toHaveProperty("secrets");
});

test.each([
  ["config set search.limit 0", "search.limit must be a whole number from 1 to 100"],
  ["config set search.limit ten", "from 1 to 100"],
  ["config set search.mode fuzzy", "one of keyword, semantic, hybrid"],
  ["config set chat.baseUrl localhost:11434", "an http or https URL"],
  ["config set search.fresh maybe", "on or off"],
  ["config set serch.limit 3", 'did you mean "search.limit"'],
  ["config set search.limit 3 --repo nobody", 'no repository "nobody"'],
  ["config set alias.search list", '"search" is a command'],
  ["config set alias.k nothing~here", '"nothing" is none'],
  ["config set alias.K search", "small letters"],
])("%s is refused, and nothing is written", async (line, message) => {
  await run("config set search.limit 7");
  const before = await kept();
  const said = await run(line);
  expect([said.code === 0, said.stdout]).toEqual([false, ""]);
  expect(said.stderr).toContain(message);
  expect(await kept()).toBe(before);
});

test("list says where each value comes from", async () => {
  await run("config set search.limit 7");
  await run("config set search.mode keyword --repo mine");
  const { stdout } = await run("config list --show-origin --repo mine", { REPOBASE_THREADS: "3" });
  expect(stdout).toContain("search.limit\t7\tglobal settings.json\n");
  expect(stdout).toContain(`search.mode\tkeyword\trepository ${MINE}\n`);
  expect(stdout).toContain("index.threads\t3\tenvironment REPOBASE_THREADS\n");
  expect(stdout).toContain("serve.port\t8787\tdefault");
});

test("a secret is kept, and no list shows it", async () => {
  const secrets = SETTINGS.filter(({ secret }) => secret).map(({ key }) => key);
  expect(secrets).toContain("chat.key");
  for (const key of secrets) {
    await run(`config set ${key} hunter2`);
    expect((await run(`config get ${key}`)).stdout).toBe("hunter2\n");
  }
  for (const line of ["config list", "config list --json --show-origin"]) {
    const { stdout } = await run(line);
    expect([stdout.includes("hunter2"), stdout.includes("(set)")]).toEqual([false, true]);
  }
  expect((await Bun.file(join(home, "settings.json")).stat()).mode & 0o077).toBe(0);
});

test("what is set for a repository goes with it; damaged settings do not hold it back", async () => {
  await run("config set search.limit 7 --repo mine");
  await run("config set search.limit 8 --repo other");
  expect((await run("remove mine")).code).toBe(0);
  expect(JSON.parse(await kept()).repositories).toEqual({ "other-22222222": { "search.limit": "8" } });
  const opened = Home.open({ REPOBASE_HOME: home });
  await Bun.write(join(home, "settings.json"), "{");
  expect(await removeRepository({ home: opened, name: "other", remote: false })).toMatchObject({ removed: true });
  expect(await kept()).toBe("{");
});

test("an alias of add is add, whatever options stand before it", async () => {
  await run("config set alias.a add~--threads~2");
  const meant = (line: string, at = home) => commandMeant(line.split(" "), { REPOBASE_HOME: at });
  expect(await Promise.all(["a .", "add .", "--json add .", "search add", "b ."].map((line) => meant(line)))).toEqual([
    "add",
    "add",
    "add",
    "search",
    "b",
  ]);
  await Bun.write(join(dir, "damaged/settings.json"), "{");
  const damaged = ["a .", "add ."].map((line) => meant(line, join(dir, "damaged")));
  expect(await Promise.all(damaged)).toEqual([undefined, "add"]);
});

test("the first screen follows the settings; options alone ask for none", async () => {
  await run("config set ui.plain on");
  const seen = async (words: string[]) =>
    (await useSettings(words, { env: { REPOBASE_HOME: home }, cwd: dir })).env.REPOBASE_PLAIN;
  expect(await Promise.all([seen([]), seen(["ui"]), seen(["--version"])])).toEqual(["1", "1", undefined]);
});

test("entries of a newer program are kept; a newer format is refused; damage is named, and config still runs", async () => {
  const file = join(home, "settings.json");
  await Bun.write(
    file,
    JSON.stringify({ format: 1, global: { "later.thing": { a: 1 } }, later: [1], repositories: {} }),
  );
  await run("config set search.limit 7");
  expect(JSON.parse(await kept())).toMatchObject({
    later: [1],
    global: { "later.thing": { a: 1 }, "search.limit": "7" },
  });
  await Bun.write(file, JSON.stringify({ format: 2 }));
  expect((await run("list")).code).toBe(14);
  await Bun.write(file, JSON.stringify({ format: 1, global: { "search.limit": "1000" } }));
  const said = await run("list");
  expect(said.stderr).toContain("global: search.limit must be a whole number");
  expect(said.stderr).toContain("repobase config edit");
  expect((await run("help")).code).toBe(0);
  expect((await runMain([], { env: { REPOBASE_HOME: home } })).code).toBe(0);
  const editor = join(dir, "mend.sh");
  await Bun.write(editor, `#!/bin/sh\nsed 's/1000/10/' "$1" > "$1.new" && mv "$1.new" "$1"\n`);
  await chmod(editor, 0o755);
  expect((await run("config edit", { EDITOR: editor, PATH: process.env.PATH ?? "" })).stderr).toBe("");
  expect((await run("config get search.limit")).stdout).toBe("10\n");
});

test("the repository that is meant: named, or the folder's; a question names none", async () => {
  await run("config set search.limit 7 --repo other");
  const limit = async (line: string, cwd = dir) =>
    (await useSettings(line.split(" "), { env: { REPOBASE_HOME: home }, cwd })).env.REPOBASE_SEARCH_LIMIT;
  expect(await limit("search words --repo other")).toBe("7");
  expect(await limit("--json search words --repo=other")).toBe("7");
  expect(await limit("search words", join(dir, "other"))).toBe("7");
  expect(await limit("search other")).toBeUndefined();
  expect(await limit("--json search other")).toBeUndefined();
  expect(await limit("search words --repo mine", join(dir, "other"))).toBeUndefined();
});

test("two at once lose nothing of each other's", async () => {
  await Promise.all([
    run("config set search.limit 7"),
    run("config set search.mode keyword"),
    run("config set index.threads 2"),
    run("config set serve.port 99"),
  ]);
  expect(Object.keys(JSON.parse(await kept()).global).toSorted()).toEqual([
    "index.threads",
    "search.limit",
    "search.mode",
    "serve.port",
  ]);
});

test("an alias stands for the first words, once, and never for a command", async () => {
  expect((await run("config set alias.l list~--json")).code).toBe(0);
  expect(JSON.parse((await run("l")).stdout).length).toBe(2);
  expect((await run("l --nonsense")).stderr).toContain("repobase list has no option");
  const settings = JSON.parse(await kept());
  settings.global["alias.list"] = "help";
  settings.global["alias.m"] = "l";
  await Bun.write(join(home, "settings.json"), JSON.stringify(settings));
  expect((await run("list")).stdout).toContain(MINE);
  expect((await run("m")).stderr).toContain('there is no command "l"');
  expect((await useSettings(["l", "x"], { env: { REPOBASE_HOME: home }, cwd: dir })).argv).toEqual([
    "list",
    "--json",
    "x",
  ]);
});

test("edit: what is saved is checked, then kept; what is wrong changes nothing and stays in its copy", async () => {
  await run("config set search.limit 7");
  const editor = async (script: string) => {
    const file = join(dir, "editor.sh");
    await Bun.write(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
    return { EDITOR: file, PATH: process.env.PATH ?? "" };
  };
  const change = (to: string) => editor(`sed 's/"7"/"${to}"/' "$1" > "$1.new" && mv "$1.new" "$1"`);
  expect((await run("config edit", await change("9"))).code).toBe(0);
  expect((await run("config get search.limit")).stdout).toBe("9\n");
  await run("config set search.limit 7");
  const before = await kept();
  const said = await run("config edit", await change("900"));
  expect([said.code, said.stderr.includes("search.limit must be a whole number")]).toEqual([2, true]);
  expect(await kept()).toBe(before);
  const copy = (await readdir(home)).find((name) => name.endsWith(".edit.json")) ?? "";
  expect(await Bun.file(join(home, copy)).text()).toContain("900");
  expect((await run("config edit", await editor("exit 3"))).stderr).toContain("ended with 3");
  expect((await run("config edit", await editor("true"))).code).toBe(0);
  await run("config set editor false");
  expect((await run("config edit", await editor("true"))).stderr).toContain("ended with 1");
});
