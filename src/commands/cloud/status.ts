/** `repobase cloud status`: flags, help, and one call. */
import { Command } from "clipanion";
import { describeQuota } from "./describe-quota.ts";
import { BaseCommand, EXIT_STATUS } from "../base-command.ts";

export class CloudStatusCommand extends BaseCommand {
  static override paths = [["cloud", "status"]];
  static override usage = Command.Usage({
    category: "Cloud",
    description: "Say which server this machine uses and what it holds.",
    details: EXIT_STATUS,
    examples: [["Who am I there", "repobase cloud status"]],
  });

  protected async run(): Promise<void> {
    const { cloudStatus } = await import("../../porcelain/cloud/cloud.ts");
    const status = await cloudStatus({ home: this.home, signal: this.context.signal });
    if (!status.signedIn) {
      this.report.result(status, "not signed in (repobase cloud login)");
      return;
    }
    const quota = status.quota ? `\n  used: ${describeQuota(status.quota)}` : "";
    const enabled = status.repos.filter((r) => r.cloudEnabled).length;
    this.report.result(
      status,
      `${status.endpoint} as ${status.userId} (${status.scopes.join(", ")})\n` +
        `  sync is ${status.enabled ? "on" : "off"}; ${enabled} of ${status.repos.length} repositories enabled, ${status.remoteRepos} in the cloud${quota}`,
    );
  }
}
