/**
 * The models a user adds live in `models/{name}/` of the home: a copy, so that an index never depends on a folder that
 * moves, with a record (`repobase-model.json`) of how it is used, its id and its dimensions. A folder appears there whole
 * or not at all.
 */
import { existsSync } from "node:fs";
import { copyFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { POOLINGS } from "../embed/edge-model.ts";
import { readModelFolder } from "../embed/onnx/model-folder.ts";
import { type ModelSettings, SETTINGS_FILE, SETTINGS_FORMAT, readJson } from "../embed/onnx/model-settings.ts";
import { OnnxEmbedder } from "../embed/onnx/onnx-embedder.ts";
import { STATIC_MODEL } from "../embed/static-embedder.ts";
import { fileError } from "../files/file-errors.ts";
import { installFolder, makeFolderFor, removeFolder } from "../files/replace-folder.ts";
import { RepobaseError, isRepobaseError } from "../protocol/errors.ts";

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

export interface ModelInfo {
  readonly name: string;
  /** What the manifest of an index keeps. */
  readonly id: string;
  readonly dim: number;
}

export interface AddModelOptions {
  readonly modelsDir: string;
  /** model.onnx and tokenizer.json, and whatever settings came with them. */
  readonly folder: string;
  /** Default: the folder's name. Part of the model's id: give a model the same name on every machine. */
  readonly name?: string | undefined;
  /** `mean` or `cls`; default: what the folder says, else mean. Only used where the graph does not pool itself. */
  readonly pooling?: string | undefined;
  readonly queryPrefix?: string | undefined;
  readonly passagePrefix?: string | undefined;
  readonly onProgress?: (step: { label: string; done: number; total?: number; unit: string }) => void;
}

export interface OpenModelOptions {
  /** Threads of one batch; default: one a core. */
  readonly threads?: number | undefined;
}

/**
 * Copies a model and embeds a word with the copy. Adding the same model again changes nothing.
 * @throws RepobaseError `usage` for a name, `exists` when another model has it, `home_unwritable`, `no_space`; and what
 *   `OnnxEmbedder.open` throws for a folder that is no model
 */
export async function addModel(options: AddModelOptions): Promise<ModelInfo> {
  const { modelsDir } = options;
  const folder = resolve(options.folder);
  const name = checkName(options.name ?? basename(folder).toLowerCase());
  const { queryPrefix, passagePrefix } = options;
  const pooling = POOLINGS.find((each) => each === options.pooling);
  if (pooling !== options.pooling) throw new RepobaseError("usage", `pooling must be ${POOLINGS.join(" or ")}`);
  const { onProgress } = options;
  onProgress?.({ label: "reading the model", done: 0, unit: "" });
  const source = await readModelFolder({ folder, name, overrides: { pooling, queryPrefix, passagePrefix } });
  const unfinished = await makeFolderFor(join(modelsDir, name));
  try {
    await writable(modelsDir, async () => {
      await copyFiles(source.files, unfinished, onProgress);
      await writeRecord(unfinished, { ...source.settings });
    });
    onProgress?.({ label: "trying the model", done: 0, unit: "" });
    // The copy is opened, not the source: what the copy lacks shows now.
    const embedder = await OnnxEmbedder.open({ folder: unfinished, name, cacheDir: cacheBeside(modelsDir) });
    const info: ModelInfo = { name, id: embedder.id, dim: embedder.dim };
    await embedder.close();
    await writable(modelsDir, () => writeRecord(unfinished, { ...info, ...source.settings }));
    await install({ modelsDir, unfinished, info });
    return info;
  } finally {
    // What cannot be removed now is swept later, and must not hide why adding failed.
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** By name. A folder that is not there yet holds none. @throws RepobaseError `unsupported_format` for a damaged record */
export async function listModels(modelsDir: string): Promise<ModelInfo[]> {
  if (!existsSync(modelsDir)) return [];
  const entries = await readdir(modelsDir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory() && NAME.test(entry.name)).map((entry) => entry.name);
  return Promise.all(names.sort().map((name) => readRecord(modelsDir, name)));
}

/** What was recorded when it was added. @throws RepobaseError `usage`, `not_found`, `unsupported_format` for a damaged record */
export async function findModel(modelsDir: string, name: string): Promise<ModelInfo> {
  if (existsSync(join(modelsDir, checkName(name)))) return readRecord(modelsDir, name);
  const known = (await listModels(modelsDir)).map((model) => model.name);
  throw new RepobaseError("not_found", `there is no model "${name}"`, {
    hint: known.length === 0 ? "add one with repobase model add" : `there are: ${known.join(", ")}`,
  });
}

/**
 * Opens a model after checking that its files still are what was added (some 600 MB/s).
 * @throws RepobaseError `hash_mismatch`; and what `findModel` and `OnnxEmbedder.open` throw
 */
export async function openModel(
  modelsDir: string,
  name: string,
  options: OpenModelOptions = {},
): Promise<OnnxEmbedder> {
  const record = await findModel(modelsDir, name);
  const embedder = await OnnxEmbedder.open({
    folder: join(modelsDir, name),
    name,
    cacheDir: cacheBeside(modelsDir),
    threads: options.threads,
  });
  if (embedder.id === record.id) return embedder;
  await embedder.close();
  throw new RepobaseError("hash_mismatch", `the files of the model "${name}" have changed since it was added`, {
    hint: "add it again with repobase model add",
    fields: { expected: record.id, actual: embedder.id },
  });
}

/** The model an index was made with. @throws RepobaseError `model_unavailable` when it was not added here; see `openModel` */
export async function openModelById(
  modelsDir: string,
  id: string,
  options: OpenModelOptions = {},
): Promise<OnnxEmbedder> {
  const model = (await listModels(modelsDir)).find((each) => each.id === id);
  if (model !== undefined) return openModel(modelsDir, model.name, options);
  throw new RepobaseError("model_unavailable", `the model "${id}" is not on this machine`, {
    hint: "add it with repobase model add, with the same name and settings",
    fields: { model: id },
  });
}

async function copyFiles(
  files: readonly { readonly path: string; readonly name: string }[],
  folder: string,
  onProgress: AddModelOptions["onProgress"],
): Promise<void> {
  const sizes = await Promise.all(files.map(async ({ path }) => (await stat(path)).size));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let done = 0;
  for (const [at, file] of files.entries()) {
    onProgress?.({ label: "copying the model", done, total, unit: "bytes" });
    await copyFile(file.path, join(folder, file.name));
    done += sizes[at] ?? 0;
  }
}

/** Moves the finished folder to its name. A model of that name stays when it is the same one, and goes when it is broken. */
async function install(of: { modelsDir: string; unfinished: string; info: ModelInfo }, again = false): Promise<void> {
  const { modelsDir, unfinished, info } = of;
  const target = join(modelsDir, info.name);
  if (existsSync(target)) {
    const recorded = await wholeModel(modelsDir, info.name);
    if (recorded?.id === info.id) return;
    if (recorded !== undefined)
      throw new RepobaseError("exists", `there is another model named "${info.name}"`, {
        hint: "give this one another name with --name",
        fields: { id: recorded.id },
      });
    await removeFolder(target);
  }
  if (await installFolder(unfinished, target)) return;
  // Another process added a model of this name just now.
  if (!again) return install(of, true);
  throw new RepobaseError("busy", `another process keeps adding the model "${info.name}"`);
}

/** The record of a model whose files are what was added; undefined: broken, so that nothing is lost by replacing it. */
async function wholeModel(modelsDir: string, name: string): Promise<ModelInfo | undefined> {
  try {
    const record = await readRecord(modelsDir, name);
    const { hash } = await readModelFolder({ folder: join(modelsDir, name), name });
    return record.id.endsWith(`-${hash}`) ? record : undefined;
  } catch (error) {
    if (isRepobaseError(error, "not_found", "unsupported_format")) return undefined;
    throw error;
  }
}

async function readRecord(modelsDir: string, name: string): Promise<ModelInfo> {
  const path = join(modelsDir, name, SETTINGS_FILE);
  const json = await readJson(path);
  const { id, dim } = json ?? {};
  if (typeof id !== "string" || typeof dim !== "number")
    throw new RepobaseError("unsupported_format", `"${path}" has no id and dim`, {
      hint: "add the model again with repobase model add",
    });
  return { name, id, dim };
}

/** `models` and `cache` lie side by side in the home, so that nothing is written outside it. */
const cacheBeside = (modelsDir: string) => join(dirname(modelsDir), "cache");

const writeRecord = (folder: string, record: ModelSettings | (ModelSettings & ModelInfo)) =>
  writeFile(join(folder, SETTINGS_FILE), `${JSON.stringify({ format: SETTINGS_FORMAT, ...record }, null, 2)}\n`);

/** @throws RepobaseError `usage` */
export function checkName(name: string): string {
  if (NAME.test(name) && name !== STATIC_MODEL) return name;
  throw new RepobaseError("usage", `not a valid model name: ${JSON.stringify(name.slice(0, 100))}`, {
    hint: "use small letters, digits, dots, dashes and underscores, 64 at most; the built-in model's name is taken",
  });
}

/** Gives the system's refusals to write our codes. */
async function writable<T>(folder: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw fileError(error, { doing: "write", path: folder });
  }
}
