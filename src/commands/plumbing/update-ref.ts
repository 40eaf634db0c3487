/** `repobase update-ref`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { EXIT_STATUS } from "../base-command.ts";
import { PLUMBING, PLUMBING_DETAILS, PlumbingCommand } from "./plumbing-command.ts";

export class UpdateRefCommand extends PlumbingCommand {
  static override paths = [["update-ref"]];
  static override usage = Command.Usage({
    category: PLUMBING,
    description: "Move the cloud's ref to what the local one says, by compare-and-swap; or the other way round.",
    details: `${PLUMBING_DETAILS}\n\n${EXIT_STATUS}`,
    examples: [["Only if nobody moved it", "repobase update-ref --expect <manifest> hono"]],
  });

  local = Option.Boolean("--local", false, { description: "Move the local ref to what the cloud's says." });
  expect = Option.String("--expect", { description: "The manifest the ref must name now, or none." });
  repo = Option.String({ name: "repo" });

  protected async run(): Promise<void> {
    const { forwardRef } = await import("../../plumbing/forward-ref.ts");
    const { rememberSync, remoteToRead, remoteToWrite } = await import("../../porcelain/sync/plumbing-sides.ts");
    const { sideOf } = await import("../../porcelain/sync/side-of.ts");
    const { spaceIdAsker } = await import("../../porcelain/sync/sync-input.ts");
    const { requireCloud } = await import("../../home/require-cloud.ts");
    const { home, local } = this;
    const { signal } = this.context;
    const side = sideOf(home, this.repo);
    const remote = local ? remoteToRead(home, signal) : remoteToWrite(home, side, signal);
    const lock = await home.lock(`repo-${side.id}`);
    try {
      const { ref } = await forwardRef({
        from: local ? remote : home.store,
        to: local ? home.store : remote,
        repo: side.id,
        direction: local ? "pull" : "push",
        spaceId: spaceIdAsker(requireCloud(home), signal),
        ...(this.expect === undefined ? {} : { expect: this.expect === "none" ? null : this.expect }),
        device: home.config().device,
        now: Date.now(),
      });
      await rememberSync(home, side, ref);
      this.emit(["generation", "manifest"], [[ref.generation, ref.manifest]]);
    } finally {
      lock.release();
    }
  }
}
