/**
 * How a model wants to be used. Each setting comes from the first that has it: the caller, our own
 * `repobase-model.json`, the files sentence-transformers and transformers write, a default.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { RepobaseError } from "../../protocol/errors.ts";
import { edgeModelNamed, POOLINGS, type Pooling } from "../edge-model.ts";

export const SETTINGS_FILE = "repobase-model.json";
export const SETTINGS_FORMAT = 1;
/** How sentence-transformers puts a model together. */
export const MODULES_FILE = "modules.json";
/** BERT's own limit, when no file says another. */
const DEFAULT_MAX_LENGTH = 512;

/** `wordpiece`: tokenizer.json. `repobase-static`: the built-in model's pieces, with their weights as a graph input. */
const TOKENIZERS = ["wordpiece", "repobase-static"] as const;

export interface ModelSettings {
  readonly tokenizer: (typeof TOKENIZERS)[number];
  /** How one vector comes from many, where the graph gives one for each token. */
  readonly pooling: Pooling;
  /** Tokens of a text, special ones included; the rest is cut off. */
  readonly maxLength: number;
  /** Put before every query. */
  readonly queryPrefix: string;
  /** Put before every passage. */
  readonly passagePrefix: string;
}

export type SettingsOverrides = { readonly [K in keyof ModelSettings]?: ModelSettings[K] | undefined };

type Json = Readonly<Record<string, unknown>>;

/** undefined: no such file. @throws RepobaseError `unsupported_format` when it holds no JSON object */
export async function readJson(path: string): Promise<Json | undefined> {
  if (!existsSync(path)) return undefined;
  let value: unknown;
  let cause: unknown;
  try {
    value = await Bun.file(path).json();
  } catch (error) {
    cause = error;
  }
  if (!isObject(value)) throw new RepobaseError("unsupported_format", `"${path}" is not a JSON object`, { cause });
  return value;
}

/** @param from.name of the model: known ones have their own query prefix. @param from.tokenizer tokenizer.json, for its truncation. @throws RepobaseError `unsupported_format` */
export async function readSettings(from: {
  folder: string;
  name: string;
  overrides: SettingsOverrides;
  tokenizer: Json | undefined;
}): Promise<ModelSettings> {
  const { folder, overrides } = from;
  const own = await readOwn(join(folder, SETTINGS_FILE));
  const config = (await readJson(join(folder, "config.json"))) ?? {};
  const sentence = (await readJson(join(folder, "sentence_bert_config.json"))) ?? {};
  const prompts = (await readJson(join(folder, "config_sentence_transformers.json")))?.["prompts"];
  const prompt = (name: string) => (isObject(prompts) ? prompts[name] : undefined);
  const truncation = from.tokenizer?.["truncation"];
  const positions = config["max_position_embeddings"];

  const asked = firstOf("maxLength", isLength, [
    overrides.maxLength,
    own["maxLength"],
    sentence["max_seq_length"],
    isObject(truncation) ? truncation["max_length"] : undefined,
    positions,
    DEFAULT_MAX_LENGTH,
  ]);
  return {
    tokenizer: firstOf("tokenizer", oneOf(TOKENIZERS), [overrides.tokenizer, own["tokenizer"], "wordpiece"]),
    pooling: firstOf("pooling", oneOf(POOLINGS), [
      overrides.pooling,
      own["pooling"],
      await exportedPooling(folder),
      "mean",
    ]),
    maxLength: isLength(positions) ? Math.min(asked, positions) : asked,
    queryPrefix: firstOf("queryPrefix", isText, [
      overrides.queryPrefix,
      own["queryPrefix"],
      prompt("query"),
      edgeModelNamed(from.name)?.queryPrefix,
      "",
    ]),
    passagePrefix: firstOf("passagePrefix", isText, [
      overrides.passagePrefix,
      own["passagePrefix"],
      prompt("document") ?? prompt("passage"),
      "",
    ]),
  };
}

/** What `model add` wrote beside the model; nothing of it in a folder of somebody else's. */
async function readOwn(path: string): Promise<Json> {
  const own = (await readJson(path)) ?? {};
  if (typeof own["format"] === "number" && own["format"] > SETTINGS_FORMAT)
    throw new RepobaseError("unsupported_format", `"${path}" has the newer format ${own["format"]}`, {
      hint: "update repobase",
    });
  return own;
}

/** The kinds of modules that a sentence-transformers list names, but for those we do ourselves. */
export async function layersAfterPooling(path: string): Promise<readonly string[]> {
  if (!existsSync(path)) return [];
  const modules: unknown = await Bun.file(path)
    .json()
    .catch(() => undefined);
  if (!Array.isArray(modules)) throw new RepobaseError("unsupported_format", `"${path}" is not a JSON list`);
  const kinds = modules.map(
    (each: unknown) =>
      String(isObject(each) ? each["type"] : each)
        .split(".")
        .at(-1) ?? "",
  );
  return kinds.filter((kind) => !["Transformer", "Pooling", "Normalize"].includes(kind));
}

/** What `1_Pooling/config.json` says, in the words of our settings or its own. */
async function exportedPooling(folder: string): Promise<unknown> {
  const json = (await readJson(join(folder, "1_Pooling", "config.json"))) ?? {};
  if (json["pooling_mode"] !== undefined) return json["pooling_mode"];
  const modes = Object.keys(json).filter((key) => key.startsWith("pooling_mode_") && json[key] === true);
  const names = modes.map((mode) => mode.replace("pooling_mode_", "").replace(/_tokens?$/, ""));
  return names.length === 0 ? undefined : names.join(" and ");
}

/** The first value that is there; it must be right. */
function firstOf<T>(name: string, isRight: (value: unknown) => value is T, values: readonly unknown[]): T {
  const value = values.find((each) => each !== undefined && each !== null);
  if (!isRight(value))
    throw new RepobaseError("unsupported_format", `the model's ${name} ${JSON.stringify(value)} is not supported`, {
      fields: { setting: name },
    });
  return value;
}

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string";
const isLength = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 3;
const oneOf =
  <T extends string>(choices: readonly T[]) =>
  (value: unknown): value is T =>
    choices.some((choice) => choice === value);
