/**
 * Queries embedded by Cloudflare's Workers AI, behind the optional `AI` binding: for indexes that were made elsewhere with the
 * very same model, pooled the same way (src/embed/edge-model.ts says how an id tells). There is no local stand-in for the service,
 * so this does no more than ask and check the answer; where the service fails, keyword search and the client's own vector remain.
 */
import { type EdgeModel, type Pooling, readEdgeModelId } from "../src/embed/edge-model.ts";
import type { EmbedQuery } from "../src/server/app-env.ts";

/** The part of the binding that is used. */
export interface WorkersAi {
  run(model: EdgeModel["workersAi"], input: { readonly text: string[]; readonly pooling: Pooling }): Promise<unknown>;
}

/** @param onFailure told why the service did not answer, or not with what was asked for */
export function workersAiModel(ai: WorkersAi, onFailure: (error: unknown) => void): EmbedQuery {
  return async (modelId, text) => {
    const known = readEdgeModelId(modelId);
    if (!known) return undefined;
    const { model, pooling } = known;
    try {
      const answer = await ai.run(model.workersAi, { text: [model.queryPrefix + text], pooling });
      return readVector(answer, { dim: model.dim, pooling });
    } catch (error) {
      // over the day's allowance, say: to the search this is a model that cannot be run here now
      onFailure(error);
      return undefined;
    }
  };
}

/**
 * The one vector of an answer `{shape, data, pooling}`, at unit length. Mean is the service's default and older answers do not name
 * it; vectors of another pooling would be quietly wrong.
 */
function readVector(answer: unknown, { dim, pooling }: { dim: number; pooling: Pooling }): Float32Array {
  const { data, pooling: pooled = "mean" } = (answer ?? {}) as { readonly data?: unknown; readonly pooling?: unknown };
  const vector: unknown = Array.isArray(data) ? data[0] : undefined;
  if (!Array.isArray(vector) || vector.length !== dim || !vector.every((x) => Number.isFinite(x)))
    throw new Error(`Workers AI answered without a vector of ${dim} numbers`);
  if (pooled !== pooling) throw new Error(`Workers AI pooled by ${JSON.stringify(pooled)} instead of ${pooling}`);
  const length = Math.hypot(...vector);
  if (length === 0) throw new Error("Workers AI answered with a vector of zeros");
  return Float32Array.from(vector, (x: number) => x / length);
}
