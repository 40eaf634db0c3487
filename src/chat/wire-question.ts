/** A question as OpenAI's chat completions write it, and the parts of it that not all endpoints know. */
import type { ModelMessage, ModelRequest } from "./model.ts";

const PARTS = ["stream_options", "max_tokens", "tools"] as const;
export type QuestionPart = (typeof PARTS)[number];

/** @param unknown left out, or put in another way */
export function wireQuestion(
  model: string,
  { messages, tools, mayCall, maxTokens }: ModelRequest,
  unknown: ReadonlySet<QuestionPart>,
) {
  return {
    model,
    messages: messages.map(wireMessage),
    stream: true,
    ...(!unknown.has("stream_options") && { stream_options: { include_usage: true } }),
    [unknown.has("max_tokens") ? "max_completion_tokens" : "max_tokens"]: maxTokens,
    ...(tools.length > 0 &&
      !unknown.has("tools") && {
        tools: tools.map(({ name, description, inputSchema }) => ({
          type: "function",
          function: { name, description, parameters: inputSchema },
        })),
        tool_choice: mayCall ? "auto" : "none",
      }),
  };
}

/** The part that a refusal names, of those that were sent. undefined: none. */
export function partNamed(
  said: string,
  { tools }: ModelRequest,
  unknown: ReadonlySet<QuestionPart>,
): QuestionPart | undefined {
  const names = (part: QuestionPart) => said.includes(part === "tools" ? "tool" : part);
  const wasSent = (part: QuestionPart) => !unknown.has(part) && (part !== "tools" || tools.length > 0);
  return PARTS.find((part) => wasSent(part) && names(part));
}

export function wireMessage(message: ModelMessage) {
  if (message.role === "tool") return { role: "tool", tool_call_id: message.callId, content: message.content };
  if (message.role !== "assistant" || !message.toolCalls?.length)
    return { role: message.role, content: message.content };
  return {
    role: "assistant",
    content: message.content === "" ? null : message.content,
    tool_calls: message.toolCalls.map(({ id, name, arguments: given }) => ({
      id,
      type: "function",
      function: { name, arguments: given },
    })),
  };
}
