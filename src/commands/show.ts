/** `repobase show`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { BaseCommand, EXIT_STATUS } from "./base-command.ts";

export class ShowCommand extends BaseCommand {
  static override paths = [["show"]];
  static override usage = Command.Usage({
    category: "Search",
    description: "Print a file from the index; the source need not be there.",
    details: EXIT_STATUS,
    examples: [
      ["A whole file", "repobase show hono src/router.ts"],
      ["Lines 10 to 20 at an older commit", "repobase show hono src/router.ts:10-20 --ref 1a2b3c4"],
    ],
  });

  repo = Option.String({ name: "repo" });
  place = Option.String({ name: "path[:from-to]" });
  ref = Option.String("--ref", { description: "Branch, commit, commit prefix, or worktree." });

  protected async run(): Promise<void> {
    const { showFile } = await import("../porcelain/search/show.ts");
    const { home, repo, place, ref = null } = this;
    const file = await showFile({ home, repo, place, ref, cwd: this.context.cwd, signal: this.context.signal });
    if (file.redacted)
      this.report.warn(
        `secrets in "${file.path}" were covered with * when it was indexed; the file itself differs there`,
      );
    if (this.json) this.report.result(file, "");
    else this.report.raw(file.base64 === undefined ? file.contents : Buffer.from(file.base64, "base64"));
  }
}
