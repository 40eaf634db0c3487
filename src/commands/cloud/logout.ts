/** `repobase cloud logout`: flags, help, and one call. */
import { Command } from "clipanion";
import { BaseCommand, EXIT_STATUS } from "../base-command.ts";

export class CloudLogoutCommand extends BaseCommand {
  static override paths = [["cloud", "logout"]];
  static override usage = Command.Usage({
    category: "Cloud",
    description: "Forget the server and its key; indexes stay, here and there.",
    details: EXIT_STATUS,
    examples: [["Sign out", "repobase cloud logout"]],
  });

  protected async run(): Promise<void> {
    const had = this.home.forgetCloud();
    this.report.result({ signedOut: had }, had ? "signed out" : "was not signed in");
  }
}
