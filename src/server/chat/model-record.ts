/**
 * The chat model of a space, as its admin set it: `users/{space}/chat-model.json`, beside the users' prefixes, where no request of a
 * user can name it. The key is sealed: whoever reads the bucket alone cannot use it.
 */
import { literal, nullable } from "valibot";
import { CHAT_PRICES, type ChatLimits, type ChatPrices } from "../../protocol/chat-model-api.ts";
import { count, decodeDocument, type DocumentType, fields, text } from "../../protocol/decode.ts";
import { checkUserId } from "../../protocol/keys.ts";
import type { ObjectStore } from "../../store/object-store.ts";

export interface ModelRecord extends ChatLimits {
  readonly format: 1;
  readonly baseUrl: string;
  readonly model: string;
  /** null: the endpoint wants none. */
  readonly sealedKey: string | null;
  readonly prices: ChatPrices | null;
}

const MODEL_RECORD: DocumentType<ModelRecord> = {
  name: "chat model",
  format: 1,
  damaged: "damaged_config",
  hint: "an admin of the space sets the chat model anew, or removes it",
  schema: fields({
    format: literal(1),
    baseUrl: text,
    model: text,
    sealedKey: nullable(text),
    prices: nullable(CHAT_PRICES),
    questionsPerDay: nullable(count),
    tokensPerDay: nullable(count),
    maxAnswerTokens: count,
  }),
};

const modelKey = (space: string) => `users/${checkUserId(space)}/chat-model.json`;

/** undefined: the space has none of its own. @throws RepobaseError `damaged_config` */
export async function readModelRecord(bucket: ObjectStore, space: string): Promise<ModelRecord | undefined> {
  const stored = await bucket.get(modelKey(space));
  return stored && decodeDocument(MODEL_RECORD, stored.bytes, modelKey(space));
}

export async function writeModelRecord(bucket: ObjectStore, space: string, record: ModelRecord): Promise<void> {
  await bucket.put(modelKey(space), new TextEncoder().encode(JSON.stringify(record)));
}

export const deleteModelRecord = (bucket: ObjectStore, space: string): Promise<unknown> =>
  bucket.delete(modelKey(space));
