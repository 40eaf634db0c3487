/**
 * What the user's own git knows of a host: `git credential fill` asks the helpers that the user's and the system's
 * configuration name (keychains, managers, stores). Nobody is prompted, nothing is stored, and it never takes long.
 */
import { tmpdir } from "node:os";
import type { Credentials } from "./canonical-url.ts";

/** A helper may ask a keychain or the network. */
const PATIENCE_MS = 10_000;

/**
 * @param url https: helpers are not asked for anything that would then travel in the clear
 * @param env of the user: where git, its configuration and its helpers are found
 * @returns null where git is not installed, knows nothing, or took too long
 */
export async function askGit(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
  patienceMs = PATIENCE_MS,
): Promise<Credentials | null> {
  const { protocol, host, pathname } = new URL(url);
  const git = Bun.which("git", { PATH: env.PATH ?? "" });
  const path = (decoded(pathname) ?? pathname).slice(1);
  // a line feed would start another question, about another host
  // oxlint-disable-next-line no-control-regex
  if (protocol !== "https:" || git === null || /[\u0000-\u001f]/.test(path)) return null;
  const { GIT_DIR: _dir, GIT_WORK_TREE: _tree, GIT_CONFIG_PARAMETERS: _set, GIT_CONFIG_COUNT: _count, ...own } = env;
  try {
    const child = Bun.spawn([git, "credential", "fill"], {
      // a repository around the current folder may belong to a stranger, and a helper is a command
      cwd: tmpdir(),
      env: {
        ...own,
        GIT_CEILING_DIRECTORIES: tmpdir(),
        GIT_TERMINAL_PROMPT: "0",
        GIT_ASKPASS: "",
        SSH_ASKPASS: "",
        GCM_INTERACTIVE: "never",
      },
      stdin: Buffer.from(`protocol=https\nhost=${host}\npath=${path}\n\n`),
      stdout: "pipe",
      stderr: "ignore",
      timeout: patienceMs,
      killSignal: "SIGKILL",
    });
    const answer = await Promise.race([
      new Response(child.stdout).text(),
      child.exited.then(() => Bun.sleep(100)).then(() => ""), // a helper of a killed git may hold the pipe open
    ]);
    return (await child.exited) === 0 ? parseAnswer(answer) : null;
  } catch {
    return null; // a git that cannot be run is none
  }
}

/** `key=value` lines. */
function parseAnswer(text: string): Credentials | null {
  const values = new Map(
    text.split("\n").flatMap((line): [string, string][] => {
      const at = line.indexOf("=");
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
    }),
  );
  const [username, password] = [values.get("username"), values.get("password")];
  return username === undefined || password === undefined ? null : { username, password };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // a lone percent sign
  }
}
