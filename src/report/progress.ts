/**
 * How far a long command is, on stderr: on a terminal one line that is drawn over, elsewhere (a pipe, CI) a line now and then,
 * more seldom the longer it takes. Amount, rate and time left; what is not known yet is not said.
 */
import { makeNameVisible } from "../text/visible.ts";
import { formatProgress, measured, type Pace, type ProgressStep } from "./progress-text.ts";
import { Rate } from "./rate.ts";
import { hasUnicode, movesCursor } from "./terminal-kind.ts";

export type { ProgressStep } from "./progress-text.ts";

/** What is asked of a stream. */
export interface Output {
  write(part: Uint8Array | string): unknown;
  readonly isTTY?: boolean;
  /** Of a terminal that says it. */
  readonly columns?: number;
}

/** Follows one step after the other, and tells how each goes. @param now ms */
export class Pacer {
  #label = "";
  #rate: Rate | undefined;
  #last = 0;

  pace(step: ProgressStep, now: number): Pace {
    const { done, total } = measured(step);
    // going backwards: the same again, for the next repository
    if (this.#rate === undefined || step.label !== this.#label || done < this.#last) {
      this.#label = step.label;
      this.#rate = new Rate(done, now);
    }
    this.#last = done;
    this.#rate.take(done, now);
    const isOver = total > 0 && done >= total;
    return {
      perSecond: this.#rate.perSecond,
      secondsLeft: total > 0 && !isOver ? this.#rate.secondsLeft(total - done) : null,
    };
  }
}

export interface Progress {
  show(step: ProgressStep): void;
  /** Makes room for another line. */
  clear(): void;
}

/** What suits the stream. @param now ms */
export function progressOn(
  out: Output,
  env: Readonly<Record<string, string | undefined>>,
  now: () => number = performance.now.bind(performance),
): Progress {
  return out.isTTY === true && movesCursor(env) ? new LiveLine(out, hasUnicode(env), now) : new SparseLines(out, now);
}

/** Redrawing more often than this only costs time. */
const REDRAW_MS = 100;
const DEFAULT_COLUMNS = 80;
const ERASE = "\r\u001b[2K";

class LiveLine implements Progress {
  readonly #pacer = new Pacer();
  #label = "";
  #drawnAt = 0;
  #drawn = false;

  constructor(
    private readonly out: Output,
    private readonly unicode: boolean,
    private readonly now: () => number,
  ) {}

  show(step: ProgressStep): void {
    const now = this.now();
    const pace = this.#pacer.pace(step, now);
    if (step.label === this.#label && now - this.#drawnAt < REDRAW_MS) return;
    this.#label = step.label;
    this.#drawnAt = now;
    this.#drawn = true;
    // a line that fills the last column wraps on some terminals
    const columns = (this.out.columns || DEFAULT_COLUMNS) - 1;
    const text = formatProgress(step, pace, { columns, bar: this.unicode ? ["█", "░"] : ["#", "."] });
    this.out.write(ERASE + makeNameVisible(text));
  }

  clear(): void {
    if (this.#drawn) this.out.write(ERASE);
    this.#drawn = false;
  }
}

/** The first after so long; each gap is twice the one before, up to the longest. */
const FIRST_GAP_MS = 10_000;
const LONGEST_GAP_MS = 40_000;

class SparseLines implements Progress {
  readonly #pacer = new Pacer();
  #gap = FIRST_GAP_MS;
  #next: number | undefined;

  constructor(
    private readonly out: Output,
    private readonly now: () => number,
  ) {}

  show(step: ProgressStep): void {
    const now = this.now();
    const pace = this.#pacer.pace(step, now);
    this.#next ??= now + this.#gap;
    if (now < this.#next) return;
    this.#gap = Math.min(LONGEST_GAP_MS, this.#gap * 2);
    this.#next = now + this.#gap;
    this.out.write(`${formatProgress(step, pace, { columns: Number.POSITIVE_INFINITY, bar: undefined })}\n`);
  }

  clear(): void {}
}
