/** Words that fit no command: what is said, where, and with which exit code. In-process, through `main`. */
import { expect, test } from "bun:test";
import { runMain } from "../helpers/run-main.ts";

const ADMIN = ["cloud keys add", "cloud keys list", "cloud keys revoke", "cloud quota"];
const run = (...argv: string[]) => runMain(argv);

test("a slip in a command's name: the near commands with their options, on stderr, exit code 2", async () => {
  const { code, stdout, stderr } = await run("serch", "words");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(
    /^error: there is no command "serch"\n {2}did you mean:\n {4}repobase search \[--json\].*\n {2}hint: see repobase --help\n$/,
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

test("an unknown option: which one, and the command's usage", async () => {
  const { code, stdout, stderr } = await run("list", "--limt", "3");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toBe(
    'error: unsupported option name "--limt"\n  usage:\n    repobase list [--json] [-q,--quiet]\n  hint: see repobase --help\n',
  );
});

test("a missing argument: the command's usage", async () => {
  expect((await run("hash-file")).stderr).toMatch(
    /^error: not enough positional arguments\n {2}usage:\n.* <file> \.\.\./,
  );
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
