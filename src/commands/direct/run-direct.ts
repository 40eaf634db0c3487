/**
 * Runs a plain command over the file descriptors of this process. It holds no lock and leaves nothing half done, so a signal may end it
 * where it stands: there is no handler.
 */
import { join } from "node:path";
import { RepobaseError } from "../../protocol/errors.ts";
import { CONFIG_KEY } from "../../protocol/keys.ts";
import { type Output, Report } from "../../report/report.ts";
import { isTerminalAt, outputError, writeAll } from "./file-descriptors.ts";
import { explainedError } from "./explained-error.ts";
import type { DirectCall } from "./direct-commands.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @returns exit code; undefined: it needs what only a command line has. An output is closed, or of a kind that only the runtime's own
 * streams know; or more is to be said than the answer.
 */
export async function runDirect(call: DirectCall, env: Environment): Promise<number | undefined> {
  if (env.REPOBASE_VERBOSITY) return undefined;
  const [stdout, stderr] = [DirectOutput.open(1), DirectOutput.open(2)];
  if (stdout === undefined || stderr === undefined) return undefined;
  return answerDirectly(call, { stdout, stderr, env, cwd: process.cwd() });
}

export interface DirectSurroundings {
  /** `failed`: why its last write was refused. */
  readonly stdout: Output & { readonly failed?: NodeJS.ErrnoException | undefined };
  readonly stderr: Output;
  readonly env: Environment;
  readonly cwd: string;
}

/** @returns exit code */
export async function answerDirectly(
  { name, command, words, flags }: DirectCall,
  of: DirectSurroundings,
): Promise<number> {
  const { stdout, stderr, env, cwd } = of;
  const verbosity = flags.has("-q") || flags.has("--quiet") ? "quiet" : "normal";
  const report = new Report({ stdout, stderr, env, json: flags.has("--json"), verbosity });
  const home = async () => (await import("../../home/home.ts")).Home.open(env);
  const config = async () => {
    const { homeFolder } = await import("../../home/home-folder.ts");
    const { readConfig } = await import("../../home/read-config.ts");
    return readConfig(join(homeFolder(env), CONFIG_KEY));
  };
  try {
    const work = await command.load();
    return (await work({ words, report, nul: flags.has("-z"), cwd, home, config })) ?? 0;
  } catch (error) {
    const { failed } = stdout;
    if (failed !== undefined) return failed.code === "EPIPE" ? 0 : report.error(outputError(failed));
    return report.error(explainedError(error, name));
  }
}

class DirectOutput {
  failed: NodeJS.ErrnoException | undefined;

  private constructor(
    private readonly fd: 1 | 2,
    readonly isTTY: boolean,
  ) {}

  static open(fd: 1 | 2): DirectOutput | undefined {
    const isTTY = isTerminalAt(fd);
    return isTTY === undefined ? undefined : new DirectOutput(fd, isTTY);
  }

  /** @throws RepobaseError when stdout does not take it; nobody could be told that stderr does not */
  write(part: Uint8Array | string): void {
    try {
      writeAll(this.fd, typeof part === "string" ? new TextEncoder().encode(part) : part);
    } catch (cause) {
      this.failed = cause as NodeJS.ErrnoException;
      if (this.fd === 1) throw new RepobaseError("failure", "stdout is closed", { cause });
    }
  }
}
