/** `repobase model remove`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { BaseCommand, EXIT_STATUS } from "../base-command.ts";

export class ModelRemoveCommand extends BaseCommand {
  static override paths = [["model", "remove"]];
  static override usage = Command.Usage({
    category: "Models",
    description: "Remove a model that was added.",
    details: `A model that repositories are indexed with is only removed with --force; then they are searched by keyword.\n\n${EXIT_STATUS}`,
    examples: [["One of them", "repobase model remove bge-small-en-v1.5"]],
  });

  name = Option.String({ name: "name" });
  force = Option.Boolean("--force", false, { description: "Also when repositories are indexed with it." });

  protected async run(): Promise<void> {
    const { removeModel } = await import("../../models/model-remove.ts");
    const removed = await removeModel({ home: this.home, name: this.name, force: this.force });
    this.report.result(removed, `removed ${removed.name}`);
  }
}
