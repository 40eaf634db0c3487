/** A query in quotes asks for its words in their order; signs and line ends between them, and case, do not matter. */
import { strings } from "../lance/values.ts";
import type { Candidate, SearchedView } from "./index-view.ts";
import { queryKind } from "./query-kind.ts";
import { forEachWord } from "./words.ts";

/** Words with a space around each; null: the query is in no quotes, or has no words. */
export function queriedPhrase(query: string): string | null {
  const phrase = queryKind(query) === "quoted" ? wordsOf(query.trim().slice(1, -1)) : " ";
  return phrase === " " ? null : phrase;
}

/** Which of the rows hold the phrase. One round of reads: their contents. */
export async function findPhrase(
  phrase: string,
  rows: readonly Candidate[],
  views: readonly SearchedView[],
): Promise<ReadonlySet<Candidate>> {
  const found = await Promise.all(
    views.map(async ({ view, index, signal }) => {
      const ofView = rows.filter((row) => row.view === index);
      if (ofView.length === 0) return [];
      const addresses = ofView.map(({ address }) => address);
      const contents = strings(await view.table.take("contents", addresses, signal));
      return ofView.filter((_, at) => holdsPhrase(contents[at] ?? "", phrase));
    }),
  );
  return new Set(found.flat());
}

export const holdsPhrase = (contents: string, phrase: string): boolean => wordsOf(contents).includes(phrase);

function wordsOf(text: string): string {
  let words = " ";
  forEachWord(text, (start, end) => (words += `${text.slice(start, end).toLowerCase()} `));
  return words;
}
