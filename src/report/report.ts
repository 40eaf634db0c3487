/**
 * The only way out to the terminal. Results go to stdout, messages to stderr. Text or JSON is chosen once, here: a
 * command says the same thing in both forms at one place and never asks which is wanted. What goes to a terminal has its
 * control characters made visible (visible.ts); pipes, files and JSON get it exactly.
 */
import { isRepobaseError, ERROR_TABLE, type ErrorCode } from "../protocol/errors.ts";
import type { TableColumn } from "./table.ts";
import { hasUnicode } from "./terminal-kind.ts";
import { NEXT_STEPS } from "./next-step.ts";
import { type Output, type Progress, progressOn, type ProgressStep } from "./progress.ts";
import { plainStyle, type Style, Terminal } from "./style.ts";
import { makeNameVisible, makeVisible } from "../text/visible.ts";

/**
 * How much is said beside the answer and errors. `quiet`: nothing, unless somebody must act for the command to go on. `verbose`:
 * also what is done and why.
 */
export const VERBOSITIES = ["quiet", "normal", "verbose"] as const;
export type Verbosity = (typeof VERBOSITIES)[number];

export type { Output } from "./progress.ts";

export interface ReportOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly json: boolean;
  readonly verbosity: Verbosity;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export class Report {
  readonly json: boolean;
  /** Colours and links of stdout; the identity where it is no terminal. */
  readonly style: Style;
  private readonly progressShown: Progress | undefined;
  /** stdout, where it is one. */
  private readonly terminal: Terminal | undefined;

  constructor(private readonly options: ReportOptions) {
    this.json = options.json;
    this.terminal = isTerminal(options.stdout) ? new Terminal(!options.env.NO_COLOR) : undefined;
    this.style = this.terminal?.style ?? plainStyle;
    if (!options.json && options.verbosity !== "quiet") this.progressShown = progressOn(options.stderr, options.env);
  }

  /** The command's answer: `text` lines for people, one JSON document for machines. */
  result(value: unknown, text: string): void {
    this.progressShown?.clear();
    if (this.json) this.options.stdout.write(`${JSON.stringify(value)}\n`);
    else if (text !== "") this.print(text.endsWith("\n") ? text : `${text}\n`);
  }

  /**
   * An answer in rows: on a terminal a table with titles, elsewhere `plain`, which scripts cut.
   * @param of.columns, of.rows see table.ts @param of.notes lines below the table
   */
  async table(
    value: unknown,
    of: {
      readonly columns: readonly TableColumn[];
      readonly rows: readonly (readonly string[])[];
      readonly plain: string;
      readonly notes?: readonly string[];
    },
  ): Promise<void> {
    if (!this.terminal || this.json || of.rows.length === 0) return this.result(value, of.plain);
    const { formatTable } = await import("./table.ts");
    const width = this.options.stdout.columns || DEFAULT_COLUMNS;
    const more = hasUnicode(this.options.env) ? "…" : "~";
    const table = formatTable({ ...of, width, style: this.style, more });
    this.result(value, table + (of.notes ?? []).map((note) => `${note}\n`).join(""));
  }

  /** Bytes as they are, for plumbing; a terminal gets them as text. */
  raw(bytes: Uint8Array | string): void {
    if (!this.terminal) this.options.stdout.write(bytes);
    else this.print(typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes));
  }

  /** A part of an answer that comes piece by piece. With --json the whole comes at the end, by `result`. */
  print(text: string): void {
    this.progressShown?.clear();
    this.options.stdout.write(this.terminal ? this.terminal.show(text) : text);
  }

  /** A message on stderr. */
  private say(text: string): void {
    this.options.stderr.write(isTerminal(this.options.stderr) ? makeVisible(text) : text);
  }

  get isVerbose(): boolean {
    return this.options.verbosity === "verbose";
  }

  /** What is done and why, for who asked to hear it: a line. Never a key or a token. */
  detail(text: string): void {
    if (!this.isVerbose) return;
    this.progressShown?.clear();
    if (this.json) this.options.stderr.write(`${JSON.stringify({ type: "detail", message: text })}\n`);
    else this.say(`${this.oneLine(text, "failure")}\n`);
  }

  /** A remark for people. */
  info(text: string): void {
    if (this.options.verbosity === "quiet" || this.json) return;
    this.progressShown?.clear();
    this.say(`${text}\n`);
  }

  /** Something the user should know although the command goes on. @param of.always: with --quiet too: it says why the exit code is no 0 */
  warn(text: string, of: { readonly always: boolean } = { always: false }): void {
    if (this.options.verbosity === "quiet" && !of.always) return;
    this.progressShown?.clear();
    if (this.json) this.options.stderr.write(`${JSON.stringify({ type: "warning", message: text })}\n`);
    else this.say(`warning: ${text}\n`);
  }

  /** What somebody must do for the command to go on. Also said with --quiet. */
  request(text: string, fields: Readonly<Record<string, unknown>>): void {
    this.progressShown?.clear();
    if (this.json) this.options.stderr.write(`${JSON.stringify({ type: "request", message: text, ...fields })}\n`);
    else this.say(`${text}\n`);
  }

  progress(step: ProgressStep): void {
    this.progressShown?.show(step);
  }

  /** The error, once, on stderr. @returns the exit code */
  error(error: unknown): number {
    this.progressShown?.clear();
    const code: ErrorCode = isRepobaseError(error) ? error.code : "failure";
    const exitCode = ERROR_TABLE[code].exit;
    const message = error instanceof Error ? error.message : String(error);
    const hint = (isRepobaseError(error) ? error.hint : undefined) ?? NEXT_STEPS[code] ?? undefined;
    if (this.json) {
      const fields = isRepobaseError(error) ? error.fields : {};
      this.options.stderr.write(`${JSON.stringify({ type: "error", code, exitCode, message, hint, ...fields })}\n`);
    } else {
      this.say(`error: ${this.oneLine(message, code)}${hint ? `\n  hint: ${hint}` : ""}\n`);
      if (this.isVerbose) for (const cause of causesOf(error)) this.say(`  because: ${makeNameVisible(cause)}\n`);
      const unexpected = error instanceof Error && !isRepobaseError(error) ? error : undefined;
      if (unexpected && this.options.env.REPOBASE_DEBUG) this.say(`${unexpected.stack}\n`);
    }
    return exitCode;
  }

  /** Only a usage error has several lines of ours; elsewhere a line feed came with a name. */
  private oneLine(message: string, code: ErrorCode): string {
    return code !== "usage" && isTerminal(this.options.stderr) ? makeNameVisible(message) : message;
  }
}

/** What was behind it, the nearest first. */
function causesOf(error: unknown): readonly string[] {
  const causes: string[] = [];
  for (let at = error; at instanceof Error && at.cause instanceof Error && causes.length < 5; at = at.cause)
    causes.push(at.cause.message);
  return causes;
}

const DEFAULT_COLUMNS = 80;

export const isTerminal = (stream: Output): boolean => stream.isTTY === true;
