/** From text to what a graph's inputs take, by the tokenizer a model names. */
import { RepobaseError } from "../../protocol/errors.ts";
import type { ModelFolder } from "./model-folder.ts";
import { Tokenizer } from "./tokenizer.ts";

export interface EncodedText {
  readonly ids: readonly number[];
  /** `token_type_ids`; as long as `ids` where given. */
  readonly typeIds?: readonly number[];
  /** `piece_weights`; as long as `ids` where given. */
  readonly weights?: readonly number[];
}

export type EmbeddedSide = "query" | "passage";

export interface InputEncoder {
  /** Fills rows shorter than their batch. */
  readonly padId: number;
  encode(text: string, side: EmbeddedSide): EncodedText;
}

export async function openInputEncoder({ settings, tokenizer: json }: ModelFolder): Promise<InputEncoder> {
  if (settings.tokenizer === "repobase-static") return openStaticEncoder();
  const tokenizer = new Tokenizer(json);
  if (settings.maxLength <= tokenizer.specialTokens)
    throw new RepobaseError("unsupported_format", `maxLength ${settings.maxLength} leaves no room for text`);
  const prefix = { query: settings.queryPrefix, passage: settings.passagePrefix };
  return {
    padId: tokenizer.padId,
    encode: (text, side) => tokenizer.encode(prefix[side] + text, settings.maxLength),
  };
}

/** The built-in model's own text side: its weights know lines and calls, which no graph sees. */
async function openStaticEncoder(): Promise<InputEncoder> {
  const { loadStaticEmbedder } = await import("../load-static.ts");
  const model = await loadStaticEmbedder();
  return { padId: 0, encode: (text, side) => (side === "query" ? model.weighQuery(text) : model.weighDocument(text)) };
}
