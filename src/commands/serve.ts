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
      log: (text) => this.report.warn(text),
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
