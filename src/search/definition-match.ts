/** What a chunk's enclosing definition says for it. */
import { matchName } from "./name-match.ts";
import type { QueryProfile } from "./query-profile.ts";
import { ownNameWords } from "./terms.ts";

/**
 * 0 to 1, of the definition's own name, without its qualifiers.
 * @param symbol qualified with dots; null: the chunk is in no definition
 */
export function matchDefinition(symbol: string | null, query: QueryProfile): number {
  return symbol === null ? 0 : matchName(ownNameWords(symbol), query);
}
