/** The terms of one row as postings: from the `terms` column's text and the name of the row's definition. */
import { hashTerm, type TermHash } from "../../pack/term-hash.ts";
import { nameByte } from "../../pack/postings.ts";

export interface RowTerm extends TermHash {
  count: number;
  name: number;
}

const SPACE = 32;

/**
 * @param of.terms UTF-8, terms joined by single spaces
 * @param of.name words of the definition's own name, as terms, repeats kept; none: the row is in no definition
 * @returns each term once, and how many there are with repeats
 */
export function postingTerms(of: { terms: Uint8Array; name: readonly Uint8Array[]; seed: number }): {
  terms: Iterable<RowTerm>;
  length: number;
} {
  const { terms, name, seed } = of;
  const found = new Map<number, RowTerm>();
  let length = 0;
  for (let from = 0; from < terms.length; ) {
    const space = terms.indexOf(SPACE, from);
    const to = space < 0 ? terms.length : space;
    if (to > from) {
      length++;
      const hash = hashTerm(terms.subarray(from, to), seed);
      const known = found.get(keyOf(hash));
      if (known === undefined) found.set(keyOf(hash), { ...hash, count: 1, name: 0 });
      else if (known.count < 65_535) known.count++;
    }
    from = to + 1;
  }
  for (const word of name) {
    // a word that the row's terms lack, of a name cut off, says nothing
    const term = found.get(keyOf(hashTerm(word, seed)));
    if (term !== undefined) term.name = nameByte(name.length, (term.name & 7) + 1);
  }
  return { terms: found.values(), length };
}

const keyOf = ({ low, high }: TermHash): number => high * 2 ** 32 + low;
