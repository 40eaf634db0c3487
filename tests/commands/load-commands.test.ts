/** The one list of commands against the classes it loads and the files in the room. */
import { expect, test } from "bun:test";
import { Glob } from "bun";
import { join } from "node:path";
import { COMMANDS, loadAllCommands, loadOnlyCommand } from "../../src/commands/load-commands.ts";

test("every line's words are its class's first path, so it alone is loaded for them", async () => {
  for (const { words, load, needsAll } of COMMANDS) {
    if (words === "" || needsAll || words.startsWith("-")) continue;
    const command = await load();
    expect(command.paths?.[0]?.join(" ")).toBe(words);
    expect(await loadOnlyCommand([...words.split(" "), "more"])).toBe(command);
  }
});

test("every command in the room is listed, once", async () => {
  const room = join(import.meta.dir, "../../src/commands");
  const written: string[] = [];
  for await (const file of new Glob("**/*.ts").scan(room))
    for (const [, name] of (await Bun.file(join(room, file)).text()).matchAll(/^export class (\w+Command) /gm))
      if (name !== undefined) written.push(name);
  const listed = (await loadAllCommands()).map(({ name }) => name);
  expect([...listed, "FirstScreenCommand", "ShortVersionCommand"].toSorted()).toEqual(written.toSorted());
});

test("help and words that name no command load all of them", async () => {
  for (const argv of [
    ["help"],
    ["help", "search"],
    ["completion", "bash"],
    ["man", "search"],
    ["search", "--help"],
    ["-h"],
    ["serch"],
    ["--json", "search"],
    ["-v", "list"],
    ["cloud"],
  ])
    expect(await loadOnlyCommand(argv)).toBeUndefined();
});
