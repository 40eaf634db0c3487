/** `repobase pull`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { describePull } from "./describe-sync.ts";
import { BaseCommand, EXIT_STATUS } from "./base-command.ts";
import { runForEach } from "./run-for-each.ts";

export class PullCommand extends BaseCommand {
  static override paths = [["pull"], ["cloud", "pull"]];
  static override usage = Command.Usage({
    category: "Cloud",
    description: "Fetch indexes from the cloud; the source is not needed.",
    details: `
      A repository this machine does not know yet is registered by its id or name. What is here already is not
      fetched again; every object is verified before the index is switched to it. A branch that was deleted in its
      folder since it was indexed is dropped; the next push drops it in the cloud.

      ${EXIT_STATUS}
    `,
    examples: [
      ["On a second laptop", "repobase pull hono"],
      ["Everything in the cloud", "repobase pull --all"],
    ],
  });

  repos = Option.Rest({ name: "repo" });
  all = Option.Boolean("--all", false, { description: "Every repository in the cloud." });
  force = Option.Boolean("--force", false, {
    description: "Take the cloud's index in place of one of another table, even if that has commits the cloud lacks.",
  });

  protected async run(): Promise<void> {
    const { pullRepository } = await import("../porcelain/sync/pull-repo.ts");
    const { pullTargets } = await import("../porcelain/sync/pull-targets.ts");
    const targets = await pullTargets({
      home: this.home,
      names: this.repos,
      all: this.all,
      signal: this.context.signal,
    });
    await runForEach(this.report, targets, async (target) => {
      const result = await pullRepository({
        home: this.home,
        target,
        force: this.force,
        onProgress: (step) => this.report.progress(step),
        signal: this.context.signal,
      });
      this.report.result(result, describePull(result));
    });
  }
}
