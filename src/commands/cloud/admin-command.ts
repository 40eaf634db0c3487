/** What the admin's commands share: which server, and the admin token, from the environment or asked for. */
import { Option } from "clipanion";
import type { Admin } from "../../porcelain/cloud/admin.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { isTerminal } from "../../report/report.ts";
import { BaseCommand } from "../base-command.ts";

export abstract class AdminCommand extends BaseCommand {
  endpoint = Option.String("--endpoint", {
    description: "The server's base URL (default: REPOBASE_ENDPOINT, else the one signed in to).",
  });

  /** Is the admin token at hand, or is there nobody else to be? Else the command is about what is one's own. */
  protected get isAdmin(): boolean {
    return Boolean(this.context.env.REPOBASE_ADMIN_TOKEN) || this.home.cloud() === undefined;
  }

  protected async admin(): Promise<Admin> {
    const { openAdmin } = await import("../../porcelain/cloud/admin.ts");
    const { env, signal } = this.context;
    const endpoint = this.endpoint ?? env.REPOBASE_ENDPOINT;
    const adminToken = env.REPOBASE_ADMIN_TOKEN || (await this.ask());
    return openAdmin({ home: this.home, endpoint, adminToken, signal });
  }

  private async ask(): Promise<string> {
    const { stderr, stdin, signal } = this.context;
    if (!isTerminal(stderr) || (stdin as { isTTY?: boolean }).isTTY !== true)
      throw new RepobaseError("usage", "the admin token is missing", {
        hint: "sign in with: repobase cloud login; or, as the server's admin, set REPOBASE_ADMIN_TOKEN",
      });
    const { password } = await import("@clack/prompts");
    // the answer belongs to stdout, which may be a file
    const token = await password({ message: "Admin token", signal, output: stderr as NodeJS.WriteStream });
    if (typeof token !== "string") throw new RepobaseError("interrupted", "cancelled");
    return token.trim();
  }
}

/** For the help of the commands that are also for everybody. */
export const KEYS_DETAILS = `
      For the server's admin: of any user, where REPOBASE_ADMIN_TOKEN is set; it is not kept.
`;

/** For the help of each of the others. */
export const ADMIN_DETAILS = `
      For the server's admin: the admin token comes from REPOBASE_ADMIN_TOKEN, or is asked for on a terminal. It is not kept.
`;
