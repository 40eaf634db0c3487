/** `repobase purge`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { findRepo } from "../protocol/find-repo.ts";
import { ERROR_TABLE, RepobaseError } from "../protocol/errors.ts";
import { BaseCommand, EXIT_STATUS } from "./base-command.ts";
import { describePurge } from "./describe-purge.ts";

export class PurgeCommand extends BaseCommand {
  static override paths = [["purge"]];
  static override usage = Command.Usage({
    category: "Index",
    description: "Take files out of an index for good: every version, every commit, here and in the cloud.",
    details: `
      Patterns are those of "search --path": a name means every file so called. The rows are taken out of the table, the
      files that held them are removed here and in the cloud, and both are looked at before they are called gone. The
      patterns stay with the index: other devices drop those rows with their next pull or push, and no later run indexes
      them again until --undo. The source and its git history are not touched: a secret that was in a commit must be
      changed where it is used.

      ${EXIT_STATUS}
    `,
    examples: [
      ["What would go", "repobase purge hono --dry-run '.env' 'config/**'"],
      ["Take it out, in a script", "repobase purge hono --yes .env"],
      ["Let it be indexed again", "repobase purge hono --undo .env"],
    ],
  });

  dryRun = Option.Boolean("--dry-run", false, { description: "Only list what would be taken out." });
  yes = Option.Boolean("--yes,-y", false, { description: "Do it: without, nothing but the list is given." });
  undo = Option.Boolean("--undo", false, { description: "Let files of these patterns be indexed again." });
  remote = Option.Boolean("--remote", false, {
    description: "In the cloud too, where it is not enabled for it any more.",
  });
  repo = Option.String({ name: "repo" });
  patterns = Option.Rest({ name: "path", required: 1 });

  protected async run(): Promise<number> {
    const { purgeRepository } = await import("../porcelain/sync/purge-repo.ts");
    const isAsked = this.yes || this.undo || this.dryRun;
    const result = await purgeRepository({
      home: this.home,
      repo: findRepo(this.home.config().repos, this.repo),
      patterns: this.patterns,
      undo: this.undo,
      dryRun: this.dryRun || !isAsked,
      remote: this.remote,
      onProgress: (step) => this.report.progress(step),
      signal: this.context.signal,
    });
    this.report.result(result, describePurge(result, { undo: this.undo }));
    if (!isAsked)
      throw new RepobaseError("usage", "nothing was taken out: it cannot be undone but by indexing again", {
        hint: `do it with: repobase purge --yes ${this.repo} ${this.patterns.join(" ")}`,
      });
    return result.left.length === 0 ? 0 : ERROR_TABLE.partial.exit;
  }
}
