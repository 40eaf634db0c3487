/** `repobase cloud keys add`, `list` and `revoke`: flags, help, and one call each. */
import { Command, Option } from "clipanion";
import type { ListedKey } from "../../protocol/cloud-api.ts";
import { plural } from "../../report/format.ts";
import { EXIT_STATUS } from "../base-command.ts";
import { ADMIN_DETAILS, AdminCommand } from "./admin-command.ts";

export class CloudKeysAddCommand extends AdminCommand {
  static override paths = [["cloud", "keys", "add"]];
  static override usage = Command.Usage({
    category: "Cloud",
    description: "Make an API key for a user; it is shown once.",
    details: `
      The key alone goes to stdout, what is said of it to stderr. A user need not exist before: one is who has a key.
      ${ADMIN_DETAILS}
      ${EXIT_STATUS}
    `,
    examples: [
      ["For a person", 'repobase cloud keys add ann --label "laptop"'],
      [
        "For CI, to search only, until the end of a day",
        "repobase cloud keys add team --read-only --expires 2027-01-31 > key.txt",
      ],
    ],
  });

  userId = Option.String({ name: "user" });
  label = Option.String("--label", { description: "What the key is for, for those who list keys." });
  readOnly = Option.Boolean("--read-only", false, { description: "It may search and pull, and not push." });
  expires = Option.String("--expires", { description: "The key ends then: a day (2027-01-31, by UTC) or a time." });

  protected async run(): Promise<void> {
    const { addKey } = await import("../../porcelain/cloud/admin.ts");
    const { userId, label = null, readOnly, expires = null } = this;
    const issued = await addKey(await this.admin(), { userId, label, write: !readOnly, expires });
    const end = issued.expires ? `, until ${issued.expires}` : "";
    this.report.info(`key ${issued.id} of ${userId} (${issued.scopes.join(", ")}${end}); it is not shown again:`);
    this.report.result(issued, issued.apiKey);
  }
}

export class CloudKeysListCommand extends AdminCommand {
  static override paths = [["cloud", "keys", "list"]];
  static override usage = Command.Usage({
    category: "Cloud",
    description: "List the API keys of a user; without one, the users.",
    details: `
      A key itself is never shown: an id that names it, its last four characters, its label, scopes and times.
      ${ADMIN_DETAILS}
      ${EXIT_STATUS}
    `,
    examples: [
      ["Who has keys", "repobase cloud keys list"],
      ["The keys of one user", "repobase cloud keys list ann"],
    ],
  });

  userId = Option.String({ name: "user", required: false });

  protected async run(): Promise<void> {
    const { fetchKeys, fetchUsers } = await import("../../porcelain/cloud/admin.ts");
    if (this.userId === undefined) {
      const answer = await fetchUsers(await this.admin());
      const lines = answer.users.map(({ userId, keys }) => `${userId}  ${plural(keys, "key")}`);
      return this.report.result(answer, lines.join("\n") || "nobody has a key");
    }
    const answer = await fetchKeys(await this.admin(), this.userId);
    this.report.result(answer, answer.keys.map(describeKey).join("\n") || `${this.userId} has no key`);
  }
}

export class CloudKeysRevokeCommand extends AdminCommand {
  static override paths = [["cloud", "keys", "revoke"]];
  static override usage = Command.Usage({
    category: "Cloud",
    description: "Make an API key useless.",
    details: `
      On the server that is asked the key ends at once; other copies of a Worker may take it for a minute more.
      ${ADMIN_DETAILS}
      ${EXIT_STATUS}
    `,
    examples: [["By the id that the list shows", "repobase cloud keys revoke 0f3a9c2d71b4e685"]],
  });

  id = Option.String({ name: "id" });

  protected async run(): Promise<void> {
    const { requestRevocation } = await import("../../porcelain/cloud/admin.ts");
    const answer = await requestRevocation(await this.admin(), this.id);
    this.report.result(answer, `revoked ${describeKey(answer.revoked)}`);
  }
}

type Described = Omit<ListedKey, "expires" | "tail"> & Partial<Pick<ListedKey, "expires" | "tail">>;

function describeKey({ id, userId, scopes, label, created, expires, tail, error }: Described): string {
  if (error) return `${id}  ${userId}  cannot be read: ${error.detail}`;
  const parts = [id, userId, scopes.join(","), tail ? `…${tail}` : null, created?.slice(0, 10), label];
  return [...parts, expires ? `until ${expires}` : null].filter(Boolean).join("  ");
}
