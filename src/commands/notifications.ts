/** `repobase notifications`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import type { ListedNotice } from "../protocol/notice-api.ts";
import { BaseCommand, EXIT_STATUS, parseInteger } from "./base-command.ts";

export class NotificationsCommand extends BaseCommand {
  static override paths = [["notifications"]];
  static override usage = Command.Usage({
    category: "Cloud",
    description: "List what happened in your space: pushes, refusals, results of tasks.",
    details: `
      The newest first. Kept are the newest 500 of the last 90 days.

      ${EXIT_STATUS}
    `,
    examples: [
      ["The last ones", "repobase notifications"],
      ["For a script", "repobase notifications --limit 50 --json"],
    ],
  });

  limit = Option.String("--limit", "20", { description: "So many, 50 at most." });
  cursor = Option.String("--cursor", { description: "Go on where a list ended: its field next." });

  protected async run(): Promise<void> {
    const limit = parseInteger(this.limit, "--limit", 1, 50);
    const { openOwn } = await import("../porcelain/cloud/own-keys.ts");
    const { fetchNotices } = await import("../porcelain/cloud/notices.ts");
    const own = openOwn({ home: this.home, signal: this.context.signal });
    const list = await fetchNotices(own, { limit, cursor: this.cursor });
    this.report.result(list, list.notifications.map(describe).join("\n") || "nothing happened yet");
    if (list.next !== null) this.report.info(`more: repobase notifications --cursor ${list.next}`);
  }
}

function describe({ at, kind, title, body, url, by, status }: ListedNotice): string {
  const who = by === null ? "" : `  (${by})`;
  const head = `${at.slice(0, 16).replace("T", " ")}  ${status === "failed" ? "failed" : kind}  ${title}${who}`;
  const rest = [body, url].filter((text) => text !== null).flatMap((text) => text.split("\n"));
  return [head, ...rest.map((line) => `    ${line}`)].join("\n");
}
