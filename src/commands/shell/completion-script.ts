/**
 * The completion script of a shell: the tables in the shell's own language, then the part that walks the words typed so
 * far (`completion.<shell>`). All four walk alike. What `__complete` says is never evaluated: a branch may be named `$(...)`.
 */
import bash from "./completion.bash" with { type: "text" };
import fish from "./completion.fish" with { type: "text" };
import powershell from "./completion.ps1" with { type: "text" };
import zsh from "./completion.zsh" with { type: "text" };
import bashKeys from "./keys.bash" with { type: "text" };
import fishKeys from "./keys.fish" with { type: "text" };
import powershellKeys from "./keys.ps1" with { type: "text" };
import zshKeys from "./keys.zsh" with { type: "text" };
import { type Choice, type CompletionTables, completionTables } from "./completion-tables.ts";
import type { CommandShape } from "./describe-commands.ts";
import type { ShellName } from "./shells.ts";

/** First line of each, after which `--install` knows a file as its own. */
export const SCRIPT_MARK = "repobase: made by `repobase completion`";

export function completionScript(shell: ShellName, commands: readonly CommandShape[]): string {
  const head = shell === "zsh" ? "#compdef repobase\n" : "";
  const tables = completionTables(commands);
  const { lists, engine } = { bash: ofBash, zsh: ofZsh, fish: ofFish, powershell: ofPowerShell }[shell](tables);
  return `${head}# ${SCRIPT_MARK} ${shell}\n\n${lists.join("\n\n")}\n\n${engine.trimEnd()}\n`;
}

/** Binds Ctrl-G to the search as you type: for those who want it, after the completions. */
export const keyScript = (shell: ShellName): string =>
  `\n${{ bash: bashKeys, zsh: zshKeys, fish: fishKeys, powershell: powershellKeys }[shell]}`;

interface Script {
  readonly lists: readonly string[];
  readonly engine: string;
}

const wordsOf = (choices: readonly Choice[]): string => choices.map(({ word }) => word).join(" ");

/** A function with a `case` for each key. `reply` gets what the key has; 1: it has nothing. */
const caseFunction = <T>(name: string, table: ReadonlyMap<string, T>, value: (each: T) => string): string =>
  [
    `${name}() {`,
    '  case "$1" in',
    ...[...table].map(([key, each]) => `    ${quoted(key)}) reply=${value(each)} ;;`),
    "    *) return 1 ;;",
    "  esac",
    "}",
  ].join("\n");

function ofBash({ next, flags, values, places }: CompletionTables): Script {
  return {
    lists: [
      caseFunction("__repobase_next", next, (each) => quoted(wordsOf(each))),
      caseFunction("__repobase_flags", flags, (each) => quoted(wordsOf(each))),
      caseFunction("__repobase_value", values, quoted),
      caseFunction("__repobase_places", places, (each) => quoted(each.join(" "))),
    ],
    engine: bash,
  };
}

function ofZsh({ next, flags, values, places }: CompletionTables): Script {
  const list = (words: readonly string[]) => `(${words.map(quoted).join(" ")})`;
  const described = (each: readonly Choice[]) => list(each.map(({ word, description }) => `${word}:${description}`));
  return {
    lists: [
      caseFunction("__repobase_next", next, described),
      caseFunction("__repobase_flags", flags, described),
      caseFunction("__repobase_value", values, (each) => list([each])),
      caseFunction("__repobase_places", places, list),
    ],
    engine: zsh,
  };
}

function ofFish({ next, flags, values, places }: CompletionTables): Script {
  const word = (text: string) => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
  const print = <T>(name: string, table: ReadonlyMap<string, T>, lines: (each: T) => readonly string[]) =>
    [
      `function ${name}`,
      `    switch "$argv[1]"`,
      ...[...table].flatMap(([key, each]) => [
        `        case ${word(key)}`,
        String.raw`            printf '%s\n' ${lines(each).join(" ")}`,
      ]),
      "    end",
      "end",
    ].join("\n");
  const described = (each: readonly Choice[]) =>
    each.map((choice) => String.raw`${word(choice.word)}\t${word(choice.description)}`);
  return {
    lists: [
      print("__repobase_next", next, described),
      print("__repobase_flags", flags, described),
      print("__repobase_value", values, (each) => [word(each)]),
      print("__repobase_places", places, (each) => each.map(word)),
    ],
    engine: fish,
  };
}

function ofPowerShell({ next, flags, values, places }: CompletionTables): Script {
  const word = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const table = <T>(name: string, from: ReadonlyMap<string, T>, value: (each: T) => string) =>
    [`$${name} = @{`, ...[...from].map(([key, each]) => `  ${word(key)} = ${value(each)}`), "}"].join("\n");
  const described = (each: readonly Choice[]) =>
    `[ordered]@{ ${each.map((choice) => `${word(choice.word)} = ${word(choice.description)}`).join("; ")} }`;
  return {
    lists: [
      table("RepobaseNext", next, described),
      table("RepobaseFlags", flags, described),
      table("RepobaseValues", values, word),
      table("RepobasePlaces", places, (each) => `@(${each.map(word).join(", ")})`),
    ],
    engine: powershell,
  };
}

/** For bash and zsh. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
