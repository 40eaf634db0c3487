/**
 * The shortest way from one list of lines to another (Myers 1986), bounded: what differs too much stands as removed, then added.
 * Pure; lines are compared by number, so that a comparison costs nothing however long they are.
 */

/** A run of lines; `same` lines are in both. */
export interface LineRun {
  readonly kind: "same" | "removed" | "added";
  count: number;
}

/**
 * Lines removed and added that are looked for. Time and memory grow with its square: 1,500 take about a million steps and 5 MB.
 */
export const MAX_EDITS = 1500;

/** @returns the runs, of two lists that are equal one run; and whether the bound was met */
export function diffLines(
  before: readonly string[],
  after: readonly string[],
  maxEdits: number = MAX_EDITS,
): { readonly runs: readonly LineRun[]; readonly whole: boolean } {
  const numbers = new Map<string, number>();
  const numbered = (lines: readonly string[]) =>
    Int32Array.from(lines, (line) => {
      const known = numbers.get(line) ?? numbers.size;
      numbers.set(line, known);
      return known;
    });
  const [a, b] = [numbered(before), numbered(after)];
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < shorter - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const [from, to] = [a.subarray(head, a.length - tail), b.subarray(head, b.length - tail)];
  const kinds = from.length === 0 || to.length === 0 ? undefined : shortestEdit(from, to, maxEdits);
  const runs: LineRun[] = [];
  const push = (kind: LineRun["kind"], count: number) => {
    const last = runs.at(-1);
    if (count === 0) return;
    if (last?.kind === kind) last.count += count;
    else runs.push({ kind, count });
  };
  push("same", head);
  for (const run of kinds ?? [{ removed: from.length, added: to.length, same: 0 }]) {
    push("removed", run.removed);
    push("added", run.added);
    push("same", run.same);
  }
  push("same", tail);
  return { runs, whole: kinds !== undefined || from.length === 0 || to.length === 0 };
}

/** Lines removed, then lines added, then lines that are the same. */
interface Edit {
  removed: number;
  added: number;
  same: number;
}

/** undefined: it takes more than `maxEdits`. */
function shortestEdit(a: Int32Array, b: Int32Array, maxEdits: number): Edit[] | undefined {
  const most = Math.min(a.length + b.length, maxEdits);
  // furthest[k + middle]: how far in `a` one comes on diagonal k = x - y
  const middle = most + 1;
  const furthest = new Int32Array(2 * most + 3);
  /** Before step d: diagonals -d - 1 to d + 1. */
  const trace: Int32Array[] = [];
  for (let d = 0; d <= most; d++) {
    trace.push(furthest.slice(middle - d - 1, middle + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const down = comesDown(furthest, middle, { k, d });
      let x = down ? (furthest[middle + k + 1] as number) : (furthest[middle + k - 1] as number) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      furthest[middle + k] = x;
      if (x >= a.length && x - k >= b.length) return walkBack(trace, a.length, b.length);
    }
  }
  return undefined;
}

/** Is the best way onto diagonal k by a line of `b` (down), or by one of `a`? */
const comesDown = (furthest: Int32Array, middle: number, { k, d }: { k: number; d: number }): boolean =>
  k === -d || (k !== d && (furthest[middle + k - 1] as number) < (furthest[middle + k + 1] as number));

function walkBack(trace: readonly Int32Array[], length: number, other: number): Edit[] {
  const edits: Edit[] = [];
  let edit: Edit = { removed: 0, added: 0, same: 0 };
  let [x, y] = [length, other];
  for (let d = trace.length - 1; d > 0; d--) {
    const furthest = trace[d] as Int32Array;
    const middle = d + 1;
    const k = x - y;
    const down = comesDown(furthest, middle, { k, d });
    const from = furthest[middle + (down ? k + 1 : k - 1)] as number;
    const start = down ? from : from + 1;
    if (x > start) {
      // going backwards, equal lines end what stands after them
      if (edit.removed + edit.added > 0) {
        edits.push(edit);
        edit = { removed: 0, added: 0, same: 0 };
      }
      edit.same += x - start;
    }
    if (down) edit.added++;
    else edit.removed++;
    x = from;
    y = from - (down ? k + 1 : k - 1);
  }
  if (edit.removed + edit.added > 0) edits.push(edit);
  if (x > 0) edits.push({ removed: 0, added: 0, same: x });
  return edits.toReversed();
}
