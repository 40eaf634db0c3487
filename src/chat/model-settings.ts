/** A chat model as an operator or a person sets it in variables: the Worker's `CHAT_*`, and `REPOBASE_CHAT_*` of `serve` and `ask`. */
import { type ChatLimits, type ChatPrices, DEFAULT_CHAT_LIMITS } from "../protocol/chat-model-api.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { OpenAiModel } from "./openai-model.ts";

export interface ChatSettings {
  /** Of an OpenAI-compatible API. */
  readonly baseUrl?: string | undefined;
  readonly model?: string | undefined;
  readonly key?: string | undefined;
  /** Per million tokens, in and out: `0.15/0.60`, or `0.15/0.60 EUR`. */
  readonly prices?: string | undefined;
}

/**
 * @param checkUrl gives the address back without a slash at the end
 * @returns undefined: none is set
 * @throws RepobaseError `usage` for half of the settings, or ones that mean nothing
 */
export function modelFromSettings(
  { baseUrl, model, key = "", prices }: ChatSettings,
  checkUrl: (url: string) => string,
): OpenAiModel | undefined {
  if (!baseUrl && !model) return undefined;
  if (!baseUrl || !model)
    throw new RepobaseError("usage", `the chat model's ${baseUrl ? "name" : "address"} is not set`, {
      hint: "set both: its address (CHAT_BASE_URL) and its name (CHAT_MODEL)",
    });
  const base = checkUrl(baseUrl).replace(/(\/chat\/completions)?\/*$/, "");
  return new OpenAiModel({ baseUrl: base, model, key, prices: parsePrices(prices) });
}

/** @throws RepobaseError `usage` */
export function parsePrices(text: string | undefined): ChatPrices | null {
  if (!text?.trim()) return null;
  const [, input, output, currency = "USD"] =
    /^\s*(\d+(?:\.\d+)?)\s*\/\s*(\d+(?:\.\d+)?)(?:\s+([A-Z]{3}))?\s*$/.exec(text) ?? [];
  if (input === undefined || output === undefined)
    throw new RepobaseError("usage", `not prices of a chat model: ${JSON.stringify(text.slice(0, 80))}`, {
      hint: "write what a million tokens cost, in and out, such as 0.15/0.60, or 0.15/0.60 EUR",
    });
  return { input: Number(input), output: Number(output), currency };
}

/** @param questionsPerDay a number, or `none`. @throws RepobaseError `usage` */
export function parseChatLimits(questionsPerDay: string | undefined): ChatLimits {
  const text = questionsPerDay?.trim() ?? "";
  if (text === "") return DEFAULT_CHAT_LIMITS;
  if (text !== "none" && !/^\d{1,9}$/.test(text))
    throw new RepobaseError(
      "usage",
      `questions a day must be a whole number or none, not ${JSON.stringify(text.slice(0, 40))}`,
    );
  return { ...DEFAULT_CHAT_LIMITS, questionsPerDay: text === "none" ? null : Number(text) };
}
