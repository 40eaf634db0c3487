/** `repobase watch`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { folderOf, type RepoConfig } from "../home/config.ts";
import { VARIABLES } from "../home/env.ts";
import { isRepobaseError, RepobaseError } from "../protocol/errors.ts";
import type { WatchRun } from "../porcelain/watch/watched-repo.ts";
import { BaseCommand, EXIT_STATUS, parseInteger } from "./base-command.ts";

export class WatchCommand extends BaseCommand {
  static override paths = [["watch"]];
  static override usage = Command.Usage({
    category: "Index",
    description: "Keep indexes up to date while you work.",
    details: `
      Without a name: the repository around the current folder, else every repository with a folder here. When files were saved,
      moved or deleted, or another branch was checked out, the index follows within about a second; what changed is a line, with
      --json a JSON object a line. At most half of the time is spent on it, but for runs of many seconds. Stop it with Ctrl-C.

      File systems that tell nothing (most network mounts) need --poll: the folders are looked at every few seconds. More:
      docs/WATCH.md.

      ${EXIT_STATUS}
    `,
    examples: [
      ["The repository around the current folder", "repobase watch"],
      ["Two of them", "repobase watch hono zod"],
    ],
  });

  repos = Option.Rest({ name: "repo" });
  all = Option.Boolean("--all", false, { description: "Every repository with a folder here." });
  poll = Option.Boolean("--poll", false, {
    description: "Look every few seconds instead of waiting for the system's word.",
  });
  threads = Option.String("--threads", {
    description: "Parse and embed with this many threads (default: one a core).",
    env: "REPOBASE_THREADS",
  });

  protected async run(): Promise<number> {
    const [least, most] = VARIABLES.REPOBASE_THREADS.setting.range;
    const threads = this.threads === undefined ? null : parseInteger(this.threads, "--threads", least, most);
    const { watchRepositories } = await import("../porcelain/watch/watch-repos.ts");
    const repos = await this.chosen();
    this.report.info(`watching ${repos.map(folderOf).join(", ")}`);
    await watchRepositories({
      home: this.home,
      repos,
      poll: this.poll,
      threads,
      signal: this.context.signal,
      onRun: (run) => this.report.result(run, describeRun(run)),
      onWarning: (text) => this.report.warn(text, { always: true }),
    });
    return 0;
  }

  /** @throws RepobaseError `usage`, `repo_not_found` */
  private async chosen(): Promise<readonly RepoConfig[]> {
    const { selectRepos } = await import("../porcelain/cloud/select-repos.ts");
    const select = (all: boolean) => selectRepos({ home: this.home, names: this.repos, all, cwd: this.context.cwd });
    const hasFolder = (repo: RepoConfig) => folderOf(repo) !== undefined;
    if (this.repos.length > 0) {
      const named = select(false);
      const bare = named.find((repo) => !hasFolder(repo));
      if (bare) throw new RepobaseError("usage", `"${bare.name}" has no folder on this machine to watch`);
      return named;
    }
    const all = select(true).filter(hasFolder);
    if (all.length === 0)
      throw new RepobaseError("usage", "no repository with a folder on this machine to watch", {
        hint: "add one with: repobase add <path>",
      });
    if (this.all) return all;
    try {
      return select(false).filter(hasFolder);
    } catch (error) {
      if (isRepobaseError(error, "usage")) return all; // none is around
      throw error;
    }
  }
}

/** Empty: nothing worth a line. */
function describeRun({ repo, changed, files, commit, branch, ms }: WatchRun): string {
  if (!changed) return "";
  const what = files === 0 ? "index follows" : `${files} file${files === 1 ? "" : "s"} indexed`;
  return `${repo}\t${branch ?? commit.slice(0, 8)}\t${what}\t${ms} ms`;
}
