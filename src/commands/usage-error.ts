/**
 * Words that fit no command, said as an error of ours. clipanion lists every command with all its options under a mistyped
 * name: here only those whose name is near to what was typed are listed.
 */
import { type Definition, UsageError } from "clipanion";
import { RepobaseError } from "../protocol/errors.ts";
import { didYouMean, editDistance, nearNames } from "../protocol/near-names.ts";

/** clipanion does not export its classes of syntax errors, only their names. */
interface SyntaxError extends Error {
  /** The words as typed, and markers for their ends, which are no strings of the user's. */
  readonly input: readonly unknown[];
  /** UnknownSyntaxError: the commands that may be meant; a reason that all share is what is wrong with the words. */
  readonly candidates?: readonly { readonly usage: string; readonly reason: string | null }[];
  /** AmbiguousSyntaxError: the commands that the words fit. */
  readonly usages?: readonly string[];
}

/**
 * @param command the command that the first words name, where they do
 * @returns undefined: another kind of error
 */
export function explainUsageError(error: unknown, command?: Definition): RepobaseError | undefined {
  if (error instanceof UsageError) return usageError(error.message);
  if (!isSyntaxError(error)) return undefined;
  const unknown = command && unknownOption(error.input, command);
  if (unknown !== undefined) return unknown;
  const { candidates = [], usages } = error;
  if (usages !== undefined) return usageError("several commands fit these words", { intro: DID_YOU_MEAN, usages });
  const all = candidates.map(({ usage }) => usage);
  const reason = candidates[0]?.reason ?? null;
  if (reason !== null && candidates.every((candidate) => candidate.reason === reason))
    return usageError(sentence(reason), { intro: "usage", usages: all.length > MANY ? [] : all });
  const typed = error.input.filter((word): word is string => typeof word === "string" && /^[^-\0]/.test(word));
  if (
    command !== undefined &&
    command.path === `repobase ${typed.slice(0, command.path.split(" ").length - 1).join(" ")}`
  )
    return usageError(sentence(reasonOf(candidates) ?? "these words do not fit"), {
      intro: "usage",
      usages: [...new Set(all)],
    });
  const isGroup = all.some((usage) => commandWords(usage).length > 1 && commandWords(usage)[0] === typed[0]);
  return usageError(`there is no command "${typed.slice(0, isGroup ? 2 : 1).join(" ")}"`, {
    intro: DID_YOU_MEAN,
    usages: all.filter((usage) => isNear(commandWords(usage), typed)),
  });
}

/** More usages than this are a list of the commands, which help gives better. */
const MANY = 5;

/** The first word that looks like an option and is none of the command's. */
function unknownOption(input: readonly unknown[], command: Definition): RepobaseError | undefined {
  const names = [...command.options.flatMap(({ definition }) => namesIn(definition)), "-h", "--help"];
  for (const word of input) {
    if (word === "--") return undefined;
    if (typeof word !== "string" || !/^-{1,2}[a-z]/i.test(word)) continue;
    const name = word.replace(/=.*/s, "");
    if (names.includes(name)) continue;
    const isCluster =
      /^-[a-z]+$/i.test(name) && Array.from(name.slice(1)).every((letter) => names.includes(`-${letter}`));
    if (isCluster) continue;
    const longNames = names.filter((each) => each.startsWith("--"));
    const near = didYouMean(nearNames(name.replace(/^-(?!-)/, "--"), longNames));
    const help = `see: ${command.path.replace(/^repobase/, "repobase help")}`;
    return new RepobaseError("usage", `${command.path} has no option "${name}"`, {
      hint: near === "" ? help : `${near} ${help}`,
    });
  }
  return undefined;
}

/** `-n,--limit #0` -> -n, --limit */
const namesIn = (definition: string): string[] => definition.replace(/ .*/, "").split(",");

/** The most telling: clipanion tries every reading, and a word too many is what most of them end with. */
function reasonOf(candidates: readonly { readonly reason: string | null }[]): string | undefined {
  const reasons = candidates.flatMap(({ reason }) => reason ?? []);
  return reasons.find((reason) => !reason.startsWith("Extraneous")) ?? reasons[0];
}

const DID_YOU_MEAN = "did you mean";

function isSyntaxError(error: unknown): error is SyntaxError {
  return error instanceof Error && (error.name === "UnknownSyntaxError" || error.name === "AmbiguousSyntaxError");
}

function usageError(message: string, list?: { readonly intro: string; readonly usages: readonly string[] }) {
  const lines =
    list === undefined || list.usages.length === 0 ? [] : [`  ${list.intro}:`, ...new Set(list.usages.map(indent))];
  return new RepobaseError("usage", [message, ...lines].join("\n"), { hint: "see: repobase help" });
}

/** Without the list of options, which takes lines. */
const indent = (usage: string): string => `    ${usage.replace(/(?: \[-[^\]]*\])+/, " [options]")}`;

/** clipanion's sentence in the form of our messages: plain words, lower-case start, no brackets round the subject, no full stop. */
function sentence(reason: string): string {
  const bare = reason
    .replace(/\.$/, "")
    .replace(/ \((".*")\)$/, " $1")
    .replace(/^Not enough positional arguments$/, "a word is missing")
    .replace(/^Extraneous positional argument/, "one word too many:");
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

/** The word begins so, or at most a third of its letters were changed, added, left out or swapped with the next. */
const isSlip = (word: string, typed: string): boolean =>
  typed !== "" && (word.startsWith(typed) || editDistance(word, typed) <= Math.max(1, Math.floor(word.length / 3)));
