/**
 * The only way out to the terminal. stdout is data, stderr is talk. Text or JSON is chosen once, here: a command says
 * the same thing in both forms at one place and never asks which is wanted.
 */
import type { Writable } from "node:stream";
import { isRepobaseError, ERROR_TABLE, type ErrorCode } from "../protocol/errors.ts";
import { ProgressLine, type ProgressStep } from "./progress.ts";
import { plainStyle, type Style, terminalStyle } from "./style.ts";

export interface ReportOptions {
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export class Report {
  readonly json: boolean;
  /** Colours and links of stdout; the identity where it is no terminal. */
  readonly style: Style;
  private readonly progressLine: ProgressLine | undefined;

  constructor(private readonly options: ReportOptions) {
    this.json = options.json;
    this.style = isTerminal(options.stdout) && !options.env.NO_COLOR ? terminalStyle : plainStyle;
    const progress = isTerminal(options.stderr) && !options.json && !options.quiet;
    this.progressLine = progress ? new ProgressLine(options.stderr) : undefined;
  }

  /** The command's answer: `text` lines for people, one JSON document for machines. */
  result(value: unknown, text: string): void {
    this.progressLine?.clear();
    if (this.json) this.options.stdout.write(`${JSON.stringify(value)}\n`);
    else if (text !== "") this.options.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
  }

  /** Bytes as they are, for plumbing. */
  raw(bytes: Uint8Array | string): void {
    this.options.stdout.write(bytes);
  }

  /** A remark for people. */
  info(text: string): void {
    if (this.options.quiet || this.json) return;
    this.progressLine?.clear();
    this.options.stderr.write(`${text}\n`);
  }

  /** Something the user should know although the command goes on. Also said with --quiet. */
  warn(text: string): void {
    this.progressLine?.clear();
    this.options.stderr.write(
      this.json ? `${JSON.stringify({ type: "warning", message: text })}\n` : `warning: ${text}\n`,
    );
  }

  progress(step: ProgressStep): void {
    this.progressLine?.show(step);
  }

  /** The error, once, on stderr. @returns the exit code */
  error(error: unknown): number {
    this.progressLine?.clear();
    const code: ErrorCode = isRepobaseError(error) ? error.code : "failure";
    const exitCode = ERROR_TABLE[code].exit;
    const message = error instanceof Error ? error.message : String(error);
    const hint = isRepobaseError(error) ? error.hint : undefined;
    if (this.json) {
      const fields = isRepobaseError(error) ? error.fields : {};
      this.options.stderr.write(`${JSON.stringify({ type: "error", code, exitCode, message, hint, ...fields })}\n`);
    } else {
      this.options.stderr.write(`error: ${message}${hint ? `\n  hint: ${hint}` : ""}\n`);
      const unexpected = error instanceof Error && !isRepobaseError(error) ? error : undefined;
      if (unexpected && this.options.env.REPOBASE_DEBUG) this.options.stderr.write(`${unexpected.stack}\n`);
    }
    return exitCode;
  }
}

export const isTerminal = (stream: Writable): boolean => (stream as { isTTY?: boolean }).isTTY === true;
