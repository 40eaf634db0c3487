/** `repobase cloud invite`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { EXIT_STATUS } from "../base-command.ts";
import { AdminCommand, KEYS_DETAILS } from "./admin-command.ts";

export class CloudInviteCommand extends AdminCommand {
  static override paths = [["cloud", "invite"]];
  static override usage = Command.Usage({
    category: "Cloud",
    description: "Invite somebody to a space; the link is shown once.",
    details: `
      The link alone goes to stdout. It is good once, for seven days. To the space of this machine's sign-in, which needs the scope
      admin; with --space, to any.
      ${KEYS_DETAILS}
      ${EXIT_STATUS}
    `,
    examples: [
      ["A colleague who may push", "repobase cloud invite write --login ann"],
      ["As the server's admin", "repobase cloud invite admin --space team"],
    ],
  });

  role = Option.String({ name: "role" });
  login = Option.String("--login", { description: "Only this person at GitHub may accept it." });
  space = Option.String("--space", { description: "Id of the space; for the server's admin." });

  protected async run(): Promise<void> {
    const { openOwn, requestInvitation } = await import("../../porcelain/cloud/own-keys.ts");
    const { role, login, space } = this;
    const by = space === undefined ? openOwn({ home: this.home, signal: this.context.signal }) : await this.admin();
    const issued = await requestInvitation(by, { role, login, space });
    this.report.info(
      `an invitation (${issued.role}${issued.login ? `, for ${issued.login}` : ""}, until ${issued.expires}); it is not shown again:`,
    );
    this.report.result(issued, issued.link);
  }
}
