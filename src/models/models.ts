/** Which embedding models are at hand, and how the one an index was made with is opened. */
import type { Embedder } from "../embed/embedder.ts";
import { STATIC_MODEL, STATIC_MODEL_ID } from "../embed/static-embedder.ts";
import type { Home } from "../home/home.ts";
import { isRepobaseError } from "../protocol/errors.ts";
import { findModel, listModels, type ModelInfo, openModel, openModelById } from "./model-add.ts";

export const BUILT_IN_MODEL = STATIC_MODEL;
const BUILT_IN_DIM = 384;

/** The name a model was added under, from the id an index carries. */
export const modelNameOf = (id: string): string => id.replace(/(\+[a-z]+)?-[0-9a-f]{12}$/, "");

export async function listAllModels(home: Home): Promise<readonly ModelInfo[]> {
  const builtIn = { name: BUILT_IN_MODEL, id: STATIC_MODEL_ID, dim: BUILT_IN_DIM };
  return [builtIn, ...(await listModels(home.path("models")))];
}

/**
 * By the name the user gave it. A model that was added is opened at the first text: a run that finds nothing new embeds nothing.
 * @param of.threads of one batch; default: one a core @param of.onLoading called before it is opened, which takes seconds
 * @throws RepobaseError `not_found` for an unknown one; embedding throws what opening it throws
 */
export async function openEmbedder(
  home: Home,
  name: string,
  of: { readonly threads?: number | undefined; readonly onLoading?: () => void } = {},
): Promise<Embedder> {
  const { threads } = of;
  if (name === BUILT_IN_MODEL) return loadBuiltIn();
  const models = home.path("models");
  const { id, dim } = await findModel(models, name);
  let opening: Promise<Embedder> | undefined;
  const opened = () => {
    if (opening === undefined) of.onLoading?.();
    return (opening ??= openModel(models, name, { threads }));
  };
  return {
    id,
    dim,
    embedDocuments: async (texts, onDone) => (await opened()).embedDocuments(texts, onDone),
    embedQuery: async (text) => (await opened()).embedQuery(text),
  };
}

/** By the id an index carries; undefined: that model is not on this machine. */
async function openEmbedderById(home: Home, id: string): Promise<Embedder | undefined> {
  if (id === STATIC_MODEL_ID) return (await import("../embed/load-static.ts")).loadStaticQueryEmbedder();
  try {
    return await openModelById(home.path("models"), id);
  } catch (error) {
    // the caller says so in its own words: keyword search goes on without it
    if (isRepobaseError(error, "model_unavailable") && error.fields.model === id) return undefined;
    throw error;
  }
}

/** As `openEmbedderById`, and each model is opened once; what cannot be opened now is tried again at the next query. */
export function keepModelsOpen(home: Home): (id: string) => Promise<Embedder | undefined> {
  const open = new Map<string, Promise<Embedder | undefined>>();
  return async (id) => {
    const opening = open.get(id) ?? openEmbedderById(home, id);
    open.set(id, opening);
    try {
      const embedder = await opening;
      if (embedder === undefined) open.delete(id);
      return embedder;
    } catch (error) {
      open.delete(id);
      throw error;
    }
  };
}

async function loadBuiltIn(): Promise<Embedder> {
  const { loadStaticEmbedder } = await import("../embed/load-static.ts");
  return loadStaticEmbedder();
}
