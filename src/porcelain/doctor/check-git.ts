/** The git of this machine: only credentials and hooks need it, but what it refuses puzzles people. */
import { lstatSync } from "node:fs";
import type { Config } from "../../home/config.ts";
import type { Environment } from "../../home/env.ts";
import { type Finding, findingsOf, quoted } from "./finding.ts";

const { ok, warning } = findingsOf("git");

export function* checkGit(config: Config | undefined, env: Environment): Generator<Finding> {
  const git = Bun.which("git", { PATH: env.PATH ?? "" });
  const repos = config?.repos ?? [];
  const clones = repos.filter(({ source }) => source.kind === "git").length;
  if (git === null) {
    yield warning(
      "program",
      "git is not on the PATH; only its credential helpers and hooks need it",
      "install git, or for private repositories set REPOBASE_GIT_TOKEN",
    );
    return;
  }
  const run = (...words: string[]): string => {
    const { stdout } = Bun.spawnSync([git, ...words], { env, stderr: "ignore", stdin: "ignore" });
    return stdout.toString().trim();
  };
  yield ok("program", `${run("--version")}, ${git}`);
  const helpers = run("config", "--get-all", "credential.helper").split("\n").filter(Boolean);
  if (env.REPOBASE_GIT_TOKEN)
    yield ok("credentials", `REPOBASE_GIT_TOKEN is set for ${env.REPOBASE_GIT_TOKEN_HOST || "github.com"}`);
  else if (helpers.length > 0) yield ok("credentials", `git asks: ${helpers.join(", ")}`);
  else if (clones > 0)
    yield warning(
      "credentials",
      "git has no credential helper, so private repositories cannot be fetched",
      "git config --global credential.helper cache, or set REPOBASE_GIT_TOKEN",
    );
  else yield ok("credentials", "git has no credential helper; public repositories and folders need none");
  yield* checkOwners(repos, run("config", "--global", "--get-all", "safe.directory").split("\n"));
}

/** git refuses a folder of another user unless it is told that it is safe; Repobase reads it, but hooks and helpers run git. */
function* checkOwners(repos: Config["repos"], safe: readonly string[]): Generator<Finding> {
  const own = process.getuid?.();
  for (const { source } of repos) {
    if (source.kind !== "folder" || own === undefined) continue;
    const uid = lstatSync(source.path, { throwIfNoEntry: false })?.uid;
    if (uid === undefined || uid === own || safe.includes("*") || safe.includes(source.path)) continue;
    yield warning(
      "safe-directory",
      `${source.path} belongs to another user, and git refuses to work there`,
      `git config --global --add safe.directory ${quoted(source.path)}`,
    );
  }
}
