/** `repobase man`: the manual pages, made of the commands' definitions, for `man` to show. */
import { Command, Option } from "clipanion";
import { RepobaseError } from "../../protocol/errors.ts";
import { didYouMean, nearNames } from "../../protocol/near-names.ts";
import { BaseCommand, EXIT_STATUS } from "../base-command.ts";

export class ManCommand extends BaseCommand {
  static override paths = [["man"]];
  static override usage = Command.Usage({
    category: "Help",
    description: "Print a manual page, for man to show.",
    details: `Without a command: the page of the program.\n\n${EXIT_STATUS}`,
    examples: [
      ["To read", "repobase man search | man -l -"],
      ["To keep, where man looks", "repobase man > ~/.local/share/man/man1/repobase.1"],
    ],
  });

  words = Option.Rest({ name: "command" });

  protected async run(): Promise<void> {
    const { commandPage, pageName, programPage } = await import("./manual.ts");
    const { describeCommands } = await import("./describe-commands.ts");
    const commands = describeCommands(this.cli.definitions());
    const asked = this.words.join(" ");
    const command = commands.find(({ words }) => words === asked);
    if (asked !== "" && command === undefined)
      throw new RepobaseError("usage", `there is no command "${asked}"`, {
        hint:
          didYouMean(
            nearNames(
              asked,
              commands.map(({ words }) => words),
            ),
          ) || "see them with: repobase help",
      });
    const page = command === undefined ? programPage(commands) : commandPage(command);
    this.report.result({ name: pageName(asked), page }, page);
  }
}
