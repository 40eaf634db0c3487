/** `repobase cat-manifest`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { canonicalJson } from "../../protocol/canonical-json.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { EXIT_STATUS } from "../base-command.ts";
import { PLUMBING, PLUMBING_DETAILS, PlumbingCommand } from "./plumbing-command.ts";

export class CatManifestCommand extends PlumbingCommand {
  static override paths = [["cat-manifest"]];
  static override usage = Command.Usage({
    category: PLUMBING,
    description: "Print a manifest, checked against its name.",
    details: `${PLUMBING_DETAILS}\n\n${EXIT_STATUS}`,
    examples: [["The one the cloud's ref names", "repobase cat-manifest --remote hono"]],
  });

  remote = Option.Boolean("--remote", false, { description: "In the cloud, not here." });
  repo = Option.String({ name: "repo" });
  sha256 = Option.String({ required: false, name: "sha256" });

  protected async run(): Promise<void> {
    const { catManifest } = await import("../../plumbing/cat-manifest.ts");
    const { readRef } = await import("../../plumbing/read-ref.ts");
    const { remoteToRead, sideOf } = await import("../../porcelain/sync/plumbing-sides.ts");
    const { id } = sideOf(this.home, this.repo);
    const from = this.remote ? remoteToRead(this.home, this.context.signal) : this.home.store;
    const sha256 = this.sha256 ?? (await readRef({ from, repo: id }))?.ref.manifest;
    if (sha256 === undefined)
      throw new RepobaseError("repo_not_found", `there is no ref of "${id}" ${this.remote ? "in the cloud" : "here"}`);
    const manifest = await catManifest({ from, repo: id, sha256 });
    if (manifest === undefined) throw new RepobaseError("not_found", `there is no manifest ${sha256} of "${id}"`);
    this.report.raw(`${canonicalJson(manifest)}\n`);
  }
}
