/** Where a query's vectors come from: the client, who may send its own, else the models that run here. */
import { RepobaseError } from "../protocol/errors.ts";
import type { SearchRequest } from "../protocol/search-api.ts";
import type { IndexView } from "./index-view.ts";

/** The query's vector by a model, unit length; undefined: the model cannot run here. */
export type QueryEmbedder = (modelId: string) => Promise<Float32Array | undefined>;

/** The client's own vectors first, then what can be embedded here. @throws RepobaseError `usage` for a vector that does not fit */
export function queryEmbedder(
  { vector, vectors = {} }: SearchRequest,
  views: readonly IndexView[],
  embedQuery: QueryEmbedder,
): QueryEmbedder {
  const only = vector === null ? undefined : clientVector(vector, views);
  const named = new Map(
    views.flatMap((view) =>
      vectors[view.modelId] ? [[view.modelId, clientVector(vectors[view.modelId] ?? [], [view])] as const] : [],
    ),
  );
  return (modelId: string) => {
    const given = only ?? named.get(modelId);
    return given === undefined ? embedQuery(modelId) : Promise.resolve(given);
  };
}

/** The client's own vector. It names no model, so it can only be meant for one, and must have its length. */
function clientVector(numbers: readonly number[], views: readonly IndexView[]): Float32Array {
  const models = new Map(views.map(({ modelId, dim }) => [modelId, dim]));
  if (models.size > 1)
    throw new RepobaseError(
      "usage",
      `a query vector fits one model, the repositories have ${[...models.keys()].join(", ")}`,
      {
        hint: "name repositories of one model",
      },
    );
  for (const [modelId, dim] of models)
    if (dim !== numbers.length)
      throw new RepobaseError(
        "usage",
        `the query vector has ${numbers.length} numbers, the model ${modelId} makes ${dim}`,
      );
  const length = Math.hypot(...numbers);
  if (!(length > 0)) throw new RepobaseError("usage", "the query vector is zero");
  return Float32Array.from(numbers, (x) => x / length);
}
