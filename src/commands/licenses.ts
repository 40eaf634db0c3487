/** `repobase licenses`: flags, help, and the file of notices, which travels inside the binary. */
import { Command } from "clipanion";
import noticesPath from "../../THIRD_PARTY_NOTICES" with { type: "file" };
import { BaseCommand, EXIT_STATUS } from "./base-command.ts";

export class LicensesCommand extends BaseCommand {
  static override paths = [["licenses"]];
  static override usage = Command.Usage({
    category: "Help",
    description: "Print the licences of Repobase and of the software inside it.",
    details:
      `The text is the file THIRD_PARTY_NOTICES of the source. With --json: one list of {kind, name, version, license}; ` +
      `version is null where it is not stated.\n\n${EXIT_STATUS}`,
    examples: [
      ["To read", "repobase licenses | less"],
      ["As a list", "repobase licenses --json"],
    ],
  });

  protected async run(): Promise<void> {
    const text = await Bun.file(noticesPath).text();
    this.report.result(readComponents(text), text);
  }
}

/** The list at the head of the notices: kind, name, version, licence, separated by tabs. */
function readComponents(notices: string): { kind: string; name: string; version: string | null; license: string }[] {
  return [...notices.matchAll(/^(\w+)\t([^\t\n]+)\t([^\t\n]*)\t([^\t\n]+)$/gm)].map(
    ([, kind = "", name = "", version = "", license = ""]) => ({ kind, name, version: version || null, license }),
  );
}
