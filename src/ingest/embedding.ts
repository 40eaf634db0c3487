/** What turns a tree's passages into vectors: the built-in model, which each parse thread runs itself, or one that only this thread can run. */
import type { Embedder } from "../embed/embedder.ts";
import { STATIC_MODEL_ID } from "../embed/static-embedder.ts";
import staticModel from "../embed/static-model/model.json";

export type Embedding = { readonly kind: "built-in" } | { readonly kind: "model"; readonly embedder: Embedder };

/** The model's id, as the manifest keeps it, and the dimensions of its vectors. */
export const modelOf = (embedding: Embedding): { readonly model: string; readonly dim: number } =>
  embedding.kind === "built-in"
    ? { model: STATIC_MODEL_ID, dim: staticModel.dim }
    : { model: embedding.embedder.id, dim: embedding.embedder.dim };
