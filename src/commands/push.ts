/** `repobase push`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { describePush } from "./describe-sync.ts";
import { BaseCommand, EXIT_STATUS } from "./base-command.ts";
import { runForEach } from "./run-for-each.ts";

export class PushCommand extends BaseCommand {
  static override paths = [["push"], ["cloud", "push"]];
  static override usage = Command.Usage({
    category: "Cloud",
    description: "Send what is new in an index to the cloud.",
    details: `
      Only repositories enabled with "repobase cloud enable" leave the machine. When another device moved the same
      index meanwhile, its work is taken in and the push repeated; an unrelated index is replaced, and push says whose.

      ${EXIT_STATUS}
    `,
    examples: [
      ["One repository", "repobase push hono"],
      ["Every enabled repository", "repobase push --all"],
    ],
  });

  repos = Option.Rest({ name: "repo" });
  all = Option.Boolean("--all", false, { description: "Every enabled repository." });
  noOverwrite = Option.Boolean("--no-overwrite", false, {
    description: "Refuse (exit 11) to replace an unrelated index.",
  });
  worktree = Option.Boolean("--worktree", false, { description: "Also send the uncommitted files' index." });

  protected async run(): Promise<void> {
    const { pushRepository } = await import("../porcelain/sync/sync-repo.ts");
    const { selectRepos } = await import("../porcelain/cloud/select-repos.ts");
    const chosen = selectRepos({ home: this.home, names: this.repos, all: this.all, cwd: this.context.cwd });
    const repos = this.all ? chosen.filter((repo) => repo.cloudEnabled) : chosen;
    const left = chosen.length - repos.length;
    if (left > 0) this.report.info(`${left} not enabled, left on this machine (repobase cloud enable <repo>)`);
    await runForEach(this.report, repos, async (repo) => {
      const result = await pushRepository({
        home: this.home,
        repo,
        noOverwrite: this.noOverwrite,
        worktree: this.worktree,
        onProgress: (step) => this.report.progress(step),
        signal: this.context.signal,
      });
      this.report.result(result, describePush(result));
    });
  }
}
