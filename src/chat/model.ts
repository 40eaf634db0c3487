/**
 * What a chat model is to the conversation: messages in, a stream out. Implementations: openai-model.ts (any OpenAI-compatible endpoint),
 * worker/workers-ai-chat.ts.
 */
import type { ChatPrices } from "../protocol/chat-model-api.ts";

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** As the model wrote them: JSON, if it is right. */
  readonly arguments: string;
}

export type ModelMessage =
  | { readonly role: "system" | "user"; readonly content: string }
  | { readonly role: "assistant"; readonly content: string; readonly toolCalls?: readonly ToolCall[] }
  | { readonly role: "tool"; readonly callId: string; readonly content: string };

/** A tool as a model is told of it. */
export interface ModelTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

export interface ModelRequest {
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly ModelTool[];
  /** false: it shall answer now; the tools are named because the messages have calls of them. */
  readonly mayCall: boolean;
  /** Of the answer. */
  readonly maxTokens: number;
}

/** `cut`: the stream broke off without a word, or was longer than MAX_STREAM. */
export type ModelEnd = "stop" | "length" | "filtered" | "cut";

export type ModelDelta =
  | { readonly kind: "text"; readonly text: string }
  /** All calls of this answer; after its text. */
  | { readonly kind: "calls"; readonly calls: readonly ToolCall[] }
  /** The last. */
  | { readonly kind: "end"; readonly reason: ModelEnd; readonly usage: ModelUsage | null };

export interface ModelUsage {
  readonly promptTokens: number;
  readonly answerTokens: number;
}

export interface ChatModel {
  readonly name: string;
  readonly prices: ChatPrices | null;
  /**
   * One answer. Whoever stops reading ends the request.
   * @throws RepobaseError `model_failed` (refused, or no answer of a model), `rate_limited` (with `retryAfter`), `transient` (silent,
   *   broken, 5xx), `interrupted`
   */
  ask(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelDelta>;
}
