/** Writes a folder that is a git repository of one commit, the same commit id wherever it is made. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export async function writeTree(dir: string, files: ReadonlyMap<string, Uint8Array | string>): Promise<void> {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  for (const [path, contents] of files) {
    const target = join(dir, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, contents);
  }
  await git(dir, "init", "--quiet", "--initial-branch=main");
  // attributes and ignore rules of the repository are its own matter: every file is committed as it is
  await git(dir, "-c", "core.autocrlf=false", "add", "--force", "--all");
  await git(dir, "commit", "--quiet", "--no-verify", "--message", "snapshot");
}

async function git(dir: string, ...args: string[]): Promise<void> {
  const date = "2026-01-01T00:00:00Z";
  const who = { name: "repobase", email: "repobase@localhost" };
  const env = {
    ...process.env,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_SYSTEM: "/dev/null",
    GIT_AUTHOR_NAME: who.name,
    GIT_AUTHOR_EMAIL: who.email,
    GIT_COMMITTER_NAME: who.name,
    GIT_COMMITTER_EMAIL: who.email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_DATE: date,
  };
  const child = Bun.spawn(["git", "-C", dir, ...args], { env, stdout: "ignore", stderr: "pipe" });
  const [err, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  if (code !== 0) throw new Error(`git ${args.join(" ")} in ${dir}: ${err}`);
}
