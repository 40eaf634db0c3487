/** `repobase hooks install`, `uninstall` and `status`: flags, help, and one call each. */
import { Command, Option } from "clipanion";
import type { RepoConfig } from "../home/config.ts";
import type { HookState } from "../porcelain/watch/hooks.ts";
import { BaseCommand, EXIT_STATUS } from "./base-command.ts";
import { startedAs } from "./started-as.ts";

abstract class HooksCommand extends BaseCommand {
  repo = Option.String("--repo", { description: "Another repository than the one around the current folder." });

  protected async chosen(): Promise<RepoConfig> {
    const { selectRepos } = await import("../porcelain/cloud/select-repos.ts");
    const names = this.repo === undefined ? [] : [this.repo];
    const [repo] = selectRepos({ home: this.home, names, all: false, cwd: this.context.cwd });
    if (repo === undefined) throw new Error("select-repos.ts gives one or throws");
    return repo;
  }

  protected say(repo: RepoConfig, hooks: readonly HookState[]): void {
    for (const { hook, reason } of hooks)
      if (reason !== undefined) this.report.warn(`${hook} is left alone: ${reason}`);
    this.report.result(
      { repoId: repo.id, hooks },
      hooks.map(({ hook, state, file }) => `${hook}\t${state}\t${file}`).join("\n"),
    );
  }
}

export class HooksInstallCommand extends HooksCommand {
  static override paths = [["hooks", "install"]];
  static override usage = Command.Usage({
    category: "Index",
    description: "Let git bring the index up to date after commits, merges, checkouts and rebases.",
    details: `
      A block is appended to the git hooks post-commit, post-merge, post-checkout and post-rewrite, wherever git looks for them
      (core.hooksPath too); what they did, they do as before. It runs "repobase index" in the background, so git waits for
      nothing. A hook that is no shell script, or not executable, is left alone, and you are told.

      ${EXIT_STATUS}
    `,
    examples: [["For the repository around the current folder", "repobase hooks install"]],
  });

  protected async run(): Promise<void> {
    const { installHooks } = await import("../porcelain/watch/hooks.ts");
    const repo = await this.chosen();
    const { command, args } = startedAs();
    this.say(repo, await installHooks(this.home, repo, [command, ...args]));
  }
}

export class HooksUninstallCommand extends HooksCommand {
  static override paths = [["hooks", "uninstall"]];
  static override usage = Command.Usage({
    category: "Index",
    description: "Take Repobase's block out of git's hooks, and nothing else.",
    details: EXIT_STATUS,
    examples: [["For the repository around the current folder", "repobase hooks uninstall"]],
  });

  protected async run(): Promise<void> {
    const { uninstallHooks } = await import("../porcelain/watch/hooks.ts");
    const repo = await this.chosen();
    this.say(repo, await uninstallHooks(this.home, repo));
  }
}

export class HooksStatusCommand extends HooksCommand {
  static override paths = [["hooks", "status"]];
  static override usage = Command.Usage({
    category: "Index",
    description: "Show which git hooks bring the index up to date.",
    details: EXIT_STATUS,
    examples: [["For the repository around the current folder", "repobase hooks status"]],
  });

  protected async run(): Promise<void> {
    const { readHooks } = await import("../porcelain/watch/hooks.ts");
    const repo = await this.chosen();
    this.say(repo, readHooks(this.home, repo));
  }
}
