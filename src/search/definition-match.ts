/** What a chunk's enclosing definition says for it. */
import { coverage, matchName } from "./name-match.ts";
import type { QueryProfile } from "./query-profile.ts";
import { nameWords } from "./terms.ts";

export interface DefinitionMatch {
  /** Of the definition's own name, without its qualifiers, 0 to 1. */
  readonly name: number;
  /** Above 0: the query names this identifier; 1 when it is the whole query, else the share of the query it makes. */
  readonly exact: number;
}

const NONE: DefinitionMatch = { name: 0, exact: 0 };

/** @param symbol qualified with dots; null: the chunk is in no definition */
export function matchDefinition(symbol: string | null, query: QueryProfile): DefinitionMatch {
  if (symbol === null) return NONE;
  const own = symbol.slice(symbol.lastIndexOf(".") + 1);
  const words = nameWords(own);
  const named = query.identifiers.has(own.toLowerCase());
  return { name: matchName(words, query), exact: !named ? 0 : query.kind === "symbol" ? 1 : coverage(words, query) };
}
