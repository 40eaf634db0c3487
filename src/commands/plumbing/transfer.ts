/** `repobase upload-fragment` and `repobase download-fragment`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { RepobaseError } from "../../protocol/errors.ts";
import { EXIT_STATUS } from "../base-command.ts";
import { PLUMBING, PLUMBING_DETAILS, PlumbingCommand } from "./plumbing-command.ts";

/** upload-fragment and download-fragment: the same words, the other way round. */
abstract class TransferCommand extends PlumbingCommand {
  protected abstract readonly direction: "up" | "down";
  stdin = Option.Boolean("--stdin", false, { description: "Take the lines of diff-manifest from standard input." });
  probe = Option.Boolean("--probe", false, { description: "Ask for each fragment first; send no body that is there." });
  repo = Option.String({ name: "repo" });
  keys = Option.Rest({ name: "key" });

  protected async run(): Promise<void> {
    const { parseObjectLines } = await import("../../plumbing/object-lines.ts");
    const { remoteToRead, remoteToWrite } = await import("../../porcelain/sync/plumbing-sides.ts");
    const { sideOf } = await import("../../porcelain/sync/side-of.ts");
    const { objectsByKey, transferObjects } = await import("../../porcelain/sync/transfer-objects.ts");
    if (this.stdin === this.keys.length > 0) throw new RepobaseError("usage", "give keys, or --stdin");
    const { home, nul, direction, probe } = this;
    const { signal } = this.context;
    const side = sideOf(home, this.repo);
    const up = direction === "up";
    const remote = up ? remoteToWrite(home, side, signal) : remoteToRead(home, signal);
    const [from, to] = up ? [home.store, remote] : [remote, home.store];
    const objects = this.stdin
      ? parseObjectLines(await this.readStdin(), { nul, flag: up ? "+" : "-", repo: side.id })
      : await objectsByKey({ from, local: home.store, repo: side.id, keys: this.keys });
    const done: [string, number, string][] = [];
    await transferObjects({
      direction,
      from,
      to,
      objects,
      probe,
      signal,
      onDone: ({ state, bytes, key }) => {
        // each line as soon as it is true: a script that is cut off knows what went through
        if (this.json) done.push([state, bytes, key]);
        else this.emit([], [[state, bytes, key]]);
      },
    });
    if (this.json) this.emit(["state", "bytes", "key"], done);
  }
}

export class UploadFragmentCommand extends TransferCommand {
  static override paths = [["upload-fragment"]];
  static override usage = Command.Usage({
    category: PLUMBING,
    description: "Send objects and snapshots, create-only and verified.",
    details: `${PLUMBING_DETAILS}\n\n${EXIT_STATUS}`,
    examples: [
      ["What the cloud lacks", "repobase diff-manifest --remote -z hono | repobase upload-fragment hono --stdin -z"],
    ],
  });
  protected readonly direction = "up";
}

export class DownloadFragmentCommand extends TransferCommand {
  static override paths = [["download-fragment"]];
  static override usage = Command.Usage({
    category: PLUMBING,
    description: "Fetch objects and snapshots, verified.",
    details: `${PLUMBING_DETAILS}\n\n${EXIT_STATUS}`,
    examples: [
      [
        "What this machine lacks",
        "repobase diff-manifest --remote -z hono | repobase download-fragment hono --stdin -z",
      ],
    ],
  });
  protected readonly direction = "down";
}
