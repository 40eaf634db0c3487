/** One line on a terminal's stderr that says how far a long command is: bar, rate, time left. */
import type { Writable } from "node:stream";
import { makeNameVisible } from "../text/visible.ts";

export interface ProgressStep {
  /** What is being done, for instance `indexing`. */
  readonly label: string;
  readonly done: number;
  /** 0 or undefined: not known. */
  readonly total?: number;
  /** What `done` counts, for instance `files`. */
  readonly unit: string;
}

/** Redrawing more often than this only costs time. */
const REDRAW_MS = 100;
const BAR_CELLS = 24;

export class ProgressLine {
  private label = "";
  private startedAt = 0;
  private drawnAt = 0;
  private drawn = false;

  constructor(
    private readonly out: Writable,
    private readonly now: () => number = Date.now,
  ) {}

  show(step: ProgressStep): void {
    const now = this.now();
    if (step.label !== this.label) {
      this.label = step.label;
      this.startedAt = now;
      this.drawnAt = 0;
    }
    if (now - this.drawnAt < REDRAW_MS) return;
    this.drawnAt = now;
    this.drawn = true;
    this.out.write(`\r\u001b[2K${makeNameVisible(formatProgress(step, (now - this.startedAt) / 1000))}`);
  }

  clear(): void {
    if (this.drawn) this.out.write("\r\u001b[2K");
    this.drawn = false;
  }
}

/** @param seconds since this label began */
export function formatProgress(step: ProgressStep, seconds: number): string {
  const rate = seconds > 0 ? step.done / seconds : 0;
  const speed = rate > 0 ? `, ${rate < 10 ? rate.toFixed(1) : Math.round(rate)} ${step.unit}/s` : "";
  if (!step.total) return `${step.label} ${step.done} ${step.unit}${speed}`;
  const share = Math.min(1, step.done / step.total);
  const cells = Math.round(share * BAR_CELLS);
  const bar = "█".repeat(cells) + "░".repeat(BAR_CELLS - cells);
  const left = rate > 0 && share < 1 ? `, ${formatSeconds((step.total - step.done) / rate)} left` : "";
  return `${step.label} ${bar} ${step.done}/${step.total} ${step.unit}${speed}${left}`;
}

const formatSeconds = (s: number): string => (s < 90 ? `${Math.ceil(s)} s` : `${Math.ceil(s / 60)} min`);
