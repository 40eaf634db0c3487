/** `repobase model list`: flags, help, and one call. */
import { Command } from "clipanion";
import { BaseCommand, EXIT_STATUS } from "../base-command.ts";

export class ModelListCommand extends BaseCommand {
  static override paths = [["model", "list"]];
  static override usage = Command.Usage({
    category: "Models",
    description: "List the embedding models at hand; the first is the built-in one.",
    details: EXIT_STATUS,
    examples: [["All of them", "repobase model list"]],
  });

  protected async run(): Promise<void> {
    const { listAllModels } = await import("../../models/models.ts");
    const models = await listAllModels(this.home);
    await this.report.table(models, {
      columns: [
        { title: "model", cut: "end" },
        { title: "id", cut: "end", drop: 1 },
        { title: "dimensions", right: true, drop: 2 },
      ],
      rows: models.map(({ name, id, dim }) => [name, id, String(dim)]),
      plain: models.map((m) => `${m.name}\t${m.id}\t${m.dim}`).join("\n"),
    });
  }
}
