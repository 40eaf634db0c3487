/** `repobase notify`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { BaseCommand, EXIT_STATUS } from "./base-command.ts";

export class NotifyCommand extends BaseCommand {
  static override paths = [["notify"]];
  static override usage = Command.Usage({
    category: "Agents",
    description: "Tell your space the result of a task.",
    details: `
      For agents, scripts and CI. The notice is listed (repobase notifications, and on the page), and sent on to the space's webhooks
      and subscribed devices. The key needs the scope notify, and no other: repobase cloud keys add --scopes notify.

      With --key, a second notice with the same key is not made; the first one is the answer.

      ${EXIT_STATUS}
    `,
    examples: [
      ["A task is done", 'repobase notify "Refactoring done" --body "14 files changed" --url https://example.com/pr/7'],
      [
        "A job failed; a repeated job tells it once",
        'repobase notify "Nightly build failed" --failed --key build-1043',
      ],
    ],
  });

  title = Option.String({ name: "title" });
  body = Option.String("--body", { description: "More text, up to 4000 characters." });
  url = Option.String("--url", { description: "Where more is to be seen." });
  failed = Option.Boolean("--failed", false, { description: "The task failed." });
  key = Option.String("--key", { description: "Idempotency key." });

  protected async run(): Promise<void> {
    const { openOwn } = await import("../porcelain/cloud/own-keys.ts");
    const { sendNotice } = await import("../porcelain/cloud/notices.ts");
    const { title, body = null, url = null, failed, key = null } = this;
    const status = failed ? "failed" : "ok";
    const own = openOwn({ home: this.home, signal: this.context.signal });
    const notice = await sendNotice(own, { title, body, url, status, idempotencyKey: key });
    this.report.result(notice, `told: ${notice.title}`);
  }
}
