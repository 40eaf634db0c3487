/** `repobase model add`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { BaseCommand, EXIT_STATUS } from "../base-command.ts";

export class ModelAddCommand extends BaseCommand {
  static override paths = [["model", "add"]];
  static override usage = Command.Usage({
    category: "Models",
    description: "Add an ONNX embedding model from a folder with model.onnx and tokenizer.json.",
    details: `The folder is checked, tried and copied into the home folder; see docs/MODELS.md.\n\n${EXIT_STATUS}`,
    examples: [
      ["Then index with it", "repobase model add ./bge-small-en-v1.5 && repobase index hono --model bge-small-en-v1.5"],
    ],
  });

  folder = Option.String({ name: "folder" });
  name = Option.String("--name", { description: "Name it by this instead of the folder's name." });
  pooling = Option.String("--pooling", { description: "mean or cls, when the folder does not say." });
  queryPrefix = Option.String("--query-prefix", { description: "Put before every query." });
  passagePrefix = Option.String("--passage-prefix", { description: "Put before every passage." });

  protected async run(): Promise<void> {
    const { addModel } = await import("../../models/model-add.ts");
    const model = await addModel({
      modelsDir: this.home.path("models"),
      folder: this.folder,
      name: this.name,
      pooling: this.pooling,
      queryPrefix: this.queryPrefix,
      passagePrefix: this.passagePrefix,
      onProgress: (step) => this.report.progress(step),
    });
    this.report.result(model, `added ${model.name} (${model.id}, ${model.dim} dimensions)`);
  }
}
