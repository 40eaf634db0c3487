/** A query as the priors see it: its kind, its words with how telling each is, the identifiers it names. */
import { queryKind } from "./query-kind.ts";
import type { QueryKind } from "./query-kind.ts";
import { nameWords } from "./terms.ts";

export interface QueryProfile {
  readonly kind: QueryKind;
  /** Word -> inverse document frequency. */
  readonly words: ReadonlyMap<string, number>;
  /** Their sum. */
  readonly total: number;
  /** Identifiers as written, in lower case: the one of a symbol query, else those that only programs write. */
  readonly identifiers: ReadonlySet<string>;
  /** What a path query asks for, in lower case, no slash around it; null for other kinds. */
  readonly path: string | null;
}

const IDENTIFIER = /[\p{L}_$][\p{L}\p{N}_$]*/gu;
const ONLY_IN_PROGRAMS = /\p{Ll}\p{Lu}|_|\p{Lu}{2}\p{Ll}/u;

/** @param terms as `queryTerms` gives them, with the `idf` of each */
export function profileQuery({ query, terms, idf }: { query: string; terms: readonly string[]; idf: readonly number[] }): QueryProfile {
  const kind = queryKind(query);
  const ofTerm = new Map(terms.map((term, at) => [term, idf[at] ?? 0]));
  const words = new Map(nameWords(query).flatMap((word) => (ofTerm.has(word) ? [[word, ofTerm.get(word) ?? 0] as const] : [])));
  const named = query.match(IDENTIFIER) ?? [];
  const identifiers = kind === "symbol" ? named.slice(-1) : named.filter((name) => ONLY_IN_PROGRAMS.test(name));
  return {
    kind,
    words,
    total: Array.from(words.values()).reduce((sum, weight) => sum + weight, 0),
    identifiers: new Set(identifiers.map((name) => name.toLowerCase())),
    path: kind === "path" ? query.trim().toLowerCase().replace(/^(\.?\/)+|\/+$/g, "") : null,
  };
}
