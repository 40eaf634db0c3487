/** The keyword retriever: reads what the query's terms meet in each view, then scores it by BM25. */
import type { LanceTable } from "../lance/table.ts";
import { throwIfAborted } from "../protocol/abort.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { scoreByBm25 } from "./bm25.ts";
import type { Bm25Scores, KeywordEvidence } from "./bm25.ts";
import type { SearchedView } from "./index-view.ts";
import { countTerms } from "./unindexed-terms.ts";
import type { UnindexedRows } from "./unindexed-terms.ts";

export interface KeywordScores {
  readonly terms: Bm25Scores;
  /** Of the rows that define what the query names. */
  readonly definitions: Bm25Scores;
}

/** Both kinds of terms in one round of reads. @param views in the order of their indexes; @param definitions of `queriedDefinitions` */
export async function scoreByKeyword(
  views: readonly SearchedView[],
  terms: readonly string[],
  definitions: readonly string[],
): Promise<KeywordScores> {
  const evidence = await Promise.all(views.map((view) => gatherEvidence(view, [...terms, ...definitions])));
  throwIfAborted(views[0]?.signal);
  return {
    terms: scoreByBm25(evidence.map((ofView) => ofTerms(ofView, 0, terms.length))),
    definitions: scoreByBm25(evidence.map((ofView) => ofTerms(ofView, terms.length))),
  };
}

function ofTerms({ postings, unindexed, ...rest }: KeywordEvidence, from: number, to?: number): KeywordEvidence {
  const cut = ({ documentFrequencies, matches, ...counted }: UnindexedRows): UnindexedRows => ({
    ...counted,
    documentFrequencies: documentFrequencies.slice(from, to),
    matches: matches.map((match) => ({ ...match, counts: match.counts.slice(from, to) })),
  });
  return {
    ...rest,
    postings: postings.slice(from, to),
    unindexed: unindexed.map(({ fragment, rows }) => ({ fragment, rows: cut(rows) })),
  };
}

async function gatherEvidence(
  { view, selection: selecting, signal }: SearchedView,
  terms: readonly string[],
): Promise<KeywordEvidence> {
  const { table, fts } = view;
  const uncovered = table.fragments.filter(({ id }) => fts?.coveredFragments.has(id) !== true);
  const [selection, postings, unindexed] = await Promise.all([
    selecting,
    fts?.lookup(terms, signal),
    Promise.all(
      uncovered.map(async ({ id }) => ({
        fragment: id,
        rows: await countInFragment(table, { fragment: id, terms, signal }),
      })),
    ),
  ]);
  return {
    indexDocuments: fts?.documentCount ?? 0,
    indexTokens: fts?.totalTokens ?? 0,
    postings: postings ?? terms.map(() => undefined),
    unindexed,
    selection,
  };
}

async function countInFragment(
  table: LanceTable,
  of: { fragment: number; terms: readonly string[]; signal: AbortSignal | undefined },
): Promise<UnindexedRows> {
  const { fragment, terms, signal } = of;
  const [data, deleted] = await Promise.all([
    table.scan("terms", fragment, signal),
    table.deletedRows(fragment, signal),
  ]);
  throwIfAborted(signal);
  if (data.kind !== "binary") throw new RepobaseError("corrupt_index", "column terms holds no text");
  return countTerms({ rows: data.items, isLive: (row) => !deleted.has(row), terms });
}
