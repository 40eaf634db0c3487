/** `repobase diff-manifest`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { RepobaseError } from "../../protocol/errors.ts";
import { PLUMBING, PLUMBING_DETAILS, PlumbingCommand } from "./plumbing-command.ts";

export class DiffManifestCommand extends PlumbingCommand {
  static override paths = [["diff-manifest"]];
  static override usage = Command.Usage({
    category: PLUMBING,
    description: "Print what one manifest names and another does not.",
    details: `${PLUMBING_DETAILS}\n\nExit status: 0 the same, 1 different, 2 or more trouble.`,
    examples: [
      ["What a push would send (+) and a pull fetch (-)", "repobase diff-manifest --remote hono"],
      ["Two local manifests", "repobase diff-manifest hono <ours> <theirs>"],
    ],
  });

  remote = Option.Boolean("--remote", false, { description: "Compare the local ref's manifest with the cloud's." });
  repo = Option.String({ name: "repo" });
  ours = Option.String({ required: false, name: "ours" });
  theirs = Option.String({ required: false, name: "theirs" });

  protected async run(): Promise<number> {
    const { diffLocalManifests, emitDiff } = await import("../direct/diff-manifest.ts");
    const input = this.directInput([this.repo, this.ours, this.theirs], this.nul);
    if (!this.remote) return diffLocalManifests(input);
    const { sideOf } = await import("../../porcelain/sync/side-of.ts");
    const { id } = sideOf(this.home, this.repo);
    return emitDiff(input, { repo: id, ...(await this.bothSides(id)) });
  }

  private async bothSides(id: string) {
    const { findRefManifest } = await import("../../porcelain/sync/find-ref-manifest.ts");
    const { remoteToRead } = await import("../../porcelain/sync/plumbing-sides.ts");
    const local = this.home.store;
    const remote = remoteToRead(this.home, this.context.signal);
    const [ours, theirs] = [
      await findRefManifest({ from: local, local, repo: id }),
      await findRefManifest({ from: remote, local, repo: id }),
    ];
    if (ours === undefined && theirs === undefined)
      throw new RepobaseError("repo_not_found", `there is no index of "${id}", here or in the cloud`);
    return { ...(ours ? { ours } : {}), ...(theirs ? { theirs } : {}) };
  }
}
