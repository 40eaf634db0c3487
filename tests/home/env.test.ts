import { Glob } from "bun";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { CONFIGURATION_DOC, configurationDoc } from "../../scripts/configuration-doc.ts";
import { type Variable, VARIABLES } from "../../src/home/env.ts";

const TABLE: Readonly<Record<string, Variable>> = VARIABLES;
const root = join(import.meta.dir, "../../src");
const sources = (await Array.fromAsync(new Glob("**/*.ts").scan(root)))
  .filter((path) => path !== "home/env.ts")
  .toSorted();
const texts = await Promise.all(
  sources.map(async (path) =>
    (await Bun.file(join(root, path)).text()).replace(/(?<!\S)\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, ""),
  ),
);

test("docs/CONFIGURATION.md is what the table says (bun scripts/configuration-doc.ts --write)", async () => {
  expect(await Bun.file(CONFIGURATION_DOC).text()).toBe(configurationDoc());
});

test("the code reads the variables of the table, each of them, and no other", () => {
  const read = new Set(
    texts.flatMap((text) =>
      Array.from(
        text.matchAll(/\benv\.([A-Z][A-Z0-9_]+)\b|\b(REPOBASE_[A-Z_]+)\b/g),
        (found) => found[1] ?? found[2] ?? "",
      ),
    ),
  );
  const ours = Object.keys(TABLE).filter((name) => TABLE[name]?.readBy === undefined);
  expect([...read].toSorted()).toEqual(ours.toSorted());
});

test("a flag and its variable are paired as the table says, on every command that has the flag", () => {
  const inCode = texts.flatMap((text, i) => {
    const flags = Array.from(
      text.matchAll(/Option\.\w+\("(?:-\w,)?(--[a-z-]+)"(?:(?!Option\.)[\s\S])*?\benv: "([A-Z_]+)"/g),
      ([, flag = "", name = ""]) => ({ flag, name }),
    );
    return flags.flatMap(({ flag, name }) => commandsOf(sources[i] ?? "").map((words) => `${name} ${words} ${flag}`));
  });
  const inTable = Object.entries(TABLE).flatMap(([name, { flag }]) => {
    const [, commands = "", words] = /^(.*) (--\S+)$/.exec(flag ?? "") ?? [];
    return words === undefined ? [] : commands.split(", ").map((command) => `${name} ${command} ${words}`);
  });
  expect(inCode.toSorted()).toEqual(inTable.toSorted());
});

/** `commands/cloud/login.ts` -> `cloud login`; the class that `add` and `index` share names both. */
const commandsOf = (path: string): readonly string[] =>
  path === "commands/indexing-command.ts"
    ? ["add", "index"]
    : [path.replace(/^commands\/|\.ts$/g, "").replaceAll("/", " ")];
