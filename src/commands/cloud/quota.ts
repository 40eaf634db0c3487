/** `repobase cloud quota`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { RepobaseError } from "../../protocol/errors.ts";
import { parseQuota } from "../../protocol/quota.ts";
import { EXIT_STATUS } from "../base-command.ts";
import { ADMIN_DETAILS, AdminCommand } from "./admin-command.ts";
import { describeQuota } from "./describe-quota.ts";

export class CloudQuotaCommand extends AdminCommand {
  static override paths = [["cloud", "quota"]];
  static override usage = Command.Usage({
    category: "Cloud",
    description: "Show or set what a user may keep on the server.",
    details: `
      Limits are numbers, or "none". What is there already stays usable when a limit is lower.
      ${ADMIN_DETAILS}
      ${EXIT_STATUS}
    `,
    examples: [
      ["What is used", "repobase cloud quota ann"],
      ["More for a team", "repobase cloud quota team --repos 200 --files none --bytes 500GB"],
      ["As everybody else", "repobase cloud quota ann --default"],
    ],
  });

  userId = Option.String({ name: "user" });
  repos = Option.String("--repos", { description: "Repositories." });
  files = Option.String("--files", { description: "Files of the default branches, all repositories together." });
  bytes = Option.String("--bytes", { description: "Bytes, such as 500MB." });
  byDefault = Option.Boolean("--default", false, { description: "The server's own limits again." });
  recount = Option.Boolean("--recount", false, {
    description: "Count the bucket first; also mends a damaged account.",
  });

  protected async run(): Promise<void> {
    const { userQuota } = await import("../../porcelain/cloud/admin.ts");
    const { repos, files, bytes, recount, userId } = this;
    const limits = parseQuota({ repos, files, bytes }, (name) => `--${name}`);
    const some = Object.keys(limits).length > 0;
    if (some && this.byDefault) throw new RepobaseError("usage", "--default goes without limits");
    const change = this.byDefault ? "default" : some ? limits : null;
    const answer = await userQuota(await this.admin(), { userId, change, recount });
    const counted = `counted ${answer.counted}`;
    this.report.result(answer, `${userId} (${answer.plan}): ${describeQuota(answer.quota)}; ${counted}`);
  }
}
