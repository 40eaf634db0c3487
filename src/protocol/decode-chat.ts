/** Answers of `POST /v1/chat` as clients check them; the server, which only writes them, does not load this. */
import { array, type GenericSchema, nullable, nullish, number, picklist } from "valibot";
import { CHAT_ENDS, CHAT_PLACE, type ChatAnswer, type ChatEvent } from "./chat-api.ts";
import { ANSWER } from "./cloud-api.ts";
import { checkDocument, count, type DocumentType, fields, text, yesNo } from "./decode.ts";
import { RepobaseError } from "./errors.ts";

const lists = "must be a list";
const source = fields({
  n: count,
  ...CHAT_PLACE,
  repo: text,
  url: nullable(text),
  language: text,
  symbol: nullable(text),
  text,
});
const usage = nullable(fields({ promptTokens: count, answerTokens: count, estimated: yesNo }));
const today = nullable(
  fields({ questions: count, tokens: count, questionsPerDay: nullable(count), tokensPerDay: nullable(count) }),
);
const done = {
  reason: picklist(CHAT_ENDS, `must be one of ${CHAT_ENDS.join(", ")}`),
  model: nullable(text),
  citations: array(fields({ n: count, ...CHAT_PLACE, repo: text }), lists),
  unknown: array(count, lists),
  toolCalls: count,
  usage,
  cost: nullable(fields({ amount: number(), currency: text })),
  today,
};
const failure = { code: text, detail: text, hint: nullish(text), retryAfter: nullish(count) };
const tool = { call: count, name: text, about: text, ok: yesNo, sources: array(count, lists) };
const first = { sources: array(source, lists), warnings: array(text, lists) };

const EVENTS: Readonly<Record<ChatEvent["type"], GenericSchema>> = {
  sources: fields({ ...first, model: nullable(text) }),
  tool: fields(tool),
  source: fields({ source }),
  text: fields({ text }),
  error: fields(failure),
  done: fields(done),
};

/**
 * @param data of one event of the stream
 * @returns undefined: of a type that this program does not know, to be passed over
 * @throws RepobaseError `transient` for what is no event of a Repobase server
 */
export function decodeChatEvent(data: string): ChatEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch (cause) {
    throw new RepobaseError("transient", "the answer is damaged: an event is not JSON", { hint: ANSWER.hint, cause });
  }
  const type = checkDocument({ ...ANSWER, name: "answer", schema: fields({ type: text }) }, value).type;
  if (!Object.hasOwn(EVENTS, type)) return undefined;
  return checkDocument({ ...ANSWER, name: "answer", schema: EVENTS[type as ChatEvent["type"]] }, value) as ChatEvent;
}

export const CHAT_ANSWER: DocumentType<ChatAnswer> = {
  ...ANSWER,
  name: "answer",
  schema: fields({
    ...first,
    ...done,
    answer: text,
    tools: array(fields(tool), lists),
    error: nullable(fields(failure)),
  }) as GenericSchema<unknown, ChatAnswer>,
};
