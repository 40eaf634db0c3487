/** A query as the priors see it: its kind, and its words with how telling each is. */
import { queryKind } from "./query-kind.ts";
import type { QueryKind } from "./query-kind.ts";
import { nameWords } from "./terms.ts";

export interface QueryProfile {
  readonly kind: QueryKind;
  /** Word -> inverse document frequency. */
  readonly words: ReadonlyMap<string, number>;
  /** Their sum. */
  readonly total: number;
  /** What a path query asks for, in lower case, no slash around it; null for other kinds. */
  readonly path: string | null;
}

/** @param terms as `queryTerms` gives them, with the `idf` of each */
export function profileQuery({
  query,
  terms,
  idf,
}: {
  query: string;
  terms: readonly string[];
  idf: readonly number[];
}): QueryProfile {
  const kind = queryKind(query);
  const ofTerm = new Map(terms.map((term, at) => [term, idf[at] ?? 0]));
  const words = new Map(
    nameWords(query).flatMap((word) => (ofTerm.has(word) ? [[word, ofTerm.get(word) ?? 0] as const] : [])),
  );
  return {
    kind,
    words,
    total: Array.from(words.values()).reduce((sum, weight) => sum + weight, 0),
    path:
      kind === "path"
        ? query
            .trim()
            .toLowerCase()
            .replace(/^(\.?\/)+|\/+$/g, "")
        : null,
  };
}
