/** `repobase mcp`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { isOn } from "../../report/terminal-kind.ts";
import { BaseCommand, EXIT_STATUS } from "../base-command.ts";

export class McpCommand extends BaseCommand {
  static override paths = [["mcp"]];
  static override usage = Command.Usage({
    category: "Agents",
    description: "Serve the indexes to an agent (Model Context Protocol over stdio).",
    details: `
      Agents start this themselves, once "repobase mcp install" has told them. Four read-only tools: search, read, list, status; every
      answer keeps within a number of tokens. Messages go in and out a line each, and the end of the input ends it. With --remote
      your server is asked; agents that speak HTTP can ask it without this program, at POST /mcp.

      With --watch the indexes follow the folders of this machine for as long as the agent runs, as with "repobase watch": an answer
      knows what was saved a second ago. What goes wrong there is said on stderr.

      ${EXIT_STATUS}
    `,
    examples: [
      ["The indexes of this machine", "repobase mcp"],
      ["And keep them up to date while the agent edits", "repobase mcp --watch"],
      ["The server's, for one repository unless a call names another", "repobase mcp --remote --repo hono"],
    ],
  });

  remote = Option.Boolean("--remote", false, { description: "Ask the server instead of the local indexes." });
  repo = Option.String("--repo", { description: "The repository that is meant where a call names none." });

  watch = Option.Boolean("--watch", {
    description: "Keep the indexes of all folders up to date meanwhile (REPOBASE_MCP_WATCH).",
  });

  protected async run(): Promise<void> {
    const { serveTools } = await import("../../porcelain/agents/serve-tools.ts");
    const { stdin, stdout, cwd, signal } = this.context;
    await serveTools({
      home: this.home,
      cwd,
      remote: this.remote,
      repo: this.repo,
      watch: this.watch ?? isOn(this.home.env.REPOBASE_MCP_WATCH),
      stdin,
      stdout,
      warn: (text) => this.report.warn(text, { always: true }),
      signal,
    });
  }
}
