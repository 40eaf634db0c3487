/**
 * A folder with an ONNX model: which files it is made of, how it wants to be used, and what it is called. The hash covers
 * everything that changes a vector, so that vectors of different weights or settings are never compared.
 */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { canonicalJson } from "../../protocol/canonical-json.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { STATIC_MODEL_ID } from "../static-embedder.ts";
import {
  MODULES_FILE,
  type ModelSettings,
  type SettingsOverrides,
  layersAfterPooling,
  readJson,
  readSettings,
} from "./model-settings.ts";

/** Where exporters put the graph; weights over 2 GB lie beside it, under one of the suffixes. */
const GRAPH_FILES = ["model.onnx", "onnx/model.onnx"];
const DATA_SUFFIXES = ["_data", ".data"];

export interface ModelFolder {
  readonly settings: ModelSettings;
  readonly graph: string;
  /** tokenizer.json, parsed; undefined with the `repobase-static` tokenizer. */
  readonly tokenizer: unknown;
  /** Layers that a graph with one vector for each token would lack. */
  readonly layersAfterPooling: readonly string[];
  /** Every file the model needs but the settings, by the name it has in a model folder. */
  readonly files: readonly { readonly name: string; readonly path: string }[];
  readonly name: string;
  /** 12 hex digits over all that changes a vector. */
  readonly hash: string;
}

export interface FolderRequest {
  readonly folder: string;
  /** Default: the folder's own name. */
  readonly name?: string | undefined;
  readonly overrides?: SettingsOverrides | undefined;
}

/**
 * Reads and hashes the whole model.
 * @throws RepobaseError `not_found` for a missing folder, model.onnx or tokenizer.json; `unsupported_format` for JSON or
 *   settings that cannot be followed, naming the file
 */
export async function readModelFolder({
  folder,
  name = basename(folder),
  overrides = {},
}: FolderRequest): Promise<ModelFolder> {
  if (!existsSync(folder)) throw new RepobaseError("not_found", `there is no folder "${folder}"`);
  const graph = GRAPH_FILES.map((file) => join(folder, file)).find((path) => existsSync(path));
  if (graph === undefined) throw missing(folder, "model.onnx");
  const tokenizerPath = join(folder, "tokenizer.json");
  const json = await readJson(tokenizerPath);
  const settings = await readSettings({ folder, name, overrides, tokenizer: json });
  const tokenizer = settings.tokenizer === "wordpiece" ? json : undefined;
  if (settings.tokenizer === "wordpiece" && tokenizer === undefined) throw missing(folder, "tokenizer.json");
  const modulesPath = join(folder, MODULES_FILE);
  const files = [
    { name: "model.onnx", path: graph },
    // External weights are found by the name the graph was exported with, beside it.
    ...DATA_SUFFIXES.map((suffix) => ({ name: `model.onnx${suffix}`, path: graph + suffix })).filter((file) =>
      existsSync(file.path),
    ),
    ...(tokenizer === undefined ? [] : [{ name: "tokenizer.json", path: tokenizerPath }]),
    ...(existsSync(modulesPath) ? [{ name: MODULES_FILE, path: modulesPath }] : []),
  ];
  const hashes = await Promise.all(files.map(async (file) => [file.name, await hashFile(file.path)] as const));
  const pieces = tokenizer === undefined ? STATIC_MODEL_ID : undefined;
  const identity = canonicalJson({ files: Object.fromEntries(hashes), settings, pieces });
  const hash = new Bun.CryptoHasher("sha256").update(identity).digest("hex").slice(0, 12);
  return {
    settings,
    graph,
    tokenizer,
    layersAfterPooling: await layersAfterPooling(modulesPath),
    files,
    name,
    hash,
  };
}

function missing(folder: string, file: string): RepobaseError {
  return new RepobaseError("not_found", `"${folder}" has no ${file}`, {
    hint: "give a folder with model.onnx and tokenizer.json, as exported for sentence-transformers",
    fields: { file },
  });
}

async function hashFile(path: string): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  for await (const piece of Bun.file(path).stream()) hasher.update(piece);
  return hasher.digest("hex");
}
