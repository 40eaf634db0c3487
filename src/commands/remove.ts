/** `repobase remove`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { BaseCommand, EXIT_STATUS } from "./base-command.ts";

export class RemoveCommand extends BaseCommand {
  static override paths = [["remove"], ["rm"]];
  static override usage = Command.Usage({
    category: "Index",
    description: "Forget a repository: its registration, clone and local index.",
    details: `The source folder and the index in the cloud stay, unless --remote is given.\n\n${EXIT_STATUS}`,
    examples: [["Here and in the cloud", "repobase remove hono --remote"]],
  });

  repo = Option.String({ name: "repo" });
  remote = Option.Boolean("--remote", false, { description: "Delete its index in the cloud too." });

  protected async run(): Promise<void> {
    const { removeRepository } = await import("../porcelain/cloud/remove.ts");
    const result = await removeRepository({
      home: this.home,
      name: this.repo,
      remote: this.remote,
      signal: this.context.signal,
    });
    this.report.result(result, `removed ${result.repoId}${result.remote ? " here and in the cloud" : ""}`);
  }
}
