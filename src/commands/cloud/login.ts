/** `repobase cloud login`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { RepobaseError } from "../../protocol/errors.ts";
import { isTerminal } from "../../report/report.ts";
import { BaseCommand, EXIT_STATUS } from "../base-command.ts";

export class CloudLoginCommand extends BaseCommand {
  static override paths = [["cloud", "login"]];
  static override usage = Command.Usage({
    category: "Cloud",
    description: "Connect this machine to a server.",
    details: `
      Asks on a terminal; elsewhere give flags or REPOBASE_ENDPOINT and REPOBASE_API_KEY. The key is checked with the
      server first and kept in cloud.json, readable by you alone.

      ${EXIT_STATUS}
    `,
    examples: [
      ["Interactive", "repobase cloud login"],
      ["In a script", "repobase cloud login --endpoint https://api.example.com --api-key-stdin < key.txt"],
    ],
  });

  endpoint = Option.String("--endpoint", { description: "The server's base URL.", env: "REPOBASE_ENDPOINT" });
  apiKey = Option.String("--api-key", {
    description: "The key (it is visible to others in the process list: prefer the environment).",
    env: "REPOBASE_API_KEY",
  });
  apiKeyStdin = Option.Boolean("--api-key-stdin", false, { description: "Read the key from standard input." });

  protected async run(): Promise<void> {
    const { login } = await import("../../porcelain/cloud/cloud.ts");
    const typed = this.apiKeyStdin ? (await readAll(this.context.stdin)).trim() : this.apiKey;
    const { endpoint, apiKey } = await this.complete(this.endpoint, typed);
    const who = await login({ home: this.home, endpoint, apiKey, signal: this.context.signal });
    this.report.result(who, `signed in to ${who.endpoint} as ${who.userId}`);
  }

  private async complete(endpoint: string | undefined, apiKey: string | undefined) {
    if (endpoint && apiKey) return { endpoint, apiKey };
    if (!isTerminal(this.context.stdout) || (this.context.stdin as { isTTY?: boolean }).isTTY !== true)
      throw new RepobaseError("usage", `${endpoint ? "the API key" : "the endpoint"} is missing`, {
        hint: "give --endpoint and --api-key-stdin, or set REPOBASE_ENDPOINT and REPOBASE_API_KEY",
      });
    const prompts = await import("@clack/prompts");
    const ask = async (given: string | undefined, question: () => Promise<string | symbol>): Promise<string> => {
      if (given) return given;
      const answer = await question();
      if (typeof answer !== "string") throw new RepobaseError("interrupted", "login cancelled");
      return answer.trim();
    };
    const { signal } = this.context;
    prompts.intro("repobase cloud login");
    const url = await ask(endpoint, () =>
      prompts.text({ message: "Server", placeholder: "https://repobase.example.workers.dev", signal }),
    );
    const key = await ask(apiKey, () => prompts.password({ message: "API key", signal }));
    return { endpoint: url, apiKey: key };
  }
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString("utf8");
}
