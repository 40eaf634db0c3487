/**
 * Commands that run without the parser of command lines: those that scripts and shells ask again and again, where they speak of this
 * machine alone. Only words that need no parser are taken here: the name, whole flags, and words that begin with no dash. All else
 * (help, slips, `--flag=value`, `--`) is left to clipanion, whose classes give the same work the same words.
 */
import type { DirectWork } from "./direct-input.ts";
import { hashFiles } from "./hash-file.ts";
import { printVersion } from "./version.ts";

export interface DirectCommand {
  /** How many words it takes, at least and at most. */
  readonly words: readonly [number, number];
  /** Beside `--json`, `-q` and `--quiet`. */
  readonly flags: readonly string[];
  readonly load: () => Promise<DirectWork>;
}

export interface DirectCall {
  readonly name: string;
  readonly command: DirectCommand;
  readonly words: readonly string[];
  readonly flags: ReadonlySet<string>;
}

const version: DirectCommand = {
  words: [0, 0],
  flags: [],
  load: async () => printVersion,
};

// prettier-ignore
export const DIRECT_COMMANDS: ReadonlyMap<string, DirectCommand> = new Map([
  ["--version", version],
  ["-v", version],
  ["hash-file", { words: [1, Infinity], flags: ["-z"], load: async () => hashFiles }],
  ["cat-manifest", { words: [1, 2], flags: ["-z"], load: async () => (await import("./cat-manifest.ts")).catLocalManifest }],
  ["diff-manifest", { words: [3, 3], flags: ["-z"], load: async () => (await import("./diff-manifest.ts")).diffLocalManifests }],
  ["__complete", { words: [1, 2], flags: [], load: async () => (await import("./complete.ts")).completeWords }],
]);

const COMMON: readonly string[] = ["--json", "-q", "--quiet"];

/** undefined: the line is not so plain, or names another command. */
export function directCommand(argv: readonly string[]): DirectCall | undefined {
  const [name = "", ...rest] = argv;
  const command = DIRECT_COMMANDS.get(name);
  if (command === undefined) return undefined;
  const words: string[] = [];
  const flags = new Set<string>();
  // the version has no flags at all, not even the common ones
  const known = command === version ? [] : [...COMMON, ...command.flags];
  for (const word of rest) {
    if (word === "") return undefined;
    if (!word.startsWith("-")) words.push(word);
    else if (known.includes(word)) flags.add(word);
    else return undefined;
  }
  const [least, most] = command.words;
  return words.length >= least && words.length <= most ? { name, command, words, flags } : undefined;
}
