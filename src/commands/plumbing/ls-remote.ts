/** `repobase ls-remote`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { EXIT_STATUS } from "../base-command.ts";
import { PLUMBING, PLUMBING_DETAILS, PlumbingCommand } from "./plumbing-command.ts";

export class LsRemoteCommand extends PlumbingCommand {
  static override paths = [["ls-remote"]];
  static override usage = Command.Usage({
    category: PLUMBING,
    description: "Print the branches of the refs in the cloud.",
    details: `${PLUMBING_DETAILS}\n\n${EXIT_STATUS}`,
    examples: [["All of them", "repobase ls-remote"]],
  });

  repos = Option.Rest({ name: "repo" });

  protected async run(): Promise<void> {
    const { lsRemote } = await import("../../plumbing/ls-remote.ts");
    const { remoteToRead } = await import("../../porcelain/sync/plumbing-sides.ts");
    const { sideOf } = await import("../../porcelain/sync/side-of.ts");
    const { requireCloud } = await import("../../home/require-cloud.ts");
    const { listRemoteRepos } = await import("../../remote/remote-client.ts");
    const repos =
      this.repos.length > 0
        ? this.repos.map((name) => sideOf(this.home, name).id)
        : (await listRemoteRepos(requireCloud(this.home), this.context.signal)).map(({ id }) => id);
    const heads = await lsRemote({ from: remoteToRead(this.home, this.context.signal), repos });
    this.emit(
      ["flag", "commit", "repo", "branch", "manifest", "generation"],
      heads.map((h) => [h.isDefault ? "*" : ".", h.commit, h.repo, h.branch, h.manifest, h.generation]),
    );
  }
}
