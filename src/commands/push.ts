/** `repobase push`: flags, help, and one call. */
import { Command, Option, UsageError } from "clipanion";
import { describePush } from "./describe-sync.ts";
import { BaseCommand, EXIT_STATUS } from "./base-command.ts";
import { runForEach } from "./run-for-each.ts";

export class PushCommand extends BaseCommand {
  static override paths = [["push"], ["cloud", "push"]];
  static override usage = Command.Usage({
    category: "Cloud",
    description: "Send what is new in an index to the cloud.",
    details: `
      Only repositories enabled with "repobase cloud enable" leave the machine. What other devices pushed stays: ours is
      put on top of it, and a branch never moves back to a commit that the cloud has already. An index that another
      model or chunker made is not replaced (exit 11). --force does both, for one branch, and says what it moved.

      ${EXIT_STATUS}
    `,
    examples: [
      ["One repository", "repobase push hono"],
      ["Every enabled repository", "repobase push --all"],
      ["Take a branch back, after a reset", "repobase push --force --branch main hono"],
    ],
  });

  repos = Option.Rest({ name: "repo" });
  all = Option.Boolean("--all", false, { description: "Every enabled repository." });
  force = Option.Boolean("--force", false, {
    description: "Move the branch back to what it is here; replace an index that another model or chunker made.",
  });
  branch = Option.String("--branch", {
    description: "The branch that --force moves; without it, the one that was indexed last.",
  });
  noOverwrite = Option.Boolean("--no-overwrite", false, { description: "Accepted, and always so: see --force." });
  prune = Option.Boolean("--prune", false, {
    description: "Drop branches that neither the folder nor its origin has any more, here and in the cloud.",
  });
  worktree = Option.Boolean("--worktree", false, { description: "Also send the uncommitted files' index." });

  protected async run(): Promise<void> {
    if (this.force && this.noOverwrite) throw new UsageError("--force and --no-overwrite exclude each other");
    if (this.branch !== undefined && !this.force) throw new UsageError("--branch goes with --force");
    const { pushRepository } = await import("../porcelain/sync/push-repo.ts");
    const { selectRepos } = await import("../porcelain/cloud/select-repos.ts");
    const chosen = selectRepos({ home: this.home, names: this.repos, all: this.all, cwd: this.context.cwd });
    const repos = this.all ? chosen.filter((repo) => repo.cloudEnabled) : chosen;
    const left = chosen.length - repos.length;
    if (left > 0) this.report.info(`${left} not enabled, left on this machine (repobase cloud enable <repo>)`);
    await runForEach(this.report, repos, async (repo) => {
      const result = await pushRepository({
        home: this.home,
        repo,
        ...(this.force ? { force: { branch: this.branch ?? null } } : {}),
        worktree: this.worktree,
        prune: this.prune,
        onProgress: (step) => this.report.progress(step),
        signal: this.context.signal,
      });
      this.report.result(result, describePush(result));
    });
  }
}
