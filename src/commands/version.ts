/** `repobase --version`: one line. */
import { version } from "../version.ts";
import { BaseCommand } from "./base-command.ts";

export class VersionCommand extends BaseCommand {
  static override paths = [["--version"]];

  protected async run(): Promise<void> {
    this.report.result({ version }, version);
  }
}

/** `-v` and nothing else; before or after a command it is `--verbose`. */
export class ShortVersionCommand extends VersionCommand {
  static override paths = [["-v"]];
}
