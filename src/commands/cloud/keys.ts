/** `repobase cloud keys add`, `list` and `revoke`: flags, help, and one call each. */
import { Command, Option } from "clipanion";
import type { ListedKey } from "../../protocol/cloud-api.ts";
import type { TableColumn } from "../../report/table.ts";
import { ageText } from "../../text/age.ts";
import { plural } from "../../text/figures.ts";
import { EXIT_STATUS } from "../base-command.ts";
import { AdminCommand, KEYS_DETAILS } from "./admin-command.ts";

export class CloudKeysAddCommand extends AdminCommand {
  static override paths = [["cloud", "keys", "add"]];
  static override usage = Command.Usage({
    category: "Cloud",
    description: "Make an API key; it is shown once.",
    details: `
      The key alone goes to stdout, what is said of it to stderr. Without a user it is a key of your own, for the space that this
      machine is signed in to; that needs a sign-in with the scope admin. A user that is named need not exist before: one is who
      has a key.
      ${KEYS_DETAILS}
      ${EXIT_STATUS}
    `,
    examples: [
      ["Your own, for CI", "repobase cloud keys add --label ci --expires 2027-01-31 > key.txt"],
      ["For a person", 'repobase cloud keys add ann --label "laptop"'],
      ["For an agent that only tells what it did", "repobase cloud keys add --label agent --scopes notify > key.txt"],
      [
        "For CI, to search only, until the end of a day",
        "repobase cloud keys add team --read-only --expires 2027-01-31 > key.txt",
      ],
    ],
  });

  userId = Option.String({ name: "user", required: false });
  label = Option.String("--label", { description: "What the key is for, for those who list keys." });
  readOnly = Option.Boolean("--read-only", false, { description: "It may search and pull, and not push." });
  scopes = Option.String("--scopes", {
    description: "What it may do, of read, write, notify, admin (default: read,write).",
  });
  expires = Option.String("--expires", { description: "The key ends then: a day (2027-01-31, by UTC) or a time." });

  protected async run(): Promise<void> {
    const issued = await this.issue();
    const end = issued.expires ? `, until ${issued.expires}` : "";
    this.report.info(
      `key ${issued.id} of ${issued.userId} (${issued.scopes.join(", ")}${end}); it is not shown again:`,
    );
    this.report.result(issued, issued.apiKey);
  }

  private async issue() {
    const { userId, label = null, readOnly, expires = null } = this;
    const scopes = this.scopes?.split(",").map((scope) => scope.trim()) ?? (readOnly ? ["read"] : undefined);
    if (userId !== undefined) {
      const { addKey } = await import("../../porcelain/cloud/admin.ts");
      return addKey(await this.admin(), { userId, label, scopes, expires });
    }
    const { addOwnKey, openOwn } = await import("../../porcelain/cloud/own-keys.ts");
    return addOwnKey(openOwn({ home: this.home, signal: this.context.signal }), { label, scopes, expires });
  }
}

export class CloudKeysListCommand extends AdminCommand {
  static override paths = [["cloud", "keys", "list"]];
  static override usage = Command.Usage({
    category: "Cloud",
    description: "List your API keys; for the server's admin, those of a user, or the users.",
    details: `
      A key itself is never shown: an id that names it, its last four characters, its label, scopes and times.
      ${KEYS_DETAILS}
      ${EXIT_STATUS}
    `,
    examples: [
      ["Yours", "repobase cloud keys list"],
      ["Of everybody in the space, for its admins", "repobase cloud keys list --all"],
      ["The keys of one user", "repobase cloud keys list ann"],
    ],
  });

  userId = Option.String({ name: "user", required: false });
  all = Option.Boolean("--all", false, { description: "Of everybody in the space." });

  protected async run(): Promise<void> {
    if (this.userId === undefined && (this.all || !this.isAdmin)) return this.listOwn();
    const { fetchKeys, fetchUsers } = await import("../../porcelain/cloud/admin.ts");
    if (this.userId === undefined) {
      const answer = await fetchUsers(await this.admin());
      const lines = answer.users.map(({ userId, keys }) => `${userId}  ${plural(keys, "key")}`);
      return this.report.result(answer, lines.join("\n") || "nobody has a key");
    }
    await this.show(await fetchKeys(await this.admin(), this.userId), `${this.userId} has no key`);
  }

  private show(answer: { readonly keys: readonly Described[] }, none: string): Promise<void> {
    return this.report.table(answer, {
      columns: KEY_COLUMNS,
      rows: answer.keys.map((key) => keyRow(key, Date.now())),
      plain: answer.keys.map(describeKey).join("\n") || none,
    });
  }

  private async listOwn(): Promise<void> {
    const { fetchOwnKeys, openOwn } = await import("../../porcelain/cloud/own-keys.ts");
    await this.show(await fetchOwnKeys(openOwn({ home: this.home, signal: this.context.signal }), this.all), "no keys");
  }
}

export class CloudKeysRevokeCommand extends AdminCommand {
  static override paths = [["cloud", "keys", "revoke"]];
  static override usage = Command.Usage({
    category: "Cloud",
    description: "Make an API key useless.",
    details: `
      On the server that is asked the key ends at once; other copies of a Worker may take it for a minute more.
      ${KEYS_DETAILS}
      ${EXIT_STATUS}
    `,
    examples: [["By the id that the list shows", "repobase cloud keys revoke 0f3a9c2d71b4e685"]],
  });

  id = Option.String({ name: "id" });

  protected async run(): Promise<void> {
    const answer = await this.revoke();
    this.report.result(answer, `revoked ${describeKey(answer.revoked)}`);
  }

  private async revoke() {
    if (this.isAdmin) {
      const { requestRevocation } = await import("../../porcelain/cloud/admin.ts");
      return requestRevocation(await this.admin(), this.id);
    }
    const { openOwn, revokeOwnKey } = await import("../../porcelain/cloud/own-keys.ts");
    return revokeOwnKey(openOwn({ home: this.home, signal: this.context.signal }), this.id);
  }
}

const KEY_COLUMNS: readonly TableColumn[] = [
  { title: "id" },
  { title: "user", cut: "end", drop: 4 },
  { title: "may", cut: "end" },
  { title: "ends in", drop: 2 },
  { title: "made", drop: 3 },
  { title: "until", drop: 1 },
  { title: "label", cut: "end", drop: 5 },
];

function keyRow({ id, userId, scopes, tail, created, expires, label, error }: Described, now: number): string[] {
  if (error) return [id, userId, `cannot be read: ${error.detail}`, "", "", "", ""];
  const until = expires?.slice(0, 10) ?? "";
  return [id, userId, scopes.join(","), tail ?? "", ageText(created ?? null, now), until, label ?? ""];
}

type Described = Omit<ListedKey, "expires" | "tail"> & Partial<Pick<ListedKey, "expires" | "tail">>;

function describeKey({ id, userId, scopes, label, created, expires, tail, error }: Described): string {
  if (error) return `${id}  ${userId}  cannot be read: ${error.detail}`;
  const parts = [id, userId, scopes.join(","), tail ? `…${tail}` : null, created?.slice(0, 10), label];
  return [...parts, expires ? `until ${expires}` : null].filter(Boolean).join("  ");
}
