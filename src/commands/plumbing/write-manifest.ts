/** `repobase write-manifest`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { RepobaseError } from "../../protocol/errors.ts";
import { EXIT_STATUS } from "../base-command.ts";
import { PLUMBING, PLUMBING_DETAILS, PlumbingCommand } from "./plumbing-command.ts";

export class WriteManifestCommand extends PlumbingCommand {
  static override paths = [["write-manifest"]];
  static override usage = Command.Usage({
    category: PLUMBING,
    description: "Store a manifest under its hash: the other side's, or one from stdin.",
    details: `${PLUMBING_DETAILS}\n\n${EXIT_STATUS}`,
    examples: [["The local ref's, to the cloud", "repobase write-manifest --remote hono"]],
  });

  remote = Option.Boolean("--remote", false, { description: "Store it in the cloud." });
  local = Option.Boolean("--local", false, { description: "Store it here." });
  stdin = Option.Boolean("--stdin", false, { description: "Read the document from standard input." });
  repo = Option.String({ name: "repo" });

  protected async run(): Promise<void> {
    const { decodeManifest } = await import("../../protocol/manifest.ts");
    const { writeManifest } = await import("../../plumbing/write-manifest.ts");
    const { findRefManifest } = await import("../../porcelain/sync/find-ref-manifest.ts");
    const { keepManifest } = await import("../../porcelain/sync/keep-manifest.ts");
    const { remoteToRead, remoteToWrite } = await import("../../porcelain/sync/plumbing-sides.ts");
    const { sideOf } = await import("../../porcelain/sync/side-of.ts");
    if (this.remote === this.local) throw new RepobaseError("usage", "give --remote or --local");
    const { home } = this;
    const { signal } = this.context;
    const side = sideOf(home, this.repo);
    const to = this.remote ? remoteToWrite(home, side, signal) : undefined;
    const from = this.remote || this.stdin ? home.store : remoteToRead(home, signal);
    const manifest = this.stdin
      ? decodeManifest(new TextEncoder().encode(await this.readStdin()))
      : await findRefManifest({ from, local: home.store, repo: side.id });
    if (manifest === undefined)
      throw new RepobaseError(
        "repo_not_found",
        `there is no ref of "${side.id}" ${this.remote ? "here" : "in the cloud"}`,
      );
    const sha256 = to
      ? await writeManifest({ to, repo: side.id, manifest })
      : await keepManifest({ home, repo: side.id, manifest, isPulled: !this.stdin });
    this.emit(["sha256"], [[sha256]]);
  }
}
