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
      With an API key: from the flags, REPOBASE_API_KEY, or asked for on a terminal. Or with GitHub, where the server offers it: a
      code is shown here, you type it in at GitHub on any device, and the server makes a key for this machine. The key is
      checked with the server and kept in cloud.json, readable by you alone.

      ${EXIT_STATUS}
    `,
    examples: [
      ["Interactive", "repobase cloud login"],
      ["With GitHub, to a space that you share", "repobase cloud login --github --space team"],
      ["A key that may also make keys and invite people", "repobase cloud login --github --scopes read,write,admin"],
      ["In a script", "repobase cloud login --endpoint https://api.example.com --api-key-stdin < key.txt"],
    ],
  });

  endpoint = Option.String("--endpoint", { description: "The server's base URL.", env: "REPOBASE_ENDPOINT" });
  apiKey = Option.String("--api-key", {
    description: "The key (it is visible to others in the process list: prefer the environment).",
    env: "REPOBASE_API_KEY",
  });
  apiKeyStdin = Option.Boolean("--api-key-stdin", false, { description: "Read the key from standard input." });

  github = Option.Boolean("--github", false, { description: "Sign in with GitHub: a code is shown to type in there." });
  space = Option.String("--space", { description: "With GitHub: the space to work in (default: your own)." });
  invitation = Option.String("--invitation", { description: "With GitHub: the token of an invitation to accept." });
  label = Option.String("--label", {
    description: "With GitHub: what the key is called (default: this machine's name).",
  });
  scopes = Option.String("--scopes", {
    description: "With GitHub: what the key may do: of read, write, notify, admin (default: read,write).",
  });
  expires = Option.String("--expires", { description: "With GitHub: the key ends then: a day or a time." });

  /** Each of them means nothing beside an API key. */
  private get gitHubFlags(): readonly (string | undefined)[] {
    return [this.space, this.invitation, this.label, this.scopes, this.expires];
  }

  protected async run(): Promise<void> {
    const typed = this.apiKeyStdin ? (await readAll(this.context.stdin)).trim() : this.apiKey;
    const withGitHub = this.github || this.gitHubFlags.some((flag) => flag !== undefined);
    if (withGitHub && (this.apiKeyStdin || (this.apiKey && !this.context.env.REPOBASE_API_KEY)))
      throw new RepobaseError("usage", "an API key and a sign-in with GitHub exclude each other");
    const endpoint = this.endpoint || (await this.ask("the endpoint", askServer));
    if (withGitHub || (!typed && (await this.offersGitHub(endpoint)))) return this.signIn(endpoint);
    const apiKey = typed || (await this.ask("the API key", askKey));
    const { login } = await import("../../porcelain/cloud/cloud.ts");
    const who = await login({ home: this.home, endpoint, apiKey, signal: this.context.signal });
    this.report.result(who, `signed in to ${who.endpoint} as ${who.userId}`);
  }

  /** Asked only where somebody is there to type a code in. */
  private async offersGitHub(endpoint: string): Promise<boolean> {
    if (!this.isAttended()) return false;
    const { fetchAuth } = await import("../../porcelain/cloud/device-login.ts");
    const { github } = await fetchAuth({ home: this.home, endpoint, signal: this.context.signal });
    return github?.device === true;
  }

  private async signIn(endpoint: string): Promise<void> {
    const { deviceLogin } = await import("../../porcelain/cloud/device-login.ts");
    const { hostname } = await import("node:os");
    const { home, space, invitation, expires, label = `repobase on ${hostname()}` } = this;
    const scopes = this.scopes?.split(",").map((scope) => scope.trim());
    const who = await deviceLogin({
      home,
      endpoint,
      signal: this.context.signal,
      wanted: { label, scopes, expires, space, invitation },
      onCode: ({ userCode, verificationUri, expiresIn }) =>
        this.report.request(
          `open ${verificationUri} and type in this code: ${userCode}  (good for ${Math.round(expiresIn / 60)} minutes)`,
          { userCode, verificationUri, expiresIn },
        ),
    });
    this.report.result(who, `signed in to ${who.endpoint} as ${who.login}, in the space ${who.userId}`);
  }

  private isAttended(): boolean {
    return isTerminal(this.context.stdout) && (this.context.stdin as { isTTY?: boolean }).isTTY === true;
  }

  private async ask(what: string, question: (signal: AbortSignal) => Promise<string | symbol>): Promise<string> {
    if (!this.isAttended())
      throw new RepobaseError("usage", `${what} is missing`, {
        hint: "give --endpoint and --api-key-stdin, or set REPOBASE_ENDPOINT and REPOBASE_API_KEY; or sign in with --github",
      });
    const answer = await question(this.context.signal);
    if (typeof answer !== "string") throw new RepobaseError("interrupted", "login cancelled");
    return answer.trim();
  }
}

async function askServer(signal: AbortSignal): Promise<string | symbol> {
  const { text } = await import("@clack/prompts");
  return text({ message: "Server", placeholder: "https://repobase.example.workers.dev", signal });
}

async function askKey(signal: AbortSignal): Promise<string | symbol> {
  const { password } = await import("@clack/prompts");
  return password({ message: "API key", signal });
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString("utf8");
}
