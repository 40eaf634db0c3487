/** `repobase serve`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import { parseQuota } from "../protocol/quota.ts";
import { BaseCommand, EXIT_STATUS, parseInteger } from "./base-command.ts";

export class ServeCommand extends BaseCommand {
  static override paths = [["serve"]];
  static override usage = Command.Usage({
    category: "Cloud",
    description: "Run the server here: the same API as on Cloudflare, over a folder.",
    details: `
      At the first start a user and a key are made and printed once. Stop it with Ctrl-C.

      A request that fails for no fault of the caller is a line on stderr: method, path, HTTP status, code, message. With the
      environment variable REPOBASE_DEBUG set, the stack of the error follows.

      With a client id of an OAuth app, people sign in with GitHub: on the command line, and on the page once the environment
      variable REPOBASE_GITHUB_CLIENT_SECRET holds the app's secret. How to register the app: docs/TEAMS.md.

      Each quota may be "none". What is there already stays usable when a quota is lower.

      ${EXIT_STATUS}
    `,
    examples: [["A bucket in a folder", "repobase serve --port 8787 --data ./bucket"]],
  });

  port = Option.String("--port", "8787", { description: "TCP port; 0 takes any free one.", env: "REPOBASE_PORT" });
  host = Option.String("--host", "127.0.0.1", { description: "Address to listen on.", env: "REPOBASE_HOST" });
  data = Option.String("--data", {
    description: "Folder to serve (default: server/ in the home folder).",
    env: "REPOBASE_DATA",
  });
  rateLimit = Option.String("--rate-limit", "1200", {
    description: "Requests of one user in a minute; 0: no limit.",
    env: "REPOBASE_RATE_LIMIT",
  });
  quotaRepos = Option.String("--quota-repos", {
    description: "Repositories a user may keep, until the admin says otherwise for one (default: 10).",
    env: "REPOBASE_QUOTA_REPOS",
  });
  quotaFiles = Option.String("--quota-files", {
    description: "Files a user may keep (default: 100000).",
    env: "REPOBASE_QUOTA_FILES",
  });
  quotaBytes = Option.String("--quota-bytes", {
    description: "Bytes a user may keep, such as 500MB (default: 10GB).",
    env: "REPOBASE_QUOTA_BYTES",
  });
  signUp = Option.String("--sign-up", {
    description:
      "Who may come without an invitation: open, closed (default), or GitHub organisations, comma-separated.",
    env: "REPOBASE_SIGN_UP",
  });
  githubClientId = Option.String("--github-client-id", {
    description: "Client id of the OAuth app that people sign in with.",
    env: "REPOBASE_GITHUB_CLIENT_ID",
  });
  githubBaseUrl = Option.String("--github-base-url", {
    description: "GitHub's address, for GitHub Enterprise Server (default: https://github.com).",
    env: "REPOBASE_GITHUB_BASE_URL",
  });
  publicUrl = Option.String("--public-url", {
    description: "Where people reach this server, such as https://code.example.com, when a proxy stands before it.",
    env: "REPOBASE_PUBLIC_URL",
  });
  behindProxy = Option.Boolean("--behind-proxy", false, {
    description: "Take a client's address from the last X-Forwarded-For: only behind a proxy that sets it.",
  });
  cors = Option.Array("--cors", { description: "Allow this origin; may be repeated." });

  protected async run(): Promise<number> {
    const { serve } = await import("../porcelain/cloud/serve.ts");
    const server = await serve({
      home: this.home,
      port: parseInteger(this.port, "--port", 0, 65535),
      host: this.host,
      data: this.data ?? null,
      corsOrigins: this.cors ?? [],
      ratePerMinute: parseInteger(this.rateLimit, "--rate-limit", 0, 1_000_000),
      behindProxy: this.behindProxy,
      quota: parseQuota(
        { repos: this.quotaRepos, files: this.quotaFiles, bytes: this.quotaBytes },
        (name) => `--quota-${name}`,
      ),
      identity: {
        signUp: this.signUp,
        publicUrl: this.publicUrl,
        sessionSecret: this.context.env.REPOBASE_SESSION_SECRET,
        github: {
          baseUrl: this.githubBaseUrl,
          clientId: this.githubClientId,
          clientSecret: this.context.env.REPOBASE_GITHUB_CLIENT_SECRET,
        },
      },
      log: (text) => this.report.warn(text, { always: true }),
      debug: Boolean(this.context.env.REPOBASE_DEBUG),
    });
    this.report.result(
      {
        url: server.url,
        data: server.data,
        userId: server.firstKey?.userId,
        apiKey: server.firstKey?.apiKey,
        adminToken: server.firstKey?.adminToken,
      },
      server.firstKey
        ? `listening on ${server.url}\n  user   ${server.firstKey.userId}\n  key    ${server.firstKey.apiKey}\n  admin  ${server.firstKey.adminToken}\n` +
            "  (shown once; sign in with: repobase cloud login)"
        : `listening on ${server.url}`,
    );
    await new Promise<void>((stopped) =>
      this.context.signal.addEventListener("abort", () => stopped(), { once: true }),
    );
    await server.stop();
    return 0;
  }
}
