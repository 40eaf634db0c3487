/**
 * --quiet and --verbose mean it, for every command: both are accepted by each, from one place; quiet says nothing beside the answer
 * when all is well; verbose says what is done and why, and never a key.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { Cli } from "clipanion";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BaseCommand } from "../../src/commands/base-command.ts";
import { loadAllCommands } from "../../src/commands/load-commands.ts";
import type { WorkerServer } from "../helpers/worker-server.ts";
import { filesOf } from "../helpers/fixture-repository.ts";
import { indexSources } from "../helpers/fixture-sources.ts";
import { makeRepository } from "../helpers/git-server.ts";
import { startBunServer } from "../server/bun-server.ts";
import { Terminal } from "./terminal.ts";

const KEY_MARK = /rb_[A-Za-z0-9]/;
let dir: string;
let server: WorkerServer;
let apiKey: string;
let here: Terminal;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "repobase-verbosity-"));
  const files = { ...filesOf(indexSources().slice(0, 6)), "app.min.js": `var a=1;${"b();".repeat(3000)}` };
  await makeRepository(join(dir, "code"), files);
  server = await startBunServer();
  apiKey = await server.issueKey("ada");
  here = new Terminal(dir, {
    REPOBASE_HOME: join(dir, "home"),
    REPOBASE_ENDPOINT: server.url,
    REPOBASE_API_KEY: apiKey,
  });
});
afterAll(async () => {
  await server?.stop();
  await rm(dir, { recursive: true, force: true });
});

/** One after the other: each is a step of a life with the program, and succeeds. */
const LINES = [
  "add ./code",
  "index code",
  "list",
  "search parse",
  "show code PATH",
  "status",
  "config list",
  "config set search.limit 20",
  "config get search.limit",
  "config unset search.limit",
  "cloud enable code",
  "push code",
  "push code",
  "pull code",
  "status code",
  "cloud status",
  "ls-remote code",
  "cat-manifest code",
  "diff-manifest --remote code",
  "verify-manifest code",
  "search parse --remote",
  "ask parse",
  "repair code",
  "hooks status --repo code",
  "hooks install --repo code",
  "hooks uninstall --repo code",
  "model list",
  "hash-file code/app.min.js",
  "completion bash",
  "man search",
  "licenses",
  "notifications",
  "cloud disable code",
  "remove code",
  "doctor --read-data",
  "help",
  "--version",
];

test("quiet: a command that succeeds says nothing on stderr, be it text or JSON", async () => {
  const paths = Object.keys(filesOf(indexSources().slice(0, 6)));
  for (const [at, line] of LINES.entries()) {
    const words = line.replace("PATH", paths[0] ?? "").split(" ");
    const { code, stderr } = await here.run([...words, "-q", ...(at % 2 === 0 ? [] : ["--json"])]);
    expect({ line, code, stderr }).toEqual({ line, code: 0, stderr: "" });
  }
});

test("quiet by the environment and by a setting; a flag wins; both flags are refused, and so is another word", async () => {
  const words = ["list"];
  const say = async (env: Record<string, string>, ...flags: string[]) =>
    new Terminal(dir, { REPOBASE_HOME: join(dir, "empty"), ...env }).run([...words, ...flags]);
  expect((await say({})).stderr).toContain("repobase add");
  expect((await say({ REPOBASE_VERBOSITY: "quiet" })).stderr).toBe("");
  expect((await say({ REPOBASE_VERBOSITY: "quiet" }, "-v")).stderr).toContain("repobase add");
  expect((await say({ REPOBASE_VERBOSITY: "loud" })).stderr).toContain("REPOBASE_VERBOSITY must be one of");
  expect((await new Terminal(dir, { REPOBASE_HOME: join(dir, "empty") }).run(["-v", "list"])).code).toBe(0);
  const both = await say({}, "-q", "-v");
  expect([both.code, both.stderr]).toEqual([2, expect.stringContaining("exclude each other")]);
  const home = new Terminal(dir, { REPOBASE_HOME: join(dir, "empty") });
  await home.run(["config", "set", "output.verbosity", "quiet"]);
  expect((await home.run(words)).stderr).toBe("");
  await home.run(["config", "unset", "output.verbosity"]);
});

test("verbose: requests with bytes and ms, files skipped with their reason, seconds by stage, and why; never the key", async () => {
  const said: Record<string, string> = {};
  for (const line of [
    "add ./code",
    "index code",
    "cloud enable code",
    "push code",
    "pull code",
    "search parse --remote",
  ]) {
    const { code, stderr } = await here.run([...line.split(" "), "--verbose"]);
    expect({ line, code, stderr }).toEqual({ line, code: 0, stderr: expect.any(String) });
    expect(stderr).not.toContain(apiKey);
    expect(stderr).not.toMatch(KEY_MARK);
    said[line] = stderr;
  }
  expect(said["add ./code"]).toContain("skipped app.min.js: ");
  expect(said["add ./code"]).toMatch(/stages: source \d+\.\d{3} s, .*embed \d/);
  expect(said["index code"]).toMatch(/no file is read|indexing commit [0-9a-f]{40} of main/);
  expect(said["push code"]).toMatch(/GET \/v1\/refs\/code\S*: .*HTTP 200, \d+ bytes received, \d+ ms/);
  expect(said["search parse --remote"]).toMatch(
    /POST \/v1\/search: \d+ bytes sent, HTTP 200, \d+ bytes received, \d+ ms/,
  );
  // with --json each is an object a line
  const { stdout, stderr } = await here.run(["pull", "code", "-v", "--json"]);
  expect(JSON.parse(stdout)).toHaveProperty("repoId");
  for (const line of stderr.trim().split("\n")) expect(JSON.parse(line)).toHaveProperty("type", "detail");
});

test("an error with --verbose says what was behind it", async () => {
  await writeFile(join(dir, "plain"), "x");
  const { stderr } = await here.run(["cloud", "status", "-v"]);
  expect(stderr).toContain("GET /v1/whoami");
  const away = new Terminal(dir, {
    ...here.env,
    REPOBASE_ENDPOINT: "http://127.0.0.1:1",
    REPOBASE_TIMEOUT_SECONDS: "1",
  });
  const failed = await away.run(["cloud", "status", "-v"]);
  expect(failed.code).toBe(20);
  expect(failed.stderr).toContain("because: ");
});

test("every command takes both flags, once each", async () => {
  for (const command of await loadAllCommands()) {
    // as the class itself says it: not all are in the help
    const options = new command();
    expect({ paths: command.paths, isOurs: options instanceof BaseCommand }).toEqual({
      paths: command.paths,
      isOurs: true,
    });
    const flags = Cli.from([command])
      .definitions()
      .flatMap(({ options: all }) => all.map((each) => each.definition));
    const ours = flags.filter((flag) => /^(-q|-v|--json)/.test(flag)).toSorted();
    if (flags.length > 0)
      expect({ paths: command.paths, ours }).toEqual({
        paths: command.paths,
        ours: ["--json", "-q,--quiet", "-v,--verbose"],
      });
  }
});
