/** Which embedding models are at hand, and how the one an index was made with is opened. */
import type { Embedder } from "../embed/embedder.ts";
import { STATIC_MODEL_ID } from "../embed/static-embedder.ts";
import type { Home } from "../home/home.ts";
import { isRepobaseError } from "../protocol/errors.ts";
import { listModels, type ModelInfo, openModel, openModelById } from "./model-add.ts";

export const BUILT_IN_MODEL = STATIC_MODEL_ID;
const BUILT_IN_DIM = 384;

export async function listAllModels(home: Home): Promise<readonly ModelInfo[]> {
  const builtIn = { name: BUILT_IN_MODEL, id: STATIC_MODEL_ID, dim: BUILT_IN_DIM };
  return [builtIn, ...(await listModels(home.path("models")))];
}

/** By the name the user gave it. @throws RepobaseError `not_found` for an unknown one */
export async function openEmbedder(home: Home, name: string): Promise<Embedder> {
  return name === BUILT_IN_MODEL ? loadBuiltIn() : openModel(home.path("models"), name);
}

/** By the id an index carries; undefined: that model is not on this machine. */
export async function openEmbedderById(home: Home, id: string): Promise<Embedder | undefined> {
  if (id === STATIC_MODEL_ID) return loadBuiltIn();
  try {
    return await openModelById(home.path("models"), id);
  } catch (error) {
    // the caller says so in its own words: keyword search goes on without it
    if (isRepobaseError(error, "model_unavailable") && error.fields.model === id) return undefined;
    throw error;
  }
}

async function loadBuiltIn(): Promise<Embedder> {
  const { loadStaticEmbedder } = await import("../embed/load-static.ts");
  return loadStaticEmbedder();
}
