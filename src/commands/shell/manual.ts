/** The manual pages, in the macros of man(7): one for the program and one for each command, made of the commands' definitions. */
import { VARIABLES, type Variable } from "../../home/env.ts";
import { EXIT_CODES } from "../../protocol/errors.ts";
import { version } from "../../version.ts";
import type { CommandShape, FlagShape } from "./describe-commands.ts";

const PROGRAM = "repobase";

/** `repobase-cloud-login`; the program's own page for no words. */
export const pageName = (words: string): string =>
  [PROGRAM, ...words.split(" ")].filter((word) => word !== "").join("-");

/** By file name (`repobase-search.1`), in the order of the help text. */
export function manualPages(commands: readonly CommandShape[]): ReadonlyMap<string, string> {
  return new Map([
    [`${PROGRAM}.1`, programPage(commands)],
    ...commands.map((command) => [`${pageName(command.words)}.1`, commandPage(command)] as const),
  ]);
}

export function programPage(commands: readonly CommandShape[]): string {
  return page("", "git for code indexes", [
    section(
      "SYNOPSIS",
      String.raw`.B ${PROGRAM}
.I command
[\fIoptions\fR] [\fIwords\fR]`,
    ),
    section(
      "DESCRIPTION",
      text(
        "Repobase turns git repositories into a searchable index on this machine, and syncs that index to a bucket of yours.",
      ),
      ".PP",
      text("Each command has a page of its own: repobase man search | man -l -"),
    ),
    section("COMMANDS", ...commands.map(({ words, description }) => entry(bold(words), text(description)))),
    environment(() => true),
    exitStatus(),
    section(
      "FILES",
      entry(
        bold("~/.repobase"),
        text("Configuration, indexes, models and clones; REPOBASE_HOME names another folder."),
      ),
    ),
  ]);
}

export function commandPage(command: CommandShape): string {
  const { words, description, flags, places, examples } = command;
  const details = command.details.filter((paragraph) => !paragraph.startsWith("Exit status:"));
  return page(words, description.replace(/\.$/, ""), [
    section("SYNOPSIS", `.B ${roff(`${PROGRAM} ${words}`)}`, String.raw`[\fIoptions\fR] ${roff(places)}`.trim()),
    section("DESCRIPTION", [description, ...details].map(text).join("\n.PP\n")),
    section("OPTIONS", ...flags.map((flag) => entry(flagNames(flag), text(flag.description)))),
    environment(({ flag }) => flag !== undefined && isOf(flag, words)),
    exitStatus(),
    section("EXAMPLES", ...examples.map(({ title, line }) => entry(text(title), `.B ${roff(line)}`))),
    section("SEE ALSO", `.BR ${PROGRAM} (1)`),
  ]);
}

function page(words: string, description: string, sections: readonly string[]): string {
  const name = pageName(words);
  const title = `.TH ${roff(name.toUpperCase())} 1 "" "${PROGRAM} ${version}" "Repobase manual"`;
  const head = section("NAME", String.raw`${roff(name)} \- ${roff(description)}`);
  return `${[title, head, ...sections].filter((each) => each !== "").join("\n")}\n`;
}

/** Nothing, where there is nothing to say. */
const section = (title: string, ...parts: readonly string[]): string =>
  parts.length === 0 ? "" : [`.SH ${title}`, ...parts].join("\n");

const entry = (term: string, body: string): string => `.TP\n${term}\n${body}`;

const bold = (words: string): string => String.raw`\fB${roff(words)}\fR`;

const flagNames = ({ names, takesValue }: FlagShape): string =>
  names.map(bold).join(", ") + (takesValue ? String.raw` \fIvalue\fR` : "");

const environment = (isWanted: (variable: Variable) => boolean): string =>
  section(
    "ENVIRONMENT",
    ...Object.entries<Variable>(VARIABLES)
      .filter(([, variable]) => variable.group !== "ci" && isWanted(variable))
      .map(([name, variable]) =>
        entry(bold(name), text(`${variable.meaning} Without it: ${variable.default}.`.replaceAll("`", ""))),
      ),
  );

/** `add, index --threads` is a flag of both. */
const isOf = (flag: string, words: string): boolean => flag.replace(/ --.*/, "").split(", ").includes(words);

const exitStatus = (): string =>
  section("EXIT STATUS", ...Object.entries(EXIT_CODES).map(([code, { word }]) => entry(bold(code), text(word))));

/** A text line of its own: one that begins with a dot or a quote would be a request. */
const text = (words: string): string => roff(words).replace(/^(?=[.'])/, String.raw`\&`);

/** `-` as it is typed, and backslashes as they are. */
const roff = (words: string): string =>
  words
    .replaceAll("\\", String.raw`\e`)
    .replaceAll("-", String.raw`\-`)
    .replaceAll('"', String.raw`\(dq`)
    .replaceAll("\n", " ");
