/** What changed between two versions of a text, in lines (Myers' greedy algorithm). */

/** Lines [start, end) of the new text that replace something, or nothing, in the old. Both bounds equal: only deletions. */
export interface Change {
  readonly start: number;
  readonly end: number;
}

/** Beyond this many edits a change is a rewrite: everything between the common ends counts as one. */
const MAX_EDITS = 400;

export function diffLines(before: readonly string[], after: readonly string[]): Change[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  )
    tail++;
  const oldMiddle = before.slice(head, before.length - tail);
  const newMiddle = after.slice(head, after.length - tail);
  if (oldMiddle.length === 0 && newMiddle.length === 0) return [];
  const kept = oldMiddle.length === 0 || newMiddle.length === 0 ? [] : commonLines(oldMiddle, newMiddle);
  return changesAround(kept, oldMiddle.length, newMiddle.length).map(({ start, end }) => ({
    start: start + head,
    end: end + head,
  }));
}

type Match = readonly [before: number, after: number];

/** Pairs of equal lines, growing on both sides; none when the edit is too large to find. */
function commonLines(before: readonly string[], after: readonly string[]): Match[] {
  const limit = Math.min(MAX_EDITS, before.length + after.length);
  const reach = new Int32Array(2 * limit + 3);
  const middle = limit + 1;
  const trace: Int32Array[] = [];
  for (let edits = 0; edits <= limit; edits++) {
    trace.push(reach.slice());
    for (let k = -edits; k <= edits; k += 2) {
      const down =
        k === -edits || (k !== edits && (reach[middle + k - 1] as number) < (reach[middle + k + 1] as number));
      let x = down ? (reach[middle + k + 1] as number) : (reach[middle + k - 1] as number) + 1;
      while (x < before.length && x - k < after.length && before[x] === after[x - k]) x++;
      reach[middle + k] = x;
      if (x >= before.length && x - k >= after.length) return walkBack(trace, before.length, after.length, middle);
    }
  }
  return [];
}

function walkBack(trace: readonly Int32Array[], beforeLength: number, afterLength: number, middle: number): Match[] {
  const matches: Match[] = [];
  let x = beforeLength;
  let y = afterLength;
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const reach = trace[edits] as Int32Array;
    const k = x - y;
    const down = k === -edits || (k !== edits && (reach[middle + k - 1] as number) < (reach[middle + k + 1] as number));
    const fromX = edits === 0 ? 0 : (reach[middle + (down ? k + 1 : k - 1)] as number);
    const fromY = edits === 0 ? 0 : fromX - (down ? k + 1 : k - 1);
    while (x > fromX && y > fromY) matches.push([--x, --y]);
    x = fromX;
    y = fromY;
  }
  return matches.toReversed();
}

function changesAround(matches: readonly Match[], beforeLength: number, afterLength: number): Change[] {
  const changes: Change[] = [];
  let oldAt = 0;
  let newAt = 0;
  for (const [x, y] of [...matches, [beforeLength, afterLength] as const]) {
    if (x > oldAt || y > newAt) changes.push({ start: newAt, end: y });
    oldAt = x + 1;
    newAt = y + 1;
  }
  return changes;
}
