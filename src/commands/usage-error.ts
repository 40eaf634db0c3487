/**
 * Words that fit no command, said as an error of ours. clipanion lists every command with all its options under a mistyped
 * name: here only those whose name is near to what was typed are listed.
 */
import { UsageError } from "clipanion";
import { RepobaseError } from "../protocol/errors.ts";

/** clipanion does not export its classes of syntax errors, only their names. */
interface SyntaxError extends Error {
  /** The words as typed, and markers for their ends, which are no strings of the user's. */
  readonly input: readonly unknown[];
  /** UnknownSyntaxError: the commands that may be meant; a reason that all share is what is wrong with the words. */
  readonly candidates?: readonly { readonly usage: string; readonly reason: string | null }[];
  /** AmbiguousSyntaxError: the commands that the words fit. */
  readonly usages?: readonly string[];
}

/** @returns undefined: another kind of error */
export function explainUsageError(error: unknown): RepobaseError | undefined {
  if (error instanceof UsageError) return usageError(error.message);
  if (!isSyntaxError(error)) return undefined;
  const { candidates = [], usages } = error;
  if (usages !== undefined) return usageError("several commands fit these words", { intro: DID_YOU_MEAN, usages });
  const all = candidates.map(({ usage }) => usage);
  const reason = candidates[0]?.reason ?? null;
  if (reason !== null && candidates.every((candidate) => candidate.reason === reason))
    return usageError(sentence(reason), { intro: "usage", usages: all });
  const typed = error.input.filter((word): word is string => typeof word === "string" && !word.startsWith("-"));
  const isGroup = all.some((usage) => commandWords(usage).length > 1 && commandWords(usage)[0] === typed[0]);
  return usageError(`there is no command "${typed.slice(0, isGroup ? 2 : 1).join(" ")}"`, {
    intro: DID_YOU_MEAN,
    usages: all.filter((usage) => isNear(commandWords(usage), typed)),
  });
}

const DID_YOU_MEAN = "did you mean";

function isSyntaxError(error: unknown): error is SyntaxError {
  return error instanceof Error && (error.name === "UnknownSyntaxError" || error.name === "AmbiguousSyntaxError");
}

function usageError(message: string, list?: { readonly intro: string; readonly usages: readonly string[] }) {
  const lines = list === undefined || list.usages.length === 0 ? [] : [`  ${list.intro}:`, ...list.usages.map(indent)];
  return new RepobaseError("usage", [message, ...lines].join("\n"), { hint: "see repobase --help" });
}

const indent = (usage: string): string => `    ${usage}`;

/** clipanion's sentence in the form of our messages: lower-case start, no brackets round the subject, no full stop. */
function sentence(reason: string): string {
  const bare = reason.replace(/\.$/, "").replace(/ \((".*")\)$/, " $1");
  return bare.charAt(0).toLowerCase() + bare.slice(1);
}

/** `repobase cloud login [--json] ...` -> cloud, login */
function commandWords(usage: string): string[] {
  const words = usage.split(" ").slice(1);
  const end = words.findIndex((word) => !/^[a-z]/.test(word));
  return end === -1 ? words : words.slice(0, end);
}

/** Do the typed words name the command but for a slip, or its first word alone? */
function isNear(command: readonly string[], typed: readonly string[]): boolean {
  const [first = "", second] = command;
  const [typedFirst = "", typedSecond] = typed;
  if (first === "" || typedFirst === "") return false;
  if (second === undefined || typedSecond === undefined) return isSlip(first, typedFirst);
  return isSlip(first, typedFirst) && (isSlip(second, typedSecond) || first === typedFirst);
}

/** At most a third of the letters changed, added, left out or swapped with the next. */
function isSlip(word: string, typed: string): boolean {
  return word.startsWith(typed) || editDistance(word, typed) <= Math.max(1, Math.floor(word.length / 3));
}

/** Damerau's distance, adjacent swaps only. */
function editDistance(a: string, b: string): number {
  let [twoUp, up]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((up[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (up[j - 1] ?? 0) + (same ? 0 : 1));
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (twoUp[j - 2] ?? best) + 1);
      row.push(best);
    }
    [twoUp, up] = [up, row];
  }
  return up[b.length] ?? 0;
}
