/**
 * What every command shares: the common flags, and the one place where an error becomes text and an exit code.
 * (clipanion itself would print errors to stdout and exit 1.)
 */
import { Command, Option, UsageError } from "clipanion";
import type { BaseContext } from "clipanion";
import { Home } from "../home/home.ts";
import { EXIT_CODES, RepobaseError } from "../protocol/errors.ts";
import { Report, VERBOSITIES, type Verbosity } from "../report/report.ts";
import type { DirectInput } from "./direct/direct-input.ts";
import { explainedError } from "./direct/explained-error.ts";

export interface Context extends BaseContext {
  readonly cwd: string;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Exit code the signal asks for: 130 or 143. */
  readonly signalExitCode: () => number;
  /** Does a command's name begin so? */
  readonly isCommandWord: (word: string) => boolean;
}

/**
 * How long an interrupted command may take to end in good order. What does not end by then (a native call, a read of
 * standard input) is left where it stands: files are written whole or not at all, and locks go with the process.
 */
const GRACE_MS = 100;

export abstract class BaseCommand extends Command<Context> {
  json = Option.Boolean("--json", false, { description: "Answer in JSON." });
  quiet = Option.Boolean("-q,--quiet", false, { description: "Only the answer and errors." });
  verbose = Option.Boolean("-v,--verbose", false, { description: "Also what is done and why, on standard error." });

  protected get report(): Report {
    this.cachedReport ??= new Report({
      stdout: this.context.stdout,
      stderr: this.context.stderr,
      env: this.context.env,
      json: this.json,
      verbosity: this.verbosity ?? "normal",
    });
    return this.cachedReport;
  }
  private cachedReport: Report | undefined;

  /** By the flags, else by REPOBASE_VERBOSITY; undefined: that is none of the words. */
  private get verbosity(): Verbosity | undefined {
    if (this.quiet) return "quiet";
    if (this.verbose) return "verbose";
    const { REPOBASE_VERBOSITY: word = "" } = this.context.env;
    return word === "" ? "normal" : VERBOSITIES.find((each) => each === word);
  }

  /** Opened at use: help and usage errors must not make a folder. */
  protected get home(): Home {
    const { report } = this;
    const isHeard = report.isVerbose && !this.ownsScreen;
    this.cachedHome ??= Home.open(this.context.env, isHeard ? (text) => report.detail(text) : undefined);
    return this.cachedHome;
  }
  private cachedHome: Home | undefined;

  /** It draws on the terminal: a line of ours would spoil the picture. */
  protected readonly ownsScreen: boolean = false;

  /** For work that also runs without a parser. @param words without those of `undefined` */
  protected directInput(words: readonly (string | undefined)[], nul = false): DirectInput {
    return {
      words: words.filter((word) => word !== undefined),
      report: this.report,
      nul,
      cwd: this.context.cwd,
      home: async () => this.home,
      config: async () => this.home.config(),
    };
  }

  /** @returns exit code; nothing: 0 */
  protected abstract run(): Promise<number | void>;

  override async execute(): Promise<number | void> {
    if (this.quiet && this.verbose) throw new UsageError("--quiet and --verbose exclude each other");
    if (this.verbosity === undefined)
      throw new UsageError(`REPOBASE_VERBOSITY must be one of ${VERBOSITIES.join(", ")}`);
    return this.run();
  }

  override async validateAndExecute(): Promise<number> {
    try {
      return await untilGraceIsOver(super.validateAndExecute(), this.context.signal);
    } catch (error) {
      if (this.context.signal.aborted) {
        this.report.error(new RepobaseError("interrupted", "interrupted; run the same command again to go on"));
        return this.context.signalExitCode();
      }
      const ours = error instanceof UsageError ? new RepobaseError("usage", error.message) : error;
      return this.report.error(explainedError(ours, this.path.join(" ")));
    }
  }
}

/** What `work` gives; or a refusal, GRACE_MS after the signal was aborted. */
async function untilGraceIsOver<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: graceIsOver, reject } = Promise.withResolvers<never>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onAbort = () => (timer = setTimeout(() => reject(signal.reason), GRACE_MS));
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, graceIsOver]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

/** A flag's number. @throws RepobaseError `usage` */
export function parseInteger(text: string, flag: string, min: number, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max)
    throw new RepobaseError("usage", `${flag} must be a whole number from ${min} to ${max}, not "${text}"`);
  return value;
}

/** Shown at the end of every help text; the two signals are one entry. */
export const EXIT_STATUS = `Exit status: ${Object.entries(EXIT_CODES)
  .filter(([code]) => Number(code) < 128)
  .map(([code, { word }]) => `${code} ${word}`)
  .join(", ")}, 130/143 signals.`;
