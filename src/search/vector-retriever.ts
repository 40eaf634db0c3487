/** The semantic half of a search, for the views of one model: code scan, then exact refinement, in two rounds of reads. */
import { rowAddress } from "../lance/table.ts";
import type { LanceTable } from "../lance/table.ts";
import { halfFloats } from "../lance/values.ts";
import { RepobaseError } from "../protocol/errors.ts";
import type { Candidate, SearchedView } from "./index-view.ts";
import { TopCandidates } from "./top-candidates.ts";
import { cosines, scanSignCodes, signScoreTable } from "./binary-codes.ts";

/** What the code scan found; the vectors of these rows, and of any others, are compared by `refine`. */
export interface SemanticCandidates {
  readonly query: Float32Array;
  /** The rows with the best codes over all views, best first; their scores only order them. */
  readonly best: readonly Candidate[];
}

/** @param embedding the query's vector, of the views' one model; undefined: it cannot be had, and so is the result */
export async function scanByMeaning(args: {
  views: readonly SearchedView[];
  embedding: Promise<Float32Array | undefined>;
  capacity: number;
}): Promise<SemanticCandidates | undefined> {
  const { views, embedding, capacity } = args;
  const [query, ...codes] = await Promise.all([embedding, ...views.map(readCodes)]);
  if (query === undefined) return undefined;
  const top = new TopCandidates(capacity);
  const table = signScoreTable(query);
  for (const [at, { index, view }] of views.entries()) {
    if (view.dim !== query.length)
      throw new RepobaseError(
        "usage",
        `the query vector has ${query.length} dimensions, ${view.repoId} has ${view.dim}`,
      );
    for (const { fragment, allowed, ...rest } of codes[at] ?? []) {
      scanSignCodes({
        codes: rest.codes,
        table,
        allowed,
        threshold: () => top.threshold,
        push: (row, score) => top.push(index, rowAddress(fragment, row), score),
      });
    }
  }
  return { query, best: top.sorted() };
}

/** The codes of the fragments that have any row to return. */
async function readCodes({ view, selection }: SearchedView) {
  const fragments = view.table.fragments.map(({ id }) => id);
  const [scanned, selected] = await Promise.all([
    Promise.all(fragments.map(async (id) => ({ id, codes: await view.table.scan("code", id) }))),
    selection,
  ]);
  const byFragment = new Map(scanned.map(({ id, codes }) => [id, codes]));
  return Array.from(selected.values(), ({ fragment, allowed }) => {
    const codes = byFragment.get(fragment);
    if (codes?.kind !== "fixed") throw new RepobaseError("corrupt_index", "column code holds no bytes of fixed width");
    return { fragment, allowed, codes };
  });
}

/** The same rows with their exact cosines, in one round of reads. */
export async function refine(
  table: LanceTable,
  query: Float32Array,
  candidates: readonly Candidate[],
): Promise<Candidate[]> {
  if (candidates.length === 0) return [];
  const vectors = halfFloats(
    await table.take(
      "vector",
      candidates.map(({ address }) => address),
    ),
  );
  const scores = cosines(query, vectors);
  return candidates.map(({ view, address }, i) => ({ view, address, score: scores[i] ?? 0 }));
}
