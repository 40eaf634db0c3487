/** The help text of the program and of every command. A wanted change: `bun test -u tests/commands/help.test.ts`. */
import { expect, test } from "bun:test";
import { COMMANDS } from "../../src/commands/load-commands.ts";
import { Terminal } from "./terminal.ts";

// a home that cannot be made: help needs none
const terminal = new Terminal("/", { REPOBASE_HOME: "/dev/null/home" });

test("the whole program", async () => {
  const said = await terminal.run(["--help"]);
  expect([said.code, said.stderr]).toEqual([0, ""]);
  expect(said.stdout).toMatchSnapshot();
});

for (const { words } of COMMANDS.filter((each) => /^[a-z]/.test(each.words)))
  test(words, async () => {
    const said = await terminal.run([...words.split(" "), "--help"]);
    expect([said.code, said.stderr]).toEqual([0, ""]);
    expect(said.stdout).toContain(`repobase ${words}`);
    expect(said.stdout).toContain("Exit status");
    expect(said.stdout).toMatchSnapshot();
  });
