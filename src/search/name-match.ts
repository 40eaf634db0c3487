/**
 * How well a name and a query explain each other. Both sides count: a name of which the query says only a part is another
 * thing's name, and one common word of a long question is no evidence.
 */
import type { QueryProfile } from "./query-profile.ts";

/** @returns 0 to 1: root of the share of the query's weight that the name has, times the square of the share of the name that the query has */
export function matchName(words: readonly string[], query: QueryProfile): number {
  return Math.sqrt(coverage(words, query)) * explained(words, query) ** 2;
}

/** Share of the query's weight that is in `words`. */
function coverage(words: readonly string[], { words: asked, total }: QueryProfile): number {
  let sum = 0;
  for (const word of new Set(words)) sum += asked.get(word) ?? 0;
  return total > 0 ? sum / total : 0;
}

/** Share of `words` that the query has. */
function explained(words: readonly string[], { words: asked }: QueryProfile): number {
  return words.length === 0 ? 0 : words.filter((word) => asked.has(word)).length / words.length;
}
