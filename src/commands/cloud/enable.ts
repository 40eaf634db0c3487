/** `repobase cloud enable` and `repobase cloud disable`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { BaseCommand, EXIT_STATUS } from "../base-command.ts";

/** `enable` and `disable` are one command with two names: the word is the value. */
abstract class CloudSwitchCommand extends BaseCommand {
  protected abstract readonly enabled: boolean;
  repos = Option.Rest({ name: "repo" });
  all = Option.Boolean("--all", false, { description: "Every registered repository." });
  global = Option.Boolean("--global", false, { description: "The switch for the whole machine." });

  protected async run(): Promise<void> {
    const { switchCloud } = await import("../../porcelain/cloud/cloud.ts");
    const result = await switchCloud({
      home: this.home,
      enabled: this.enabled,
      names: this.repos,
      all: this.all,
      global: this.global,
      cwd: this.context.cwd,
    });
    const word = this.enabled ? "enabled" : "disabled";
    this.report.result(
      result,
      [...(result.global ? [`cloud sync ${word}`] : []), ...result.repoIds.map((id) => `${id}: ${word}`)].join("\n"),
    );
  }
}

export class CloudEnableCommand extends CloudSwitchCommand {
  static override paths = [["cloud", "enable"]];
  static override usage = Command.Usage({
    category: "Cloud",
    description: "Allow repositories to leave this machine.",
    details: EXIT_STATUS,
    examples: [["One repository", "repobase cloud enable hono"]],
  });
  protected readonly enabled = true;
}

export class CloudDisableCommand extends CloudSwitchCommand {
  static override paths = [["cloud", "disable"]];
  static override usage = Command.Usage({
    category: "Cloud",
    description: "Keep repositories on this machine from now on; what is in the cloud stays there.",
    details: EXIT_STATUS,
    examples: [["Everything", "repobase cloud disable --global"]],
  });
  protected readonly enabled = false;
}
