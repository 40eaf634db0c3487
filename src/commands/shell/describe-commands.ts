/** clipanion's definitions as the completions and the manual pages need them. Pure. */
import type { Definition } from "clipanion";

export interface FlagShape {
  /** All its names: `-n`, `--limit`. */
  readonly names: readonly string[];
  readonly takesValue: boolean;
  readonly description: string;
}

export interface CommandShape {
  /** Without the program's name: `cloud keys add`. */
  readonly words: string;
  readonly description: string;
  /** Paragraphs, each one line. */
  readonly details: readonly string[];
  readonly examples: readonly { readonly title: string; readonly line: string }[];
  readonly flags: readonly FlagShape[];
  /** The words after it as the usage line has them: `<repo> <path> ...`; empty: it takes none. */
  readonly places: string;
}

const HELP: FlagShape = { names: ["-h", "--help"], takesValue: false, description: "Say what the command does." };

/** In the order of the help text. */
export function describeCommands(definitions: readonly Definition[]): readonly CommandShape[] {
  return definitions.map(({ path, usage, description = "", details = "", examples = [], options }) => ({
    words: path.replace(/^repobase ?/, ""),
    description: description.trim(),
    details: paragraphs(details),
    examples: examples.map(([title, line]) => ({ title: title.trim(), line: line.trim() })),
    flags: [
      ...options.map(({ definition, description: text = "" }) => ({
        names: definition.replace(/ .*/, "").split(","),
        takesValue: definition.includes(" "),
        description: text.trim(),
      })),
      HELP,
    ],
    places: usage.slice(path.length).trim(),
  }));
}

/** clipanion breaks lines at 80 columns; whoever prints them breaks them anew. */
const paragraphs = (text: string): string[] =>
  text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s*\n\s*/g, " ").trim())
    .filter((paragraph) => paragraph !== "");

/** What may follow each beginning of a command's name: `` -> add, cloud ...; `cloud` -> login, keys ... */
export function nextWords(
  commands: readonly CommandShape[],
): ReadonlyMap<string, readonly { readonly word: string; readonly description: string }[]> {
  const next = new Map<string, Map<string, string>>();
  for (const { words, description } of commands) {
    const parts = words.split(" ");
    for (const [at, word] of parts.entries()) {
      const before = parts.slice(0, at).join(" ");
      const known = next.get(before) ?? new Map<string, string>();
      next.set(before, known);
      const whole = at === parts.length - 1;
      if (whole || !known.has(word)) known.set(word, whole ? description : `Commands of ${word}.`);
    }
  }
  return new Map(
    [...next].map(([before, words]) => [before, [...words].map(([word, description]) => ({ word, description }))]),
  );
}
