/**
 * A command line -> command -> exit code, and the only place that touches the process's signals. Commands are small classes; what is
 * heavy (native modules, git, the parser) loads inside them, at use.
 */
import { Cli, type CommandClass } from "clipanion";
import type { Context } from "./commands/base-command.ts";
import { isCommandWord, loadAllCommands, loadOnlyCommand } from "./commands/load-commands.ts";
import { outputError } from "./commands/direct/file-descriptors.ts";
import { standardInput, standardOutput } from "./commands/standard-streams.ts";
import { explainUsageError } from "./commands/usage-error.ts";
import { commandMeant, useSettings } from "./commands/use-settings.ts";
import { ERROR_TABLE, RepobaseError } from "./protocol/errors.ts";
import { Report } from "./report/report.ts";
import { restartTuned } from "./restart-tuned.ts";
import { version } from "./version.ts";

export async function main(
  typed: string[],
  given: Omit<Context, "signal" | "signalExitCode" | "isCommandWord">,
): Promise<number> {
  const empty = typed.indexOf("");
  // an unset variable in a script: what stands for "the current folder" or "all" elsewhere must not be guessed
  if (empty >= 0)
    return new Report({ ...given, json: typed.includes("--json"), verbosity: "normal" }).error(
      new RepobaseError("usage", `argument ${empty + 1} is empty`, { hint: "is a variable unset?" }),
    );
  let set;
  try {
    set = await useSettings(typed, given);
  } catch (error) {
    return new Report({ ...given, json: typed.includes("--json"), verbosity: "normal" }).error(error);
  }
  const { argv, env } = set;
  const base = { ...given, env };
  const only = await loadOnlyCommand(argv);
  const interrupt = new AbortController();
  let signalExitCode: number = ERROR_TABLE.interrupted.exit;
  const onSignal = (code: number) => () => {
    if (interrupt.signal.aborted) process.exit(code); // the second signal: at once
    signalExitCode = code;
    interrupt.abort();
  };
  const onInt = onSignal(130);
  const onTerm = onSignal(143);
  process.on("SIGINT", onInt);
  process.on("SIGTERM", onTerm);
  const context: Context = { ...base, signal: interrupt.signal, signalExitCode: () => signalExitCode, isCommandWord };
  try {
    const { cli, command } =
      (only && tryParse(makeCli([only]), argv, context)) ?? parse(makeCli(await loadAllCommands()), argv, context);
    return await cli.run(command, context);
  } catch (error) {
    const explained = explainUsageError(error, only && makeCli([only]).definitions()[0]);
    if (explained !== undefined)
      return new Report({ ...base, json: argv.includes("--json"), verbosity: "normal" }).error(explained);
    throw error;
  } finally {
    process.off("SIGINT", onInt);
    process.off("SIGTERM", onTerm);
  }
}

function makeCli(commands: readonly CommandClass<Context>[]): Cli<Context> {
  const cli = new Cli<Context>({
    binaryName: "repobase",
    binaryLabel: "repobase: git for code indexes",
    binaryVersion: version,
    enableColors: false,
  });
  for (const command of commands) cli.register(command);
  return cli;
}

/** Apart from run(): words that fit no command belong on stderr with exit code 2. */
const parse = (cli: Cli<Context>, argv: string[], context: Context) => ({ cli, command: cli.process(argv, context) });

/** undefined: the words do not fit. Then every command has a say in what is wrong with them. */
function tryParse(cli: Cli<Context>, argv: string[], context: Context): ReturnType<typeof parse> | undefined {
  try {
    return parse(cli, argv, context);
  } catch (error) {
    if (explainUsageError(error) === undefined) throw error;
    return undefined;
  }
}

const SIGNAL_EXITS: ReadonlySet<number> = new Set([130, 143]);
/** For the last words of an interrupted command, where nobody may be reading. */
const LAST_BYTES_MS = 50;

/** Over the streams of this process. @returns the exit code, once the last byte is out */
export async function runHere(argv: string[], env: Context["env"]): Promise<number> {
  // an alias of it
  if ((await commandMeant(argv, env)) === "add") restartTuned(argv);
  const [stdin, stdout, stderr] = [standardInput(), standardOutput(1), standardOutput(2)];
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    // a reader that closes early (`| head`) is no failure of ours; an answer that could not be written is one
    if (error.code === "EPIPE") process.exit(0);
    process.exit(new Report({ stdout, stderr, json: false, verbosity: "normal", env }).error(outputError(error)));
  });
  const code = await main(argv, { stdin, stdout, stderr, env, colorDepth: 1, cwd: process.cwd() });
  // the caller exits at once, not when native threads have wound down
  const written = Promise.all([stdout, stderr].map((stream) => new Promise((done) => stream.write("", done))));
  await (SIGNAL_EXITS.has(code) ? Promise.race([written, Bun.sleep(LAST_BYTES_MS)]) : written);
  return code;
}
