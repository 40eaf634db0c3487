/** How well the name of a row's definition and the query explain each other (name-match.ts), by what its postings say of the name. */
import { nameTimesOf, nameWordsOf, type PackPostings } from "../../pack/postings.ts";
import type { QueryProfile } from "../query-profile.ts";
import { placeOfDoc } from "./bm25-rows.ts";

/** 0 to 1. @param terms the postings' own, in their order */
export function matchNameOfRow(
  postings: readonly (PackPostings | undefined)[],
  terms: readonly string[],
  { doc, query }: { doc: number; query: QueryProfile },
): number {
  let [length, matched, weight] = [0, 0, 0];
  terms.forEach((term, at) => {
    const list = postings[at];
    const asked = query.words.get(term);
    const place = list === undefined || asked === undefined ? -1 : placeOfDoc(list.docs, doc);
    const name = place < 0 ? 0 : (list?.names[place] as number);
    if (name === 0) return;
    length = nameWordsOf(name);
    matched += nameTimesOf(name);
    weight += asked as number;
  });
  return length === 0 || query.total === 0 ? 0 : Math.sqrt(weight / query.total) * Math.min(1, matched / length) ** 2;
}
