/** The vector retriever, for the views of one model: a scan of binary codes, then rescoring by exact vectors, in two rounds of reads. */
import { rowAddress } from "../lance/table.ts";
import { halfFloats } from "../lance/values.ts";
import { throwIfAborted } from "../protocol/abort.ts";
import { RepobaseError } from "../protocol/errors.ts";
import type { Candidate, SearchedView } from "./index-view.ts";
import { codesOf } from "./kept-codes.ts";
import { TopCandidates } from "./top-candidates.ts";
import { cosines, scanBinaryCodes, codeScoreTable } from "./binary-codes.ts";

/** What the scan of codes found; these rows, and any others, are compared by `rescoreByVector`. */
export interface VectorCandidates {
  readonly query: Float32Array;
  /** The rows with the best codes over all views, best first; their scores only order them. */
  readonly best: readonly Candidate[];
}

/** @param embedding the query's vector, of the views' one model; undefined: it cannot be had, and so is the result */
export async function retrieveByVector(args: {
  views: readonly SearchedView[];
  embedding: Promise<Float32Array | undefined>;
  capacity: number;
}): Promise<VectorCandidates | undefined> {
  const { views, embedding, capacity } = args;
  const [query, ...codes] = await Promise.all([embedding, ...views.map(readCodes)]);
  if (query === undefined) return undefined;
  throwIfAborted(views[0]?.signal);
  const top = new TopCandidates(capacity);
  const table = codeScoreTable(query);
  for (const [at, { index, view }] of views.entries()) {
    if (view.dim !== query.length)
      throw new RepobaseError(
        "usage",
        `the query vector has ${query.length} dimensions, ${view.repoId} has ${view.dim}`,
      );
    for (const { fragment, allowed, ...rest } of codes[at] ?? []) {
      scanBinaryCodes({
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
async function readCodes({ view, selection, signal }: SearchedView) {
  const fragments = view.table.fragments.map(({ id }) => id);
  const [scanned, selected] = await Promise.all([
    Promise.all(fragments.map(async (id) => ({ id, codes: await codesOf(view, id, signal) }))),
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
export async function rescoreByVector(
  { view, signal }: Pick<SearchedView, "view" | "signal">,
  query: Float32Array,
  candidates: readonly Candidate[],
): Promise<Candidate[]> {
  if (candidates.length === 0) return [];
  const addresses = candidates.map(({ address }) => address);
  const vectors = halfFloats(await view.table.take("vector", addresses, signal));
  const scores = cosines(query, vectors);
  return candidates.map((candidate, i) => ({ ...candidate, score: scores[i] ?? 0 }));
}
