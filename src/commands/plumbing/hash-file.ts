/** `repobase hash-file`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { EXIT_STATUS } from "../base-command.ts";
import { PLUMBING, PLUMBING_DETAILS, PlumbingCommand } from "./plumbing-command.ts";

export class HashFileCommand extends PlumbingCommand {
  static override paths = [["hash-file"]];
  static override usage = Command.Usage({
    category: PLUMBING,
    description: "Print sha256 and size of files.",
    details: `${PLUMBING_DETAILS}\n\n${EXIT_STATUS}`,
    examples: [["One file", "repobase hash-file table.lance"]],
  });

  files = Option.Rest({ required: 1, name: "file" });

  protected async run(): Promise<void> {
    await (await import("../direct/hash-file.ts")).hashFiles(this.directInput(this.files, this.nul));
  }
}
