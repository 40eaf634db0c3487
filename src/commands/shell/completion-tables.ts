/** The definitions and the table of words as four lists, which each shell's script holds in the shell's own language. */
import { type CommandShape, nextWords } from "./describe-commands.ts";
import { FLAG_VALUES, PLACES, type Value } from "./completion-words.ts";

export interface Choice {
  readonly word: string;
  readonly description: string;
}

export interface CompletionTables {
  /** By the command's words so far: what may come next. */
  readonly next: ReadonlyMap<string, readonly Choice[]>;
  /** By the command: its flags. */
  readonly flags: ReadonlyMap<string, readonly Choice[]>;
  /** By command and flag (`search --mode`), of those that take a value. */
  readonly values: ReadonlyMap<string, string>;
  /** By the command: what its words are; `...` after the last one: and so on. */
  readonly places: ReadonlyMap<string, readonly string[]>;
}

export function completionTables(commands: readonly CommandShape[]): CompletionTables {
  const next = nextWords(commands);
  const first = (next.get("") ?? []).map(({ word }) => word);
  const spelt = (value: Value): string => (value === "commands" ? `=${first.join(",")}` : value);
  const flags = new Map(
    commands.map((command) => [
      command.words,
      command.flags.flatMap(({ names, description }) => names.map((word) => ({ word, description }))),
    ]),
  );
  flags.set("", [
    { word: "--help", description: "Say what the commands do." },
    { word: "--version", description: "Print the version." },
  ]);
  return {
    next,
    flags,
    values: new Map(
      commands.flatMap(({ words, flags: all }) =>
        all.flatMap(({ names, takesValue }) =>
          takesValue ? names.map((name) => [`${words} ${name}`, spelt(valueOf(words, names))] as const) : [],
        ),
      ),
    ),
    places: new Map(
      commands.flatMap(({ words, places }) =>
        places === ""
          ? []
          : [[words, [...(PLACES[words] ?? []).map(spelt), ...(places.endsWith("...") ? ["..."] : [])]]],
      ),
    ),
  };
}

function valueOf(command: string, names: readonly string[]): Value {
  const keys = names.flatMap((name) => [`${command} ${name}`, name]);
  const key = keys.find((each) => FLAG_VALUES[each] !== undefined);
  return (key === undefined ? undefined : FLAG_VALUES[key]) ?? "text";
}
