/** `repobase list`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { folderOf } from "../home/config.ts";
import { shortCommit } from "../protocol/ids.ts";
import type { TableColumn } from "../report/table.ts";
import { ageText } from "../text/age.ts";
import { formatBytes } from "../text/figures.ts";
import { BaseCommand, EXIT_STATUS } from "./base-command.ts";

const COMMIT: TableColumn = { title: "commit", drop: 2 };
const SIZE: TableColumn = { title: "size", right: true, drop: 1 };
const FROM: TableColumn = { title: "from", cut: "start", drop: 3 };

export class ListCommand extends BaseCommand {
  static override paths = [["list"], ["ls"]];
  static override usage = Command.Usage({
    category: "Index",
    description: "List the registered repositories.",
    details: `
      On a terminal a table with ages and sizes; into a pipe a line each: id, commit, cloud or local, and where it comes from, with tabs
      between. With --remote those in the cloud: id, commit, when it was pushed, bytes, address.

      ${EXIT_STATUS}
    `,
    examples: [
      ["As a table", "repobase list"],
      ["What is in the cloud", "repobase list --remote"],
    ],
  });

  remote = Option.Boolean("--remote", false, { description: "The repositories in the cloud." });

  protected async run(): Promise<void> {
    return this.remote ? this.listRemote() : this.listHere();
  }

  private async listHere(): Promise<void> {
    const { repos } = this.home.config();
    const { indexFacts } = await import("../porcelain/sync/index-facts.ts");
    const facts = await Promise.all(repos.map(({ id }) => indexFacts(this.home, id)));
    const now = Date.now();
    const described = repos.map((repo, at) => {
      const { changedAt = null, bytes } = facts[at] ?? {};
      const from = folderOf(repo) ?? repo.source.url ?? "";
      const commit = repo.lastIndexedCommit ? shortCommit(repo.lastIndexedCommit) : "-";
      const cloud = repo.cloudEnabled ? "cloud" : "local";
      const size = bytes === undefined ? "" : formatBytes(bytes);
      return {
        plain: [repo.id, commit, cloud, from].join("\t"),
        row: [repo.id, commit, changedAt ? ageText(changedAt, now) : "never", size, cloud, from],
      };
    });
    const value = repos.map((repo, at) => ({
      repoId: repo.id,
      name: repo.name,
      source: repo.source,
      only: repo.only ?? null,
      branch: repo.branch,
      model: repo.model,
      lastIndexedCommit: repo.lastIndexedCommit,
      lastIndexedAt: facts[at]?.changedAt ?? null,
      indexBytes: facts[at]?.bytes ?? null,
      cloudEnabled: repo.cloudEnabled,
      lastPushedAt: repo.lastPushedAt,
      lastPushedCommit: repo.lastPushedCommit,
    }));
    await this.report.table(value, {
      columns: [
        { title: "repository", cut: "end" },
        COMMIT,
        { title: "indexed" },
        SIZE,
        { title: "where", drop: 4 },
        FROM,
      ],
      rows: described.map(({ row }) => row),
      plain: described.map(({ plain }) => plain).join("\n"),
    });
    if (repos.length === 0) this.report.info("no repositories yet; add one with: repobase add <url or path>");
  }

  private async listRemote(): Promise<void> {
    const { requireCloud } = await import("../home/require-cloud.ts");
    const { listRemoteRepos } = await import("../remote/remote-client.ts");
    const repos = await listRemoteRepos(requireCloud(this.home, { enabled: false }), this.context.signal);
    const now = Date.now();
    const commitOf = (commit: string | null) => (commit ? shortCommit(commit) : "-");
    await this.report.table(repos, {
      columns: [{ title: "repository", cut: "end" }, COMMIT, { title: "pushed" }, SIZE, FROM],
      rows: repos.map(({ id, commit, lastSyncedAt, bytes, url }) => {
        const size = bytes === undefined || bytes === null ? "" : formatBytes(bytes);
        return [id, commitOf(commit), ageText(lastSyncedAt, now), size, url ?? ""];
      }),
      plain: repos
        .map(({ id, commit, lastSyncedAt, bytes, url }) =>
          [id, commitOf(commit), lastSyncedAt ?? "-", bytes ?? "-", url ?? "-"].join("\t"),
        )
        .join("\n"),
    });
    if (repos.length === 0) this.report.info("the cloud has none yet; send one with: repobase push <repo>");
  }
}
