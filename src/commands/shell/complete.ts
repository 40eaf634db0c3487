/**
 * `repobase __complete <kind> [repo]`: what the completion scripts ask for while somebody types. Not in the help. Light: it
 * reads `config.json` and refs, one word a line.
 */
import { Option } from "clipanion";
import { BaseCommand } from "../base-command.ts";

export class CompleteCommand extends BaseCommand {
  static override paths = [["__complete"]];

  kind = Option.String();
  repo = Option.String({ required: false });

  protected async run(): Promise<void> {
    await (await import("../direct/complete.ts")).completeWords(this.directInput([this.kind, this.repo]));
  }
}
