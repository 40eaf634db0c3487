/** `repobase mcp install` and `uninstall`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import type { ConfigChange } from "../../porcelain/agents/install.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { isTerminal } from "../../report/report.ts";
import { BaseCommand, EXIT_STATUS } from "../base-command.ts";
import { startedAs } from "../started-as.ts";

abstract class ConfigCommand extends BaseCommand {
  clients = Option.Rest({ name: "client", required: 1 });
  scope = Option.String("--scope", "user", { description: "user (default), or project: the current folder's." });
  yes = Option.Boolean("-y,--yes", false, { description: "Write without asking." });

  protected async checkedScope() {
    const { CONFIG_SCOPES } = await import("../../porcelain/agents/clients.ts");
    const scope = CONFIG_SCOPES.find((each) => each === this.scope);
    if (scope === undefined) throw new RepobaseError("usage", `--scope must be ${CONFIG_SCOPES.join(" or ")}`);
    return scope;
  }

  /** Shows what would be written; writes it when somebody says so. */
  protected async change(changes: readonly ConfigChange[]): Promise<void> {
    const { applyChange, describeChange } = await import("../../porcelain/agents/install.ts");
    const wanted = changes.filter(({ before, after }) => before !== after);
    for (const change of wanted) this.report.info(describeChange(change));
    const written = wanted.length > 0 && (this.yes || (await this.agrees()));
    if (written) for (const change of wanted) await applyChange(change);
    const states = changes.map(({ client, file, before, after }) => ({
      client,
      file,
      state: before === after ? "unchanged" : written ? "written" : "shown",
    }));
    this.report.result(states, states.map(({ client, file, state }) => `${client}\t${state}\t${file}`).join("\n"));
    if (wanted.length > 0 && !written)
      throw new RepobaseError("usage", "nothing was written", { hint: "write it with --yes" });
  }

  private async agrees(): Promise<boolean> {
    if (!isTerminal(this.context.stdout) || (this.context.stdin as { isTTY?: boolean }).isTTY !== true) return false;
    const { confirm } = await import("@clack/prompts");
    return (await confirm({ message: "Write this?", signal: this.context.signal })) === true;
  }
}

export class McpInstallCommand extends ConfigCommand {
  static override paths = [["mcp", "install"]];
  static override usage = Command.Usage({
    category: "Agents",
    description: "Tell agents' clients of the tools: in their own configuration.",
    details: `
      Clients: claude, claude-desktop, cursor, vscode, codex, gemini, windsurf, zed. What would change is shown first, and written when you say so or with
      --yes; all else in the file stays as it is, comments too. Of a project, for those who work in it: --scope project (claude, cursor,
      vscode, gemini, zed). Other clients take what --print gives.

      ${EXIT_STATUS}
    `,
    examples: [
      ["For Claude Code and Codex, on this machine", "repobase mcp install claude codex"],
      ["For everybody who opens this folder in VS Code", "repobase mcp install vscode --scope project --repo hono"],
      ["What another client needs", "repobase mcp install cursor --print"],
    ],
  });

  print = Option.Boolean("--print", false, { description: "Only give the entry: nothing is read or written." });
  remote = Option.Boolean("--remote", false, { description: "The tools ask the server instead of the local indexes." });
  repo = Option.String("--repo", { description: "The repository that is meant where a call names none." });

  protected async run(): Promise<void> {
    const { findClient } = await import("../../porcelain/agents/clients.ts");
    const { placesOf, planChange, serverEntry } = await import("../../porcelain/agents/install.ts");
    const scope = await this.checkedScope();
    const { env, cwd } = this.context;
    const flags = [...(this.remote ? ["--remote"] : []), ...(this.repo === undefined ? [] : ["--repo", this.repo])];
    const places = placesOf(env, cwd);
    const wanted = this.clients.map((id) => {
      const client = findClient(id);
      return { client, entry: serverEntry({ client, scope, started: startedAs(), flags, env }) };
    });
    if (this.print) {
      const entries = wanted.map(({ client, entry }) => ({ client: client.id, [client.key]: { repobase: entry } }));
      return this.report.result(
        entries,
        wanted.map(({ client, entry }) => JSON.stringify({ [client.key]: { repobase: entry } }, null, 2)).join("\n"),
      );
    }
    return this.change(wanted.map(({ client, entry }) => planChange({ client, scope, places, entry })));
  }
}

export class McpUninstallCommand extends ConfigCommand {
  static override paths = [["mcp", "uninstall"]];
  static override usage = Command.Usage({
    category: "Agents",
    description: "Take the tools out of agents' clients' configuration.",
    details: `What would change is shown first, and written when you say so or with --yes.\n\n${EXIT_STATUS}`,
    examples: [["From Cursor", "repobase mcp uninstall cursor"]],
  });

  protected async run(): Promise<void> {
    const { findClient } = await import("../../porcelain/agents/clients.ts");
    const { placesOf, planChange } = await import("../../porcelain/agents/install.ts");
    const [scope, places] = [await this.checkedScope(), placesOf(this.context.env, this.context.cwd)];
    return this.change(
      this.clients.map((id) => planChange({ client: findClient(id), scope, places, entry: undefined })),
    );
  }
}
