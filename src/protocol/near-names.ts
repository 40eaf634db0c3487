/** "Did you mean": the known names that are nearest to one that is not known. */

/** Longer ones are no typing mistakes, and the cost grows with the square. */
const MAX_LENGTH = 100;

/** At most `limit` of `known`, nearest first; capitals count as small letters. */
export function nearNames(wanted: string, known: Iterable<string>, limit = 3): string[] {
  const folded = wanted.toLowerCase();
  if (folded === "" || folded.length > MAX_LENGTH) return [];
  const allowed = Math.max(1, Math.floor(folded.length / 3));
  const near: { name: string; distance: number }[] = [];
  for (const name of new Set(known)) {
    const other = name.toLowerCase();
    const distance = name.length > MAX_LENGTH ? Number.POSITIVE_INFINITY : editDistance(folded, other);
    // a beginning or a part of a name is what people type who forgot the rest
    const isPart = other.startsWith(folded) || (folded.length >= 3 && other.includes(folded));
    if (distance <= allowed || isPart) near.push({ name, distance });
  }
  near.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return near.slice(0, limit).map(({ name }) => name);
}

/** `did you mean "x" or "y"?`; no names: the empty string. */
export const didYouMean = (near: readonly string[]): string =>
  near.length === 0 ? "" : `did you mean ${near.map((name) => JSON.stringify(name)).join(" or ")}?`;

/** Letters to put in, take out, change, or swap with the next one. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
