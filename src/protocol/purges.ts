/**
 * Which paths were purged from an index: path patterns, as in a search, that no row may match. They ride in the manifest, so
 * every device that meets it drops its own rows of them, and no later index run brings them back. A pattern that is taken back
 * stays listed with a higher number: of two manifests that know the same pattern, the higher number is the later word.
 */
import { custom } from "valibot";

/** Pattern -> how often its state changed. Odd: purged. Even: taken back. */
export type Purges = Readonly<Record<string, number>>;

export const PURGES = custom<Purges>(
  (value) =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((changes) => Number.isSafeInteger(changes) && Number(changes) > 0),
  "must be an object whose values are counts",
);

const isPurged = (changes: number | undefined): boolean => changes !== undefined && changes % 2 === 1;

/** The patterns that hold, by name. */
export const purgedPatterns = (purges: Purges | undefined): readonly string[] =>
  Object.keys(purges ?? {})
    .filter((pattern) => isPurged(purges?.[pattern]))
    .sort();

/** `purges` with the patterns purged, or taken back. */
export function withPatterns(purges: Purges | undefined, patterns: readonly string[], purged: boolean): Purges {
  const next: Record<string, number> = { ...purges };
  for (const pattern of patterns) {
    const changes = next[pattern];
    if (isPurged(changes) !== purged) next[pattern] = (changes ?? 0) + 1;
  }
  return next;
}

/** What two sides know together; undefined: nothing was ever purged. */
export function joinPurges(a: Purges | undefined, b: Purges | undefined): Purges | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const joined: Record<string, number> = { ...a };
  for (const [pattern, changes] of Object.entries(b)) joined[pattern] = Math.max(joined[pattern] ?? 0, changes);
  return joined;
}

/** Does `a` say of every pattern that `b` knows what `b` says, or something later? */
export const knowsPurges = (a: Purges | undefined, b: Purges | undefined): boolean => samePurges(a, joinPurges(a, b));

/** Do both say the same of every pattern? */
export const samePurges = (a: Purges | undefined, b: Purges | undefined): boolean =>
  Object.keys({ ...a, ...b }).every((pattern) => a?.[pattern] === b?.[pattern]);
