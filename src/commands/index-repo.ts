/** `repobase index`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { EXIT_STATUS } from "./base-command.ts";
import { describeIndexResult, detailsOfIndex } from "./describe-index.ts";
import { IndexingCommand } from "./indexing-command.ts";
import { runForEach } from "./run-for-each.ts";

export class IndexCommand extends IndexingCommand {
  static override paths = [["index"]];
  static override usage = Command.Usage({
    category: "Index",
    description: "Bring indexes up to date.",
    details: `
      Without a name: the repository of the current folder. Only file versions the index does not know are read,
      embedded and appended; when nothing changed, nothing is written.

      ${EXIT_STATUS}
    `,
    examples: [
      ["One repository", "repobase index hono"],
      ["Every repository", "repobase index --all"],
      ["A tag, beside what is checked out", "repobase index hono --ref v4.1.0"],
    ],
  });

  repos = Option.Rest({ name: "repo" });
  all = Option.Boolean("--all", false, { description: "Every registered repository." });
  ref = Option.String("--ref", { description: "Index this branch, tag or commit, without checking it out." });
  prune = Option.Boolean("--prune", false, {
    description: "Drop branches that neither the repository nor its origin has any more.",
  });
  branch = Option.String("--branch", { description: "Name the branch of a detached HEAD." });
  model = Option.String("--model", { description: "Re-index with this embedding model from now on." });

  protected async run(): Promise<void> {
    const { indexRepository } = await import("../porcelain/indexing/index-repo.ts");
    const { selectRepos } = await import("../porcelain/cloud/select-repos.ts");
    const { maxFileBytes, secrets, include, nativeTextIndex, threads, flushSeconds } = this.indexingOptions();
    const chosen = selectRepos({ home: this.home, names: this.repos, all: this.all, cwd: this.context.cwd });
    await runForEach(this.report, chosen, async (repo) => {
      const result = await indexRepository({
        home: this.home,
        repo,
        model: this.model ?? null,
        branch: this.branch ?? null,
        ref: this.ref ?? null,
        prune: this.prune,
        maxFileBytes,
        secrets,
        include,
        nativeTextIndex,
        threads,
        flushSeconds,
        onProgress: (step) => this.report.progress(step),
        onWarning: (text) => this.report.warn(text),
        signal: this.context.signal,
      });
      if (this.report.isVerbose) detailsOfIndex(result).forEach((line) => this.report.detail(line));
      this.report.result(result, describeIndexResult(result));
    });
  }
}
