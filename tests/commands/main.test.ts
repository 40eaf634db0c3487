/** Words that fit no command: what is said, where, and with which exit code. In-process, through `main`. */
import { expect, test } from "bun:test";
import { COMMANDS } from "../../src/commands/load-commands.ts";
import { runMain } from "../helpers/run-main.ts";

const ADMIN = [
  "cloud keys add",
  "cloud keys list",
  "cloud keys revoke",
  "cloud spaces list",
  "cloud spaces add",
  "cloud invite",
  "cloud quota",
];
const run = (...argv: string[]) => runMain(argv);

test("a slip in a command's name: the near commands, on stderr, exit code 2", async () => {
  const { code, stdout, stderr } = await run("serch", "words");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(
    /^error: there is no command "serch"\n {2}did you mean:\n {4}repobase search \[options\] \.\.\.\n {2}hint: see: repobase help\n$/,
  );
});

test.each([
  [["psuh"], ["push"]],
  [
    ["cloud", "lgoin"],
    ["cloud login", "cloud logout", "cloud status", ...ADMIN, "cloud enable", "cloud disable"],
  ],
  [["clod", "login"], ["cloud login"]],
  [["se"], ["search", "serve"]],
  [["cloud"], ["cloud login", "cloud logout", "cloud status", ...ADMIN, "cloud enable", "cloud disable"]],
  [
    ["model", "ad"],
    ["model add", "model list", "model remove"],
  ],
  [["hash-fiel", "a"], ["hash-file"]],
  [["xyzzy"], []],
])("%j may mean %j", async (argv, near) => {
  const { code, stderr } = await run(...argv);
  expect(code).toBe(2);
  const listed = [...stderr.matchAll(/^ {4}repobase ((?:[a-z-]+ ?)+)/gm)].map((match) => match[1]?.trim());
  expect(listed).toEqual(near);
});

test.each([
  [["list", "--limt"], 'error: repobase list has no option "--limt"\n  hint: see: repobase help list\n'],
  [
    ["search", "x", "--limt", "3"],
    'error: repobase search has no option "--limt"\n  hint: did you mean "--limit"? see: repobase help search\n',
  ],
  [
    ["push", "--al"],
    'error: repobase push has no option "--al"\n  hint: did you mean "--all"? see: repobase help push\n',
  ],
  [["search", "x", "-qZ"], 'error: repobase search has no option "-qZ"\n  hint: see: repobase help search\n'],
] as const)("an unknown option is named: %j", async (argv, said) => {
  const { code, stdout, stderr } = await run(...argv);
  expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: "", stderr: said });
});

test("help: a first screen of fifteen lines that begins with search; every command; one command; a group", async () => {
  const first = await run();
  expect(first.code).toBe(0);
  expect(first.stdout.trim().split("\n").length).toBeLessThanOrEqual(15);
  expect(first.stdout.split("\n")[2]).toContain("repobase search");
  const all = await run("help");
  expect(all).toMatchObject({ code: 0, stderr: "", stdout: (await run("--help")).stdout });
  for (const { words } of COMMANDS) if (/^[a-z]/.test(words)) expect(all.stdout).toContain(`\n  ${words} `);
  expect((await run("help", "cloud", "login")).stdout).toBe((await run("cloud", "login", "--help")).stdout);
  expect((await run("help", "cloud")).stdout).toContain("cloud enable");
  expect(await run("help", "serach")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('did you mean "search"?'),
  });
});

test("an option without its value: which one", async () => {
  expect((await run("search", "x", "--limit")).stderr).toStartWith("error: not enough arguments to option --limit\n");
});

test("a missing argument: the command's usage", async () => {
  expect((await run("hash-file")).stderr).toMatch(/^error: a word is missing\n {2}usage:\n.* <file> \.\.\./);
});

test("with --json the error is one JSON document", async () => {
  const { code, stderr } = await run("serch", "--json");
  expect(code).toBe(2);
  expect(JSON.parse(stderr)).toMatchObject({ type: "error", code: "usage", exitCode: 2 });
  expect(JSON.parse(stderr).message).toContain("repobase search");
});

test("an option in front of the command's name is no slip", async () => {
  const { code, stdout } = await run("--json", "hash-file", import.meta.path);
  expect(code).toBe(0);
  expect(stdout).toContain("sha256");
});
