/** What is typed in for the space's model, as a request. Pure. */
import type { ChatModelChange, ChatModelInfo } from "../protocol/chat-model-api.ts";
import { PageProblem } from "./problem.ts";

/** As typed; "": nothing. */
export interface ModelFields {
  readonly baseUrl: string;
  readonly model: string;
  readonly key: string;
  readonly input: string;
  readonly output: string;
  readonly currency: string;
  readonly questionsPerDay: string;
  readonly tokensPerDay: string;
}

/** @param info what is set now: what the form does not ask stays as it is @throws PageProblem for what is no number */
export function modelChange(of: ModelFields, info: ChatModelInfo): ChatModelChange {
  const [input, output] = [numberOf(of.input, "a price"), numberOf(of.output, "a price")];
  if ((input === null) !== (output === null))
    throw new PageProblem("usage", "one price is missing", { hint: "give both, or neither" });
  return {
    baseUrl: of.baseUrl.trim(),
    model: of.model.trim(),
    ...(of.key.trim() === "" ? {} : { key: of.key.trim() }),
    prices: input === null || output === null ? null : { input, output, currency: of.currency.trim().toUpperCase() },
    questionsPerDay: numberOf(of.questionsPerDay, "questions a day"),
    tokensPerDay: numberOf(of.tokensPerDay, "tokens a day"),
    ...(info.owner === "space" && { maxAnswerTokens: info.maxAnswerTokens }),
  };
}

function numberOf(text: string, what: string): number | null {
  if (text.trim() === "") return null;
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0)
    throw new PageProblem("usage", `${what} must be a number, not ${JSON.stringify(text)}`);
  return value;
}
