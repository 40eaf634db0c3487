/** Who answers a space's questions: the model that its admin set, or else the server's, or nobody; and how the admin sets it. */
import type { ChatModel, ModelDelta } from "../../chat/model.ts";
import { OpenAiModel } from "../../chat/openai-model.ts";
import { MODEL_TIMES } from "../../chat/time-limits.ts";
import {
  type ChatLimits,
  type ChatModelChange,
  type ChatModelInfo,
  DEFAULT_CHAT_LIMITS,
} from "../../protocol/chat-model-api.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import type { Services } from "../app-env.ts";
import type { Outbound } from "../outbound.ts";
import { sealsOf } from "../identity/sessions.ts";
import { todayOf } from "./day-meter.ts";
import { type ModelRecord, readModelRecord, writeModelRecord } from "./model-record.ts";

export interface SpaceModel {
  readonly owner: "space" | "server" | null;
  readonly model: ChatModel | null;
  readonly limits: ChatLimits;
}

const PURPOSE = "chat model key";
/** Bytes of a stream, which repeats some 200 for every few letters. */
const MAX_STREAM = 32 << 20;
/** A little more than the model itself is given, so that it is the one to say what took too long. */
const SECONDS = MODEL_TIMES.whole / 1000 + 10;
const MAX_NAME = 200;
const MAX_KEY = 2000;
const MAX_ANSWER_TOKENS = 32_000;

export async function spaceModel(services: Services, space: string): Promise<SpaceModel> {
  const record = await readModelRecord(services.bucket, space);
  if (record) return { owner: "space", model: await modelOf(services, space, record), limits: record };
  const { chat } = services;
  return chat
    ? { owner: "server", ...chat }
    : { owner: null, model: null, limits: { ...DEFAULT_CHAT_LIMITS, questionsPerDay: null } };
}

async function modelOf(services: Services, space: string, record: ModelRecord): Promise<ChatModel> {
  const { baseUrl, model, prices } = record;
  const key = await keyOf(services, space, record);
  if (key === undefined) return unreadable(record);
  return new OpenAiModel({ baseUrl, model, key, prices, fetch: fetchThrough(services.outbound) });
}

/** undefined: it was sealed with another secret. */
async function keyOf({ identity }: Services, space: string, { sealedKey }: ModelRecord): Promise<string | undefined> {
  if (sealedKey === null) return "";
  const opened = await identity.seals?.open(PURPOSE, sealedKey);
  const { key, of } = (opened ?? {}) as { readonly key?: unknown; readonly of?: unknown };
  return typeof key === "string" && of === space ? key : undefined;
}

const UNREADABLE =
  "the key of this space's chat model can no longer be read: it was kept with another session secret of the server";
const SET_AGAIN = "an admin of the space sets the key again, or removes the model";

function unreadable({ model, prices }: ModelRecord): ChatModel {
  // oxlint-disable-next-line require-yield -- it never answers
  async function* ask(): AsyncGenerator<ModelDelta> {
    throw new RepobaseError("model_failed", UNREADABLE, { hint: SET_AGAIN });
  }
  return { name: model, prices, ask };
}

const fetchThrough =
  (outbound: Outbound) =>
  (url: string, { headers, body, signal }: RequestInit): Promise<Response> =>
    outbound.send({
      url,
      method: "POST",
      headers: headers as Record<string, string>,
      body: body as string,
      seconds: SECONDS,
      maxBytes: MAX_STREAM,
      signal: signal ?? undefined,
    });

/** What members may see of it. */
export async function describeSpaceModel(services: Services, space: string): Promise<ChatModelInfo> {
  const [record, today] = await Promise.all([readModelRecord(services.bucket, space), todayOf(services, space)]);
  const { owner, model, limits } = await spaceModel(services, space);
  const { questionsPerDay, tokensPerDay, maxAnswerTokens } = limits;
  const isUnreadable = record && (await keyOf(services, space, record)) === undefined;
  return {
    owner,
    model: model?.name ?? null,
    baseUrl: record?.baseUrl ?? null,
    hasKey: record ? record.sealedKey !== null : false,
    problem: isUnreadable ? `${UNREADABLE}; ${SET_AGAIN}` : null,
    prices: model?.prices ?? null,
    questionsPerDay,
    tokensPerDay,
    maxAnswerTokens,
    today: { questions: today.questions, tokens: today.tokens },
  };
}

/** @throws RepobaseError `usage` for an address that is not asked, or values that mean nothing */
export async function setSpaceModel(services: Services, space: string, change: ChatModelChange): Promise<void> {
  const baseUrl = checkBaseUrl(services.outbound, change.baseUrl);
  const model = checkName(change.model);
  const prices = change.prices ? { ...change.prices, currency: change.prices.currency ?? "USD" } : null;
  await writeModelRecord(services.bucket, space, {
    format: 1,
    baseUrl,
    model,
    sealedKey: await sealedKeyFor(services, space, { baseUrl, key: change.key }),
    prices,
    questionsPerDay: change.questionsPerDay ?? null,
    tokensPerDay: change.tokensPerDay ?? null,
    maxAnswerTokens: checkTokens(change.maxAnswerTokens ?? DEFAULT_CHAT_LIMITS.maxAnswerTokens),
  });
}

/** @throws RepobaseError `usage`: a key that is kept is for the server that it was given for, and goes to no other */
async function sealedKeyFor(
  services: Services,
  space: string,
  { baseUrl, key }: { baseUrl: string; key: string | null | undefined },
): Promise<string | null> {
  if (key === null || key === "") return null;
  if (key !== undefined) {
    if (key.length > MAX_KEY || !/^[\x21-\x7e]+$/.test(key))
      throw new RepobaseError("usage", "the key must be printable ASCII without spaces, 2000 characters at most");
    return sealsOf(services.identity).seal(PURPOSE, { key, of: space });
  }
  const record = await readModelRecord(services.bucket, space);
  if (!record?.sealedKey) return null;
  if (new URL(record.baseUrl).origin !== new URL(baseUrl).origin)
    throw new RepobaseError("usage", "the key that is kept is for another server", {
      hint: "give the key of the new address, or an empty one",
    });
  return record.sealedKey;
}

/** Without a slash at the end, and without the part that is added. @throws RepobaseError `usage` */
function checkBaseUrl(outbound: Outbound, value: string): string {
  const url = outbound.check("the chat model's address", value);
  if (url.search !== "")
    throw new RepobaseError("usage", "the chat model's address must have no query", {
      hint: "give the address before /chat/completions, such as https://api.example.com/v1",
    });
  return url.origin + url.pathname.replace(/(\/chat\/completions)?\/*$/, "");
}

function checkName(model: string): string {
  // oxlint-disable-next-line no-control-regex -- that is what must not be in it
  if (model.trim() === "" || model.length > MAX_NAME || /[\x00-\x1f\x7f]/.test(model))
    throw new RepobaseError("usage", `the model's name must have 1 to ${MAX_NAME} characters, all visible`);
  return model.trim();
}

function checkTokens(maxAnswerTokens: number): number {
  if (maxAnswerTokens < 1 || maxAnswerTokens > MAX_ANSWER_TOKENS)
    throw new RepobaseError("usage", `maxAnswerTokens must be from 1 to ${MAX_ANSWER_TOKENS}`);
  return maxAnswerTokens;
}
