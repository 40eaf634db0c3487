/** `repobase cat-manifest`: flags, help, and one call. */
import { Command, Option } from "clipanion";
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
    const { catManifestFrom } = await import("../direct/cat-manifest.ts");
    const input = this.directInput([this.repo, this.sha256], this.nul);
    if (!this.remote) return catManifestFrom(input);
    const { remoteToRead } = await import("../../porcelain/sync/plumbing-sides.ts");
    await catManifestFrom(input, remoteToRead(this.home, this.context.signal));
  }
}
