/** `repobase cloud spaces list` and `add`: flags, help, and one call each. */
import { Command, Option } from "clipanion";
import type { TableColumn } from "../../report/table.ts";
import { plural } from "../../text/figures.ts";
import { EXIT_STATUS } from "../base-command.ts";
import { ADMIN_DETAILS, AdminCommand, KEYS_DETAILS } from "./admin-command.ts";

const SPACE_COLUMNS: readonly TableColumn[] = [
  { title: "space", cut: "end" },
  { title: "name", cut: "end" },
  { title: "kind", drop: 3 },
  { title: "members", right: true, drop: 1 },
  { title: "organisations", cut: "end", drop: 2 },
];

export class CloudSpacesListCommand extends AdminCommand {
  static override paths = [["cloud", "spaces", "list"]];
  static override usage = Command.Usage({
    category: "Cloud",
    description: "Say who you are on the server, and in which space.",
    details: `
      A space is one part of the bucket, with its repositories and its quota. A key is for one: to work in another, sign in again
      with repobase cloud login --github --space. The page lists all of a person's.
      ${KEYS_DETAILS}
      ${EXIT_STATUS}
    `,
    examples: [["Who am I there", "repobase cloud spaces list"]],
  });

  protected async run(): Promise<void> {
    if (this.isAdmin) {
      const { fetchSpaces } = await import("../../porcelain/cloud/admin.ts");
      const answer = await fetchSpaces(await this.admin());
      const lines = answer.spaces.map(({ id, name, kind, members, orgs }) =>
        [id, name, kind, plural(members, "member"), orgs.join(",")].filter(Boolean).join("  "),
      );
      return this.report.table(answer, {
        columns: SPACE_COLUMNS,
        rows: answer.spaces.map(({ id, name, kind, members, orgs }) => [
          id,
          name,
          kind,
          String(members),
          orgs.join(","),
        ]),
        plain: lines.join("\n") || "no spaces",
      });
    }
    const { fetchMe, openOwn } = await import("../../porcelain/cloud/own-keys.ts");
    const me = await fetchMe(openOwn({ home: this.home, signal: this.context.signal }));
    const who = me.person
      ? `${me.person.login}, ${me.scopes.join(", ")}`
      : `a key of no person, ${me.scopes.join(", ")}`;
    const lines = me.spaces.map(
      ({ id, name, kind, role }) => `${id === me.userId ? "*" : " "} ${id}  ${name}  ${kind}  ${role}`,
    );
    this.report.result(me, [who, ...lines].join("\n"));
  }
}

export class CloudSpacesAddCommand extends AdminCommand {
  static override paths = [["cloud", "spaces", "add"]];
  static override usage = Command.Usage({
    category: "Cloud",
    description: "Make a space that people share.",
    details: `
      Its members are those of a GitHub organisation, or who is invited (repobase cloud invite).
      ${ADMIN_DETAILS}
      ${EXIT_STATUS}
    `,
    examples: [
      ["For an organisation", 'repobase cloud spaces add acme --name "Acme" --org acme --role write'],
      ["For whom one invites", "repobase cloud spaces add team"],
    ],
  });

  spaceId = Option.String({ name: "id" });
  name = Option.String("--name", { description: "What people see (default: the id)." });
  org = Option.String("--org", { description: "A GitHub organisation: its members are let in." });
  role = Option.String("--role", "write", { description: "What they may do there: read, write or admin." });

  protected async run(): Promise<void> {
    const { addSpace } = await import("../../porcelain/cloud/admin.ts");
    const { spaceId: id, name = id, org, role } = this;
    const made = await addSpace(await this.admin(), { id, name, org, role });
    this.report.result(
      made,
      `made the space ${made.id}${org === undefined ? "" : `, open to members of ${org} (${role})`}`,
    );
  }
}
