/**
 * Credentials for a git host that asked for them. `REPOBASE_GIT_TOKEN` belongs to one host and travels over https alone; for
 * every other host, and without a token, the user's own git may know something. Asked each time, and kept nowhere.
 */
import type { Credentials } from "../../git/transport/canonical-url.ts";
import type { Environment } from "../../home/env.ts";

/** Most tokens are GitHub's; a token for another host names it in `REPOBASE_GIT_TOKEN_HOST`. */
const DEFAULT_HOST = "github.com";

/** @param url of the repository that answered 401. @returns null when nothing is known */
export async function credentialsFor(url: string, env: Environment): Promise<Credentials | null> {
  const { protocol, host } = new URL(url);
  const token = env.REPOBASE_GIT_TOKEN;
  const tokenHost = (env.REPOBASE_GIT_TOKEN_HOST || DEFAULT_HOST).toLowerCase();
  if (token && protocol === "https:" && host === tokenHost)
    return { username: env.REPOBASE_GIT_USER || "x-access-token", password: token };
  const { askGit } = await import("../../git/transport/credential-helper.ts");
  return askGit(url, env);
}
