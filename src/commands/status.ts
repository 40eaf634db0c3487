/** `repobase status`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { BaseCommand, EXIT_STATUS } from "./base-command.ts";
import { describeStale } from "../report/search-text.ts";
import { describeStatus, STATUS_COLUMNS, statusRow } from "./describe-sync.ts";

export class StatusCommand extends BaseCommand {
  static override paths = [["status"]];
  static override usage = Command.Usage({
    category: "Cloud",
    description: "Compare local indexes with their folders and the cloud.",
    details: `One request per enabled repository; nothing is changed.\n\n${EXIT_STATUS}`,
    examples: [["All of them", "repobase status"]],
  });

  repos = Option.Rest({ name: "repo" });

  protected async run(): Promise<void> {
    const { repositoryStatus } = await import("../porcelain/sync/repo-status.ts");
    const { selectRepos } = await import("../porcelain/cloud/select-repos.ts");
    const all = this.repos.length === 0;
    const repos = selectRepos({ home: this.home, names: this.repos, all, cwd: this.context.cwd });
    const statuses = [];
    for (const repo of repos)
      statuses.push(await repositoryStatus({ home: this.home, repo, signal: this.context.signal }));
    await this.report.table(statuses, {
      columns: STATUS_COLUMNS,
      rows: statuses.map((status) => statusRow(status, Date.now())),
      plain: statuses.map(describeStatus).join("\n"),
      notes: statuses.flatMap(({ stale }) => (stale ? [describeStale(stale)] : [])),
    });
  }
}
