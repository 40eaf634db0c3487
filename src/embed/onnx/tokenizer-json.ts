/**
 * Reads the parts of a `tokenizer.json` of BERT style. Whatever is not known exactly is refused by name
 * (`unsupported_format`): a tokenizer that is nearly right gives vectors that are quietly wrong.
 */
import { RepobaseError } from "../../protocol/errors.ts";
import type { BertNormalizer, WordPieceModel } from "./word-piece.ts";

export interface TemplatePart {
  /** undefined: here goes the text. */
  readonly ids: readonly number[] | undefined;
  readonly typeId: number;
}

export interface AddedToken {
  readonly id: number;
  /** Not found inside a longer word. */
  readonly singleWord: boolean;
}

/** One tokenizer, ready to run. */
export interface TokenizerParts {
  readonly normalizer: BertNormalizer;
  readonly model: WordPieceModel;
  readonly template: readonly TemplatePart[];
  /** By the text they are written as. */
  readonly added: ReadonlyMap<string, AddedToken>;
  /** Fills short rows of a batch; the attention mask hides it. */
  readonly padId: number;
  /** Tokens the file truncates to, special ones included; undefined: it does not. */
  readonly maxLength: number | undefined;
  /** Keep the end of a text that is too long, not its start. */
  readonly truncateLeft: boolean;
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown, fallback: string) => (typeof value === "string" ? value : fallback);
const count = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

function unsupported(what: string): RepobaseError {
  return new RepobaseError("unsupported_format", `tokenizer.json: ${what} is not supported`, {
    hint: "use a model with a BERT-style WordPiece tokenizer",
  });
}

function object(value: unknown, name: string): Json {
  if (!isObject(value)) throw unsupported(`a file without ${name}`);
  return value;
}

/** @param json the parsed file. @throws RepobaseError `unsupported_format` naming what is not supported */
export function readTokenizerJson(json: unknown): TokenizerParts {
  const root = object(json, "a root object");
  const normalizer = readNormalizer(root["normalizer"]);
  const preTokenizer = object(root["pre_tokenizer"], "pre_tokenizer");
  if (preTokenizer["type"] !== "BertPreTokenizer") throw unsupported(`pre_tokenizer "${String(preTokenizer["type"])}"`);
  const model = readModel(root["model"]);
  const added = readAddedTokens(root["added_tokens"]);
  const idOf = (token: string) => added.get(token)?.id ?? model.vocabulary.get(token);
  const padding = root["padding"];
  const truncation = root["truncation"];
  return {
    normalizer,
    model,
    added,
    template: readTemplate(root["post_processor"], idOf),
    padId: isObject(padding) && count(padding["pad_id"]) ? padding["pad_id"] : (idOf("[PAD]") ?? 0),
    maxLength: isObject(truncation) && count(truncation["max_length"]) ? truncation["max_length"] : undefined,
    truncateLeft: isObject(truncation) && truncation["direction"] === "Left",
  };
}

function readNormalizer(value: unknown): BertNormalizer {
  if (value === null || value === undefined)
    return { cleanText: false, chineseChars: false, stripAccents: false, lowercase: false };
  const json = object(value, "normalizer");
  if (json["type"] !== "BertNormalizer") throw unsupported(`normalizer "${String(json["type"])}"`);
  const lowercase = json["lowercase"] !== false;
  return {
    cleanText: json["clean_text"] !== false,
    chineseChars: json["handle_chinese_chars"] !== false,
    // null means: as lower case does
    stripAccents: typeof json["strip_accents"] === "boolean" ? json["strip_accents"] : lowercase,
    lowercase,
  };
}

function readModel(value: unknown): WordPieceModel {
  const json = object(value, "model");
  // Old files leave the type out; only WordPiece has this field.
  if ((json["type"] ?? ("max_input_chars_per_word" in json ? "WordPiece" : undefined)) !== "WordPiece")
    throw unsupported(`model "${String(json["type"])}"`);
  const vocabulary = new Map<string, number>();
  for (const [piece, id] of Object.entries(object(json["vocab"], "model.vocab"))) {
    if (!count(id)) throw unsupported(`a vocabulary entry without id, ${JSON.stringify(piece)},`);
    vocabulary.set(piece, id);
  }
  const unknownToken = text(json["unk_token"], "[UNK]");
  const unknown = vocabulary.get(unknownToken);
  if (unknown === undefined)
    throw unsupported(`an unknown token, ${JSON.stringify(unknownToken)}, outside the vocabulary`);
  return {
    vocabulary,
    unknown,
    continuation: text(json["continuing_subword_prefix"], "##"),
    maxWordChars: count(json["max_input_chars_per_word"]) ? json["max_input_chars_per_word"] : 100,
  };
}

/** Tokens found in the raw text before anything else. Stripping of white space around them changes no id here. */
function readAddedTokens(value: unknown): ReadonlyMap<string, AddedToken> {
  const tokens = new Map<string, AddedToken>();
  for (const each of Array.isArray(value) ? value : []) {
    const json = object(each, "an added token");
    const content = text(json["content"], "");
    if (content === "" || !count(json["id"])) throw unsupported("an added token without content or id");
    if (json["normalized"] === true) throw unsupported(`the normalized added token ${JSON.stringify(content)}`);
    tokens.set(content, { id: json["id"], singleWord: json["single_word"] === true });
  }
  return tokens;
}

function readTemplate(value: unknown, idOf: (token: string) => number | undefined): readonly TemplatePart[] {
  const sequence: TemplatePart = { ids: undefined, typeId: 0 };
  if (value === null || value === undefined) return [sequence];
  const json = object(value, "post_processor");
  if (json["type"] === "BertProcessing") {
    const special = (name: "cls" | "sep"): TemplatePart => {
      const pair = json[name];
      const id: unknown = Array.isArray(pair) ? pair[1] : undefined;
      if (!count(id)) throw unsupported(`a post_processor without ${name}`);
      return { ids: [id], typeId: 0 };
    };
    return [special("cls"), sequence, special("sep")];
  }
  if (json["type"] !== "TemplateProcessing") throw unsupported(`post_processor "${String(json["type"])}"`);
  const specials = isObject(json["special_tokens"]) ? json["special_tokens"] : {};
  const parts = (Array.isArray(json["single"]) ? json["single"] : []).map((each: unknown): TemplatePart => {
    const [kind, raw] = Object.entries(object(each, "a template part"))[0] ?? [];
    const body = object(raw, "a template part");
    const typeId = count(body["type_id"]) ? body["type_id"] : 0;
    if (kind === "Sequence") return { ids: undefined, typeId };
    if (kind !== "SpecialToken") throw unsupported(`template part "${String(kind)}"`);
    const name = text(body["id"], "");
    const special = specials[name];
    const listed: unknown = isObject(special) ? special["ids"] : undefined;
    const ids: unknown[] = Array.isArray(listed) ? listed : [idOf(name)];
    if (!ids.every(count)) throw unsupported(`a special token without id, ${JSON.stringify(name)},`);
    return { ids, typeId };
  });
  if (parts.filter((each) => each.ids === undefined).length !== 1)
    throw unsupported("a template without exactly one sequence");
  return parts;
}
