/** What the work of a command is given, by a parser or without one. */
import type { Report } from "../../report/report.ts";
import type { Config } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";

export interface DirectInput {
  /** After the command's name, without the flags. */
  readonly words: readonly string[];
  readonly report: Report;
  /** `-z` */
  readonly nul: boolean;
  readonly cwd: string;
  /** Opened at the first call, and made where it is not. */
  readonly home: () => Promise<Home>;
  /** Of the home folder, which this neither makes nor opens. */
  readonly config: () => Promise<Config>;
}

/** @returns exit code; nothing: 0 */
export type DirectWork = (input: DirectInput) => Promise<number | void>;
