/** The vector retriever over views of several models: each model finds its own candidates, and their cosines are made comparable. */
import { RepobaseError } from "../protocol/errors.ts";
import type { SearchRequest } from "../protocol/search-api.ts";
import type { Candidate, SearchedView } from "./index-view.ts";
import type { QueryEmbedder } from "./query-vectors.ts";
import { rescoreByVector, retrieveByVector } from "./vector-retriever.ts";
import type { VectorCandidates } from "./vector-retriever.ts";

export interface ModelCandidates {
  readonly modelId: string;
  readonly views: readonly SearchedView[];
  readonly repoIds: readonly string[];
  /** undefined: the model cannot run here. */
  readonly found: VectorCandidates | undefined;
}

export async function retrieveByModels(args: {
  views: readonly SearchedView[];
  embed: QueryEmbedder;
  capacity: number;
}): Promise<ModelCandidates[]> {
  const byModel = Map.groupBy(args.views, ({ view }) => view.modelId);
  return await Promise.all(
    Array.from(byModel, async ([modelId, views]) => ({
      modelId,
      views,
      repoIds: views.map(({ view }) => view.repoId),
      found: await retrieveByVector({ views, embedding: args.embed(modelId), capacity: args.capacity }),
    })),
  );
}

/**
 * Cosines of different models do not compare. Where several ran, a cosine is replaced by its place between the worst and the
 * best of its model's candidates, times what lies between them for the built-in model.
 */
const USUAL_SPREAD = 0.4;

/** The exact cosine of every candidate whose model ran, in their order; the others have none. One round of reads. */
export async function rescoreByModels(
  models: readonly ModelCandidates[],
  candidates: readonly Candidate[],
): Promise<(number | undefined)[]> {
  const cosines: (number | undefined)[] = candidates.map(() => undefined);
  const ran = models.filter(({ found }) => found !== undefined);
  await Promise.all(
    ran.map(async ({ found, views: ofModel }) => {
      const scored = await Promise.all(
        ofModel.map(async (searched) => {
          const places = candidates.flatMap(({ view }, place) => (view === searched.index ? [place] : []));
          const rows = places.map((place) => candidates[place] as Candidate);
          const rescored = await rescoreByVector(searched, found?.query ?? new Float32Array(), rows);
          return places.map((place, at) => [place, rescored[at]?.score ?? 0] as const);
        }),
      );
      const all = scored.flat();
      const scores = all.map(([, cosine]) => cosine);
      const [worst, best] = [Math.min(...scores), Math.max(...scores)];
      for (const [place, cosine] of all)
        cosines[place] = ran.length === 1 ? cosine : USUAL_SPREAD * ((cosine - worst) / (best - worst || 1));
    }),
  );
  return cosines;
}

/** @throws RepobaseError `model_unavailable`, with the models, when a semantic search has nothing else to answer with */
export function refuseIfNothingRan(
  missing: readonly { readonly modelId: string }[],
  models: number,
  mode: SearchRequest["mode"],
): void {
  if (mode !== "semantic" || missing.length === 0 || missing.length < models) return;
  throw new RepobaseError("model_unavailable", `the model ${missing[0]?.modelId} cannot be run here`, {
    hint: "search with --mode keyword, or send the query's vector",
    fields: { missingModels: missing.map(({ modelId }) => modelId) },
  });
}

export function missingWarning(
  { modelId, repoIds }: { readonly modelId: string; readonly repoIds: readonly string[] },
  mode: SearchRequest["mode"],
): string {
  const repos = [...new Set(repoIds)].join(", ");
  return `${repos}: the model ${modelId} cannot be run here, ${mode === "semantic" ? "not searched" : "keyword matches only"}`;
}
