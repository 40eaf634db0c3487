/** The average of runs that began with the same weights: better than any of them, at no cost when it is used. */
import { RepobaseError } from "../../src/protocol/errors.ts";
import type { Weights } from "./optimise/weights.ts";

/** @throws RepobaseError `usage` for no weights, or weights of different shapes */
export function averageWeights(all: readonly Weights[]): Weights {
  const [first] = all;
  if (first === undefined || all.some(({ dim, tokens }) => dim !== first.dim || tokens.length !== first.tokens.length))
    throw new RepobaseError("usage", "only weights of one shape have an average");
  const mean = (of: (weights: Weights) => Float32Array) => {
    const sum = new Float64Array(of(first).length);
    for (const weights of all) {
      const values = of(weights);
      for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] as number) + (values[at] as number) / all.length;
    }
    return new Float32Array(sum);
  };
  return {
    dim: first.dim,
    table: mean(({ table }) => table),
    tokens: mean(({ tokens }) => tokens),
    positions: mean(({ positions }) => positions),
  };
}
