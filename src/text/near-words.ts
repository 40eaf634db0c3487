/** What a mistyped word may have meant. */

/** The words that `typed` may stand for, nearest first. */
export function nearWords(words: Iterable<string>, typed: string): string[] {
  return [...new Set(words)]
    .filter((word) => isSlip(word, typed))
    .sort((a, b) => editDistance(a, typed) - editDistance(b, typed) || (a < b ? -1 : 1));
}

/** `; did you mean "x"?`, or nothing. */
export function didYouMean(words: Iterable<string>, typed: string): string {
  const near = nearWords(words, typed).slice(0, 3);
  return near.length === 0 ? "" : `did you mean ${near.map((word) => `"${word}"`).join(" or ")}?`;
}

/** The word begins so, or at most a third of its letters were changed, added, left out or swapped with the next. */
export function isSlip(word: string, typed: string): boolean {
  if (typed === "") return false;
  return word.startsWith(typed) || editDistance(word, typed) <= Math.max(1, Math.floor(word.length / 3));
}

/** Damerau's distance, adjacent swaps only. */
export function editDistance(a: string, b: string): number {
  let [twoUp, up]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((up[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (up[j - 1] ?? 0) + (same ? 0 : 1));
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (twoUp[j - 2] ?? best) + 1);
      row.push(best);
    }
    [twoUp, up] = [up, row];
  }
  return up[b.length] ?? 0;
}
