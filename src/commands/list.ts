/** `repobase list`: flags, help, and one call. */
import { Command } from "clipanion";
import { folderOf } from "../home/config.ts";
import { shortCommit } from "../protocol/ids.ts";
import { BaseCommand, EXIT_STATUS } from "./base-command.ts";

export class ListCommand extends BaseCommand {
  static override paths = [["list"], ["ls"]];
  static override usage = Command.Usage({
    category: "Index",
    description: "List the registered repositories.",
    details: EXIT_STATUS,
    examples: [["As a table", "repobase list"]],
  });

  protected async run(): Promise<void> {
    const { repos } = this.home.config();
    const lines = repos.map((repo) => {
      const origin = folderOf(repo) ?? repo.source.url ?? "";
      const commit = repo.lastIndexedCommit ? shortCommit(repo.lastIndexedCommit) : "-";
      return [repo.id, commit, repo.cloudEnabled ? "cloud" : "local", origin].join("\t");
    });
    const value = repos.map((repo) => ({
      repoId: repo.id,
      name: repo.name,
      source: repo.source,
      only: repo.only ?? null,
      branch: repo.branch,
      model: repo.model,
      lastIndexedCommit: repo.lastIndexedCommit,
      cloudEnabled: repo.cloudEnabled,
      lastPushedAt: repo.lastPushedAt,
      lastPushedCommit: repo.lastPushedCommit,
    }));
    this.report.result(value, lines.join("\n"));
    if (repos.length === 0) this.report.info("no repositories yet; add one with: repobase add <url or path>");
  }
}
