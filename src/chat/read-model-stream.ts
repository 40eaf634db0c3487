/**
 * The stream of a chat completion (`chat.completion.chunk` events) as deltas. Forgiving where providers differ: no usage, no
 * `finish_reason`, no `[DONE]`, a tool call in one piece or in many, with or without an index; and Workers AI's older `{response}`.
 */
import { RepobaseError } from "../protocol/errors.ts";
import { type EventReading, readEvents } from "../protocol/event-stream.ts";
import type { ModelDelta, ModelEnd, ModelUsage, ToolCall } from "./model.ts";

/** Characters of one event; deltas are short. */
const MAX_EVENT = 256 * 1024;
/** Characters of one call's arguments, and calls, that are kept; more is no question that is answered. */
const MAX_ARGUMENTS = 16 * 1024;
const MAX_CALLS = 20;
/** Characters of text. */
export const MAX_ANSWER = 100_000;

interface CallInPieces {
  id: string;
  name: string;
  arguments: string;
}

/** @throws RepobaseError `model_failed` for an error event or what is no such stream */
export async function* readModelStream(
  body: ReadableStream<Uint8Array>,
  reading: Omit<EventReading, "maxEvent"> = {},
): AsyncGenerator<ModelDelta> {
  const answer = new AnswerInPieces();
  let isWhole = false;
  for await (const { data } of readEvents(body, { ...reading, maxEvent: MAX_EVENT })) {
    isWhole = data === "[DONE]";
    if (isWhole) break;
    const text = answer.take(parse(data));
    if (text !== "") yield { kind: "text", text };
    if (answer.isTooLong) break;
  }
  yield* answer.end(isWhole ? "stop" : "cut");
}

/** An answer that came whole, where a stream was asked for. @throws RepobaseError `model_failed` */
export function* readModelAnswer(value: unknown): Generator<ModelDelta> {
  const answer = new AnswerInPieces();
  const text = answer.take(value);
  if (text !== "") yield { kind: "text", text };
  yield* answer.end("stop");
}

class AnswerInPieces {
  readonly #calls: CallInPieces[] = [];
  #length = 0;
  #reason: ModelEnd | undefined;
  #usage: ModelUsage | null = null;

  get isTooLong(): boolean {
    return this.#length > MAX_ANSWER;
  }

  /** @returns the text of this piece */
  take(chunk: unknown): string {
    const { error, usage, choices, response } = objectOf(chunk);
    if (error !== undefined && error !== null)
      throw new RepobaseError("model_failed", `the model failed: ${messageOf(error)}`);
    this.#usage = usageOf(usage) ?? this.#usage;
    const choice = objectOf(Array.isArray(choices) ? choices[0] : undefined);
    const delta = objectOf(choice["delta"] ?? choice["message"]);
    for (const call of listOf(delta["tool_calls"] ?? objectOf(chunk)["tool_calls"])) this.#takeCall(objectOf(call));
    const reason = choice["finish_reason"];
    if (typeof reason === "string") this.#reason = endOf(reason);
    const text = textOf(delta["content"] ?? response);
    this.#length += text.length;
    return text;
  }

  /** @param otherwise what it is where the model does not say why it ended */
  *end(otherwise: ModelEnd): Generator<ModelDelta> {
    if (this.#calls.length > 0) yield { kind: "calls", calls: this.#calls.map(named) };
    const reason = this.isTooLong ? "cut" : (this.#reason ?? otherwise);
    yield { kind: "end", reason, usage: this.#usage };
  }

  /** Pieces of one call have its index; where there is none, its id; where there is neither, they are whole. */
  #takeCall(piece: Record<string, unknown>): void {
    const { index, id, function: called } = piece;
    const { name, arguments: given } = { ...piece, ...objectOf(called) } as Record<string, unknown>;
    const at = typeof index === "number" ? index : this.#calls.findIndex((call) => call.id !== "" && call.id === id);
    const place = at >= 0 ? at : this.#calls.length;
    if (!Number.isSafeInteger(place) || place >= MAX_CALLS || place > this.#calls.length) return;
    const call = (this.#calls[place] ??= { id: "", name: "", arguments: "" });
    if (typeof id === "string" && id !== "") call.id = id;
    if (typeof name === "string" && call.name === "") call.name = name;
    const text = typeof given === "string" ? given : given === undefined || given === null ? "" : JSON.stringify(given);
    if (call.arguments.length <= MAX_ARGUMENTS) call.arguments += text;
  }
}

const named = (call: CallInPieces, at: number): ToolCall => ({ ...call, id: call.id || `call_${at + 1}` });

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw new RepobaseError("model_failed", "the model's endpoint sent an event that is not JSON", { cause });
  }
}

const ENDS: Readonly<Record<string, ModelEnd>> = { length: "length", content_filter: "filtered" };
const endOf = (reason: string): ModelEnd => (Object.hasOwn(ENDS, reason) ? (ENDS[reason] ?? "stop") : "stop");

function usageOf(value: unknown): ModelUsage | undefined {
  const { prompt_tokens: promptTokens, completion_tokens: answerTokens } = objectOf(value);
  return isCount(promptTokens) && isCount(answerTokens) ? { promptTokens, answerTokens } : undefined;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Text, or parts of which some are text. */
function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return listOf(content)
    .map((part) => objectOf(part)["text"])
    .filter((text) => typeof text === "string")
    .join("");
}

export const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** What an endpoint says of an error, in whichever of the usual shapes; short, in one line. */
export function messageOf(error: unknown): string {
  const { message, error: inner, detail } = objectOf(error);
  const said = [error, message, detail, objectOf(inner)["message"], inner].find((each) => typeof each === "string");
  return String(said ?? "no reason given")
    .replace(/\s+/g, " ")
    .slice(0, 300);
}
