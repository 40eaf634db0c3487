/** `repobase verify-manifest`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { EXIT_STATUS } from "../base-command.ts";
import { ERROR_TABLE } from "../../protocol/errors.ts";
import { PLUMBING, PLUMBING_DETAILS, PlumbingCommand } from "./plumbing-command.ts";

export class VerifyManifestCommand extends PlumbingCommand {
  static override paths = [["verify-manifest"]];
  static override usage = Command.Usage({
    category: PLUMBING,
    description: "Check that the ref names a whole index: manifest, snapshots, every object.",
    details: `${PLUMBING_DETAILS}\n\n${EXIT_STATUS}`,
    examples: [["Every byte in the cloud", "repobase verify-manifest --remote --read-data hono"]],
  });

  remote = Option.Boolean("--remote", false, { description: "In the cloud, not here." });
  readData = Option.Boolean("--read-data", false, { description: "Read and hash every object." });
  repo = Option.String({ name: "repo" });

  protected async run(): Promise<number> {
    const { verifyManifest } = await import("../../plumbing/verify-manifest.ts");
    const { remoteToRead } = await import("../../porcelain/sync/plumbing-sides.ts");
    const { sideOf } = await import("../../porcelain/sync/side-of.ts");
    const { signal } = this.context;
    const found = await verifyManifest({
      store: this.remote ? remoteToRead(this.home, signal) : this.home.store,
      repo: sideOf(this.home, this.repo).id,
      readData: this.readData,
      signal,
      onChecked: (done, total) => this.report.progress({ label: "checking", done, total, unit: "objects" }),
    });
    this.emit(
      ["kind", "key", "expected", "actual"],
      found.problems.map((p) => [p.kind, p.key, p.expected, p.actual]),
    );
    if (found.problems.length === 0) this.report.info(`${found.checked} checked, all well`);
    return found.problems.length === 0 ? 0 : ERROR_TABLE.corrupt_index.exit;
  }
}
