/** `repobase repair`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { findRepo } from "../protocol/find-repo.ts";
import { ERROR_TABLE, RepobaseError } from "../protocol/errors.ts";
import { plural } from "../text/figures.ts";
import { shortCommit } from "../protocol/ids.ts";
import type { RepairResult } from "../porcelain/sync/repair.ts";
import { BaseCommand, EXIT_STATUS } from "./base-command.ts";

export class RepairCommand extends BaseCommand {
  static override paths = [["repair"]];
  static override usage = Command.Usage({
    category: "Index",
    description: "Check every byte of an index and put right what is damaged or missing.",
    details: `
      Here, damaged files come from the cloud where it has them; what nobody has is made again from the source. With
      --remote, the cloud's damaged files come from this machine. What cannot be put right is listed, and the exit
      status is 13. Without a repository, a damaged config.json is made again from the indexes that are here.

      ${EXIT_STATUS}
    `,
    examples: [
      ["An index on this machine", "repobase repair hono"],
      ["The cloud's copy of it", "repobase repair --remote hono"],
      ["The list of repositories itself", "repobase repair"],
    ],
  });

  remote = Option.Boolean("--remote", false, { description: "The cloud's copy, not the one here." });
  repo = Option.String({ name: "repo", required: false });

  protected async run(): Promise<number> {
    if (this.repo === undefined) {
      if (this.remote) throw new RepobaseError("usage", "which repository?");
      const { repairConfig } = await import("../porcelain/sync/repair-config.ts");
      const result = await repairConfig(this.home);
      this.report.result(
        result,
        result.keptAs === null
          ? "config.json is whole"
          : `made config.json again with ${plural(result.repos.length, "repository", "repositories")}; the damaged one is kept as ${result.keptAs}`,
      );
      return 0;
    }
    const { repairRepository } = await import("../porcelain/sync/repair-repo.ts");
    const result = await repairRepository({
      home: this.home,
      repo: findRepo(this.home.config().repos, this.repo),
      remote: this.remote,
      onProgress: (step) => this.report.progress(step),
      signal: this.context.signal,
    });
    this.report.result(result, describe(result));
    return result.left.length === 0 ? 0 : ERROR_TABLE.corrupt_index.exit;
  }
}

function describe({ repoId, side, repaired, remade, lostCommits, left }: RepairResult): string {
  const where = side === "remote" ? "the cloud's copy" : "the index";
  const done = repaired.length + remade.length;
  const lines = [
    left.length > 0
      ? `${repoId}: ${plural(left.length, "part")} of ${where} cannot be put right`
      : done === 0
        ? `${repoId}: ${where} is whole`
        : `${repoId}: ${where} is whole again`,
    ...repaired.map((key) => `  repaired  ${key}`),
    ...remade.map((key) => `  made again  ${key}`),
    ...left.map(({ kind, key }) => `  ${kind}  ${key}`),
  ];
  if (lostCommits.length > 0)
    lines.push(`  no longer in the index: ${lostCommits.map((commit) => shortCommit(commit)).join(", ")}`);
  return lines.join("\n");
}
