/** `repobase`, `repobase help`, `repobase help <command>`: the first screen, every command in a line, one command whole. */
import { Command, type Definition, Option } from "clipanion";
import { RepobaseError } from "../protocol/errors.ts";
import { didYouMean, nearNames } from "../protocol/near-names.ts";
import { BaseCommand, EXIT_STATUS } from "./base-command.ts";

/** What somebody sees who types `repobase` and no more: fifteen lines at most. */
const FIRST_SCREEN = `repobase: git for code indexes

  repobase search "where do we refresh tokens"   search every indexed repository
  repobase ui                                    the full screen; on a terminal also repobase alone
  repobase show <repo> <path>                    print a file from the index
  repobase add <url or path>                     index a repository
  repobase index                                 bring the index of this folder up to date
  repobase list                                  the repositories that are indexed

  repobase cloud login                           connect to a server
  repobase push, repobase pull                   share an index
  repobase status                                compare the indexes here with the cloud's

  repobase help                                  every command
  repobase help <command>                        one command, with examples`;

const CATEGORIES = ["Search", "Index", "Cloud", "Agents", "Models", "Help", "Plumbing"];

export class HelpCommand extends BaseCommand {
  static override paths = [["help"], ["-h"], ["--help"]];
  static override usage = Command.Usage({
    category: "Help",
    description: "Say what the commands do.",
    details: EXIT_STATUS,
    examples: [
      ["Every command", "repobase help"],
      ["One command", "repobase help search"],
    ],
  });

  words = Option.Rest({ name: "command" });

  protected async run(): Promise<number> {
    const definitions = this.cli.definitions();
    const asked = this.words.join(" ");
    if (asked !== "") return this.helpOf(asked, definitions);
    this.report.result(definitions.map(summaryOf), listOf(definitions));
    return 0;
  }

  private async helpOf(asked: string, definitions: readonly Definition[]): Promise<number> {
    const names = definitions.map(nameOf);
    if (names.includes(asked)) return this.cli.run([...this.words, "--help"]);
    const group = definitions.filter((each) => nameOf(each).startsWith(`${asked} `));
    if (group.length === 0)
      throw new RepobaseError("usage", `there is no command "${asked}"`, {
        hint: didYouMean(nearNames(asked, names)) || "see them with: repobase help",
      });
    this.report.result(group.map(summaryOf), group.map(lineOf).join("\n"));
    return 0;
  }
}

/** `repobase` and nothing else. */
export class FirstScreenCommand extends BaseCommand {
  static override paths = [Command.Default];

  protected override readonly ownsScreen = true;

  protected async run(): Promise<number> {
    if (!this.json && !this.quiet) {
      const { hasScreen } = await import("./ui.ts");
      if (hasScreen(this.context)) {
        const { home } = this; // opened first: it says where the screen's library is unpacked
        const { runUi } = await import("../tui/run-ui.ts");
        const { signal, signalExitCode, cwd } = this.context;
        const code = await runUi({ home, cwd, signal });
        return signal.aborted ? signalExitCode() : code;
      }
    }
    this.report.result({ help: "repobase help" }, FIRST_SCREEN);
    return 0;
  }
}

const nameOf = ({ path }: Definition): string => path.replace(/^repobase ?/, "");

const summaryOf = (definition: Definition) => ({
  command: nameOf(definition),
  category: definition.category?.trim() ?? null,
  description: definition.description?.trim() ?? null,
});

function listOf(definitions: readonly Definition[]): string {
  const sections = CATEGORIES.map((category) => {
    const lines = definitions.filter((each) => each.category?.trim() === category).map(lineOf);
    return `${category}\n${lines.join("\n")}`;
  });
  return `repobase: git for code indexes\n\n${sections.join("\n\n")}\n\nOne command, with its options and examples: repobase help <command>`;
}

/** Room for the longest name. */
const NAME_COLUMNS = 19;

const lineOf = (definition: Definition): string =>
  `  ${nameOf(definition).padEnd(NAME_COLUMNS)} ${definition.description?.trim() ?? ""}`;
