/** `repobase gc`: flags, help, and one call for each repository. */
import { Command, Option } from "clipanion";
import { VARIABLES } from "../home/env.ts";
import { BaseCommand, EXIT_STATUS, parseInteger } from "./base-command.ts";
import { describeGc } from "./describe-gc.ts";
import { runForEach } from "./run-for-each.ts";

export class GcCommand extends BaseCommand {
  static override paths = [["gc"]];
  static override usage = Command.Usage({
    category: "Index",
    description: "Free the space that nothing searchable needs.",
    details: `
      Commits stay searchable that a branch or a tag names, and the newest of each branch; others lose their snapshots.
      What is not needed then is put into a plan, and deleted by the next run an hour later, so that a search under way
      can finish; in the cloud a day later, by the server itself or with --remote. A server cleans up by itself every
      few hours.

      ${EXIT_STATUS}
    `,
    examples: [
      ["What would be freed", "repobase gc --dry-run hono"],
      ["The cloud's index too", "repobase gc --remote hono"],
      ["Keep fewer commits", "repobase gc --keep 50 hono"],
    ],
  });

  dryRun = Option.Boolean("--dry-run", false, { description: "Only say what would go." });
  remote = Option.Boolean("--remote", false, { description: "In the cloud too." });
  keep = Option.String("--keep", {
    description: "Keep so many of the newest commits of each branch (default: 200).",
    env: "REPOBASE_KEEP_COMMITS",
  });
  repos = Option.Rest({ name: "repo" });

  protected async run(): Promise<void> {
    const { gcRepository } = await import("../porcelain/sync/gc-repo.ts");
    const { selectRepos } = await import("../porcelain/cloud/select-repos.ts");
    const [least, most] = VARIABLES.REPOBASE_KEEP_COMMITS.setting.range;
    const keep = this.keep === undefined ? null : parseInteger(this.keep, "--keep", least, most);
    const all = this.repos.length === 0;
    const repos = selectRepos({ home: this.home, names: this.repos, all, cwd: this.context.cwd });
    await runForEach(this.report, repos, async (repo) => {
      const result = await gcRepository({
        home: this.home,
        repo,
        keep,
        remote: this.remote,
        dryRun: this.dryRun,
        onProgress: (step) => this.report.progress(step),
        signal: this.context.signal,
      });
      this.report.result(result, describeGc(result));
    });
  }
}
