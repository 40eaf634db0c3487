/**
 * One question, answered: what is found first, then what the model says and looks up, as events (protocol/chat-api.ts). The model can
 * do nothing but call the tools, at most MAX_TOOL_CALLS times; everything it writes is text of the answer. What it cites is resolved
 * here, from the sources of this answer alone.
 */
import type { Library } from "../lookup/library.ts";
import { estimateTokens } from "../lookup/tokens.ts";
import {
  type ChatDay,
  type ChatEnd,
  type ChatEvent,
  type ChatTurn,
  type DoneEvent,
  type ErrorEvent,
  MAX_TOOL_CALLS,
} from "../protocol/chat-api.ts";
import { CitationReader } from "../protocol/citations.ts";
import { isRepobaseError, RepobaseError } from "../protocol/errors.ts";
import { citedBefore, messagesOf, recentTurns } from "./conversation.ts";
import { findSources } from "./find-sources.ts";
import type { ChatModel, ModelEnd, ModelMessage, ModelUsage, ToolCall } from "./model.ts";
import { makeFence, questionPrompt, systemPrompt } from "./prompt.ts";
import { type ChatScope, scopedLibrary } from "./scoped-library.ts";
import { NumberedSources } from "./numbered-sources.ts";
import { callTool, CHAT_TOOLS } from "./tool-calls.ts";

/** Counts what a space uses. */
export interface ChatMeter {
  /** Before the model is asked. @throws RepobaseError `rate_limited` when the day's limit is reached */
  begin(): Promise<void>;
  /** Once, after `begin`, whatever happened. */
  end(tokens: number): Promise<ChatDay>;
}

export interface AskedChat {
  readonly library: Library;
  /** null: the sources alone. */
  readonly model: ChatModel | null;
  readonly question: string;
  readonly history: readonly ChatTurn[];
  readonly scope: ChatScope;
  readonly maxAnswerTokens: number;
  readonly meter?: ChatMeter;
  /** May whoever asks read what the model's endpoint says of its errors? */
  readonly isOwnModel: boolean;
  /** Told of every error that ends an answer. */
  readonly onError?: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/** @throws RepobaseError before the first event: what finding the sources throws; later only `interrupted` */
export async function* answerQuestion(asked: AskedChat): AsyncGenerator<ChatEvent> {
  const { model, scope } = asked;
  const library = scopedLibrary(asked.library, scope);
  const turns = recentTurns(asked.history);
  const sources = new NumberedSources();
  const [found, again] = await Promise.all([
    findSources(library, asked.question, turns),
    citedBefore(asked.library, scope, turns),
  ]);
  for (const source of found.sources) sources.add(source);
  const before = messagesOf(turns, again, sources);
  const first = [...sources.all];
  yield { type: "sources", sources: first, warnings: found.warnings, model: model?.name ?? null };
  const answer = new Answer(asked, model, sources);
  if (!model) return yield await answer.done("no_model");
  const fence = makeFence();
  const messages: ModelMessage[] = [
    { role: "system", content: systemPrompt(fence) },
    ...before,
    { role: "user", content: questionPrompt({ question: asked.question, sources: first, fence }) },
  ];
  try {
    let reason: ChatEnd;
    try {
      await answer.begin();
      reason = yield* converse({ library, model, messages, fence, answer, asked });
    } catch (error) {
      if (asked.signal.aborted) throw error;
      asked.onError?.(error);
      reason = "error";
      yield errorEvent(error, asked.isOwnModel);
    }
    yield await answer.done(reason);
  } finally {
    await answer.settle();
  }
}

/** @returns why it ended */
async function* converse(of: {
  readonly library: Library;
  readonly model: ChatModel;
  readonly messages: ModelMessage[];
  readonly fence: string;
  readonly answer: Answer;
  readonly asked: AskedChat;
}): AsyncGenerator<ChatEvent, ModelEnd> {
  const { library, model, messages, fence, answer, asked } = of;
  for (;;) {
    const mayCall = answer.calls < MAX_TOOL_CALLS;
    const request = { messages, tools: CHAT_TOOLS, mayCall, maxTokens: asked.maxAnswerTokens };
    const reader = new CitationReader();
    let said = "";
    let calls: readonly ToolCall[] = [];
    let end: ModelEnd = "cut";
    let usage: ModelUsage | null = null;
    let heard = false;
    const take = (parts: readonly { readonly text: string }[]): ChatEvent[] => {
      const text = answer.goOn(parts.map((part) => part.text).join(""));
      return text === "" ? [] : [{ type: "text", text }];
    };
    try {
      for await (const delta of model.ask(request, asked.signal)) {
        heard = true;
        if (delta.kind === "text") {
          said += delta.text;
          yield* take(reader.push(delta.text));
        } else if (delta.kind === "calls") ({ calls } = delta);
        else ({ reason: end, usage } = delta);
      }
    } catch (error) {
      // what was held back for a citation that might go on
      yield* take(reader.end());
      throw error;
    } finally {
      // who refused or was silent is not paid
      if (heard) answer.use(usage, messages, said);
    }
    yield* take(reader.end());
    if (calls.length === 0 || !mayCall) {
      // half a stream is an answer cut off; a whole one without a word is none
      if (answer.text.trim() === "" && end === "stop") throw noAnswer(calls.length > 0);
      return end;
    }
    answer.endPart();
    yield* runCalls({ library, calls, said, messages, fence, answer });
  }
}

const noAnswer = (looksOn: boolean) =>
  new RepobaseError(
    "model_failed",
    looksOn ? "the model looked things up again and again, and gave no answer" : "the model gave no answer",
    { hint: "ask again, or in other words; the sources are good" },
  );

/** As many of the calls as are left; the model is told of those that are not run. */
async function* runCalls(of: {
  readonly library: Library;
  readonly calls: readonly ToolCall[];
  readonly said: string;
  readonly messages: ModelMessage[];
  readonly fence: string;
  readonly answer: Answer;
}): AsyncGenerator<ChatEvent> {
  const { library, said, messages, fence, answer } = of;
  const calls = of.calls.slice(0, MAX_TOOL_CALLS - answer.calls);
  messages.push({ role: "assistant", content: said, toolCalls: calls });
  for (const call of calls) {
    const { content, about, ok, numbers, added } = await callTool({ library, call, sources: answer.sources, fence });
    answer.calls++;
    for (const source of added) yield { type: "source", source };
    const name = call.name.slice(0, 50);
    yield { type: "tool", call: answer.calls, name, about, ok, sources: numbers };
    const left = MAX_TOOL_CALLS - answer.calls;
    const rest = left === 0 ? "\nNo more calls: answer now." : "";
    messages.push({ role: "tool", callId: call.id, content: content + rest });
  }
}

/** What is known of the answer so far, and what it costs. */
class Answer {
  calls = 0;
  text = "";
  #breaks = false;
  #usage: (ModelUsage & { readonly estimated: boolean }) | null = null;
  #day: ChatDay | null = null;
  #isCounted = true;

  constructor(
    readonly asked: AskedChat,
    readonly model: ChatModel | null,
    readonly sources: NumberedSources,
  ) {}

  async begin(): Promise<void> {
    await this.asked.meter?.begin();
    this.#isCounted = this.asked.meter === undefined;
  }

  /** @returns the text as it follows what was said before */
  goOn(text: string): string {
    if (text === "") return "";
    const next = this.#breaks && this.text !== "" ? `\n\n${text}` : text;
    this.#breaks = false;
    this.text += next;
    return next;
  }

  /** What comes next is no part of this paragraph: something was looked up in between. */
  endPart(): void {
    this.#breaks = true;
  }

  /** @param said by the model; what it was told is reckoned where it does not say */
  use(usage: ModelUsage | null, messages: readonly ModelMessage[], said: string): void {
    const reckoned = usage ?? {
      promptTokens: estimateTokens(JSON.stringify(messages)),
      answerTokens: estimateTokens(said),
    };
    const before = this.#usage ?? { promptTokens: 0, answerTokens: 0, estimated: false };
    this.#usage = {
      promptTokens: before.promptTokens + reckoned.promptTokens,
      answerTokens: before.answerTokens + reckoned.answerTokens,
      estimated: before.estimated || usage === null,
    };
  }

  /** Counts it, once. */
  async settle(): Promise<void> {
    if (this.#isCounted) return;
    this.#isCounted = true;
    const { promptTokens = 0, answerTokens = 0 } = this.#usage ?? {};
    this.#day = (await this.asked.meter?.end(promptTokens + answerTokens)) ?? null;
  }

  async done(reason: ChatEnd): Promise<DoneEvent> {
    await this.settle();
    const { model } = this;
    return {
      type: "done",
      reason,
      model: model?.name ?? null,
      ...this.sources.resolve(this.text),
      toolCalls: this.calls,
      usage: this.#usage,
      cost: this.#cost(),
      today: this.#day,
    };
  }

  #cost(): DoneEvent["cost"] {
    const prices = this.model?.prices;
    const usage = this.#usage;
    if (!prices || !usage) return null;
    const amount = (usage.promptTokens * prices.input + usage.answerTokens * prices.output) / 1e6;
    return { amount, currency: prices.currency };
  }
}

function errorEvent(error: unknown, isOwnModel: boolean): ErrorEvent {
  if (!isRepobaseError(error))
    return { type: "error", code: "failure", detail: "the answer failed; nothing more is said here, the log knows" };
  const { code, message, hint, fields } = error;
  const said = isOwnModel && typeof fields["said"] === "string" && fields["said"] !== "" ? `: ${fields["said"]}` : "";
  const retryAfter = fields["retryAfter"];
  return {
    type: "error",
    code,
    detail: message + said,
    ...(hint !== undefined && { hint }),
    ...(typeof retryAfter === "number" && { retryAfter }),
  };
}
