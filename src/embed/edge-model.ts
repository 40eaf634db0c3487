/**
 * Models whose queries Cloudflare itself can embed (Workers AI), and how the id of an index says that it was made with one. The
 * CLI gives such an id only to a model it uses just as the edge does: its own pooling, which the id names because vectors of
 * mean and cls pooling do not compare, and the query prefix below. The Worker goes by nothing but that id.
 */

export const POOLINGS = ["mean", "cls"] as const;
export type Pooling = (typeof POOLINGS)[number];

export interface EdgeModel {
  /** Its name there. */
  readonly workersAi: "@cf/baai/bge-small-en-v1.5";
  readonly dim: number;
  /** Put before every query, as its authors say; nothing before passages. */
  readonly queryPrefix: string;
}

/** By the name a model is added under. */
const EDGE_MODELS: ReadonlyMap<string, EdgeModel> = new Map([
  [
    "bge-small-en-v1.5",
    {
      workersAi: "@cf/baai/bge-small-en-v1.5",
      dim: 384,
      queryPrefix: "Represent this sentence for searching relevant passages: ",
    },
  ],
]);

export const edgeModelNamed = (name: string): EdgeModel | undefined => EDGE_MODELS.get(name);

/** `{name}+{pooling}-{hash}`; no model can be named with a `+`, so no other id reads like this. */
export const edgeModelId = (of: { name: string; pooling: Pooling; hash: string }): string =>
  `${of.name}+${of.pooling}-${of.hash}`;

/** undefined: not the id of a model that the edge can run. */
export function readEdgeModelId(id: string): { readonly model: EdgeModel; readonly pooling: Pooling } | undefined {
  const [, name = "", label] = /^([^+]*)\+([a-z]+)-[0-9a-f]{12}$/.exec(id) ?? [];
  const model = edgeModelNamed(name);
  const pooling = POOLINGS.find((each) => each === label);
  return model && pooling && { model, pooling };
}
