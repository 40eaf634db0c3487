/** What the Ask view says of an answer in words: why it ended, what it looked up, what it cost. Pure. */
import type { ChatDay, ChatEnd, ToolEvent } from "../protocol/chat-api.ts";
import { plural } from "../text/figures.ts";
import type { Turn } from "./chat-turn.ts";

const ENDS: Readonly<Partial<Record<ChatEnd, string>>> = {
  length: "The answer stopped at the longest that is allowed. Ask for the rest.",
  filtered: "The model’s provider held the rest of the answer back. Put the question in other words.",
  cut: "The model broke off in the middle of the answer. Ask again for a whole one.",
};

/** Why there is no more of it. undefined: it is whole, or more may come, or a problem says it. */
export function endOf({ state, done, problem }: Turn): string | undefined {
  if (state === "stopped") return "You stopped the answer here.";
  if (problem) return undefined;
  if (state === "cut") return "The connection broke off here. Ask again for a whole answer.";
  return done ? ENDS[done.reason] : undefined;
}

/** `Looked up “token” in web and tools/main.go.` "": nothing. */
export function lookedUp(tools: readonly ToolEvent[]): string {
  const words = tools.map(({ about, ok }) => (ok ? about : `${about} (not possible)`));
  return words.length === 0 ? "" : `Looked up: ${words.join("; ")}`;
}

/** Model, tokens, cost and the day so far, as far as they are known. */
export function costWords({ model, done }: Turn): string {
  if (!done) return "";
  const { usage, cost, today } = done;
  const tokens = usage && usage.promptTokens + usage.answerTokens;
  const parts = [
    done.model ?? model,
    usage && tokens !== null ? `${usage.estimated ? "about " : ""}${plural(tokens, "token")}` : null,
    cost && moneyWords(cost.amount, cost.currency),
    today && dayWords(today),
  ];
  return parts.filter((part) => part !== null && part !== "").join(" · ");
}

/** Two figures that say something, however small: `0.0012 USD`. */
export function moneyWords(amount: number, currency: string): string {
  const digits = amount === 0 || amount >= 0.1 ? 2 : Math.min(8, 1 - Math.floor(Math.log10(amount)));
  return `${amount.toFixed(digits)} ${currency}`;
}

function dayWords({ questions, tokens, questionsPerDay, tokensPerDay }: ChatDay): string {
  const parts = [
    questionsPerDay === null ? "" : `${questions} of ${plural(questionsPerDay, "question")}`,
    tokensPerDay === null ? "" : `${tokens.toLocaleString("en")} of ${plural(tokensPerDay, "token")}`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? "" : `${parts.join(", ")} today`;
}
