/** One step of progress in words, within the columns there are. Plain characters: no colour, and ASCII where Unicode is not shown. */
import { formatBytes } from "../text/figures.ts";

export interface ProgressStep {
  /** What is being done, for instance `indexing`. */
  readonly label: string;
  readonly done: number;
  /** 0 or undefined: not known. */
  readonly total?: number;
  /** What `done` counts, for instance `files`; `bytes` are shown as kB and MB; empty: nothing is counted. */
  readonly unit: string;
  /** Of objects of very different sizes: rate and time left go by these. A total of 0: not known. */
  readonly bytes?: { readonly done: number; readonly total: number };
}

/** What is known of its speed; null: nothing yet. */
export interface Pace {
  /** Of what `measured` counts. */
  readonly perSecond: number | null;
  readonly secondsLeft: number | null;
}

const MAX_BAR = 24;
const MIN_BAR = 6;

/** What rate and time left go by. */
export function measured({ done, total = 0, unit, bytes }: ProgressStep): {
  readonly done: number;
  readonly total: number;
  readonly unit: string;
} {
  return bytes ? { ...bytes, unit: "bytes" } : { done, total, unit };
}

/**
 * @param of.columns what there is room for
 * @param of.bar signs for done and to do; undefined: no bar
 */
export function formatProgress(
  step: ProgressStep,
  pace: Pace,
  of: { readonly columns: number; readonly bar: readonly [string, string] | undefined },
): string {
  const { label } = step;
  const amount = amountOf(step);
  const { perSecond, secondsLeft } = pace;
  const speed = perSecond !== null && perSecond > 0 ? speedOf(perSecond, measured(step).unit) : "";
  const left = secondsLeft === null ? "" : `${formatSeconds(secondsLeft)} left`;
  // what is dropped first, where the line is too long
  const tails = [[amount, speed, left], [amount, left], [left === "" ? amount : left]].map((parts) =>
    parts.filter((part) => part !== "").join(", "),
  );
  for (const tail of tails) {
    const line = tail === "" ? label : `${label} ${tail}`;
    const room = Math.min(MAX_BAR, of.columns - line.length - 1);
    const bar = of.bar && room >= MIN_BAR ? barOf(step, of.bar, room) : undefined;
    if (bar !== undefined) return `${label} ${bar} ${tail}`;
    if (line.length <= of.columns) return line;
  }
  return label.slice(0, Math.max(0, of.columns));
}

function amountOf({ done, total = 0, unit, bytes }: ProgressStep): string {
  if (unit === "") return "";
  if (unit === "bytes") return total > 0 ? `${formatBytes(done)} of ${formatBytes(total)}` : formatBytes(done);
  const count = total > 0 ? `${done}/${total} ${unit}` : `${done} ${unit}`;
  return bytes ? `${count}, ${formatBytes(bytes.done)}` : count;
}

function barOf(step: ProgressStep, [full, empty]: readonly [string, string], cells: number): string | undefined {
  const { done, total } = measured(step);
  if (total <= 0) return undefined;
  const filled = Math.round(Math.min(1, done / total) * cells);
  return full.repeat(filled) + empty.repeat(cells - filled);
}

function speedOf(perSecond: number, unit: string): string {
  if (unit === "bytes") return `${formatBytes(Math.round(perSecond))}/s`;
  return `${perSecond < 9.95 ? perSecond.toFixed(1) : Math.round(perSecond)} ${unit}/s`;
}

const formatSeconds = (s: number): string => {
  if (s < 90) return `${Math.ceil(s - 0.05)} s`;
  const minutes = Math.ceil(s / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};
