/** The JSON bodies of `/v1/space/model`: who answers a space's questions, at whose cost, and how much. See docs/ASK.md. */
import { nullable, nullish, number, pipe, check, picklist } from "valibot";
import { ANSWER } from "./cloud-api.ts";
import { count, type DocumentType, fields, text, textThat, yesNo } from "./decode.ts";

/** Per million tokens. */
export interface ChatPrices {
  readonly input: number;
  readonly output: number;
  /** ISO 4217, such as `USD`. */
  readonly currency: string;
}

export interface ChatLimits {
  /** Of the space, from midnight to midnight, UTC. null: no limit. */
  readonly questionsPerDay: number | null;
  /** Questions and answers together, as the model counts them. null: no limit. */
  readonly tokensPerDay: number | null;
  /** Of one answer. */
  readonly maxAnswerTokens: number;
}

export const DEFAULT_CHAT_LIMITS: ChatLimits = { questionsPerDay: 200, tokensPerDay: null, maxAnswerTokens: 1500 };

const OWNERS = ["space", "server"] as const;

/** `GET /v1/space/model`; the key is never answered. */
export interface ChatModelInfo extends ChatLimits {
  /** Whose it is: the space's own, or the server's for all spaces. null: there is none, answers are sources alone. */
  readonly owner: (typeof OWNERS)[number] | null;
  /** null: there is none. */
  readonly model: string | null;
  /** Of the space's own; null: not shown, or none. */
  readonly baseUrl: string | null;
  readonly hasKey: boolean;
  /** Why the space's own model cannot be asked: its key was sealed with a secret that the server has no more. null: nothing is wrong. */
  readonly problem: string | null;
  readonly prices: ChatPrices | null;
  /** Since midnight, UTC. */
  readonly today: { readonly questions: number; readonly tokens: number };
}

/** The body of `PUT /v1/space/model`: all of it; what is left out is as if there were none, but for the key. */
export interface ChatModelChange {
  /** Of an OpenAI-compatible API, such as `https://api.example.com/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  /** Absent: the one that is kept, if the address has the same origin. null or empty: none. */
  readonly key?: string | null | undefined;
  readonly prices?:
    | { readonly input: number; readonly output: number; readonly currency?: string | null | undefined }
    | null
    | undefined;
  readonly questionsPerDay?: number | null | undefined;
  readonly tokensPerDay?: number | null | undefined;
  /** Absent: DEFAULT_CHAT_LIMITS'. */
  readonly maxAnswerTokens?: number | null | undefined;
}

const price = pipe(
  number("must be a number"),
  check((value) => Number.isFinite(value) && value >= 0, "must not be negative"),
);
const isCurrency = (value: string) => /^[A-Z]{3}$/.test(value);
const currency = textThat(isCurrency, "three capital letters, such as USD");
const limits = { questionsPerDay: nullable(count), tokensPerDay: nullable(count), maxAnswerTokens: count };

export const CHAT_PRICES = fields({ input: price, output: price, currency });

export const CHAT_MODEL_CHANGE = fields({
  baseUrl: text,
  model: text,
  key: nullish(text),
  prices: nullish(fields({ input: price, output: price, currency: nullish(currency) })),
  questionsPerDay: nullish(count),
  tokensPerDay: nullish(count),
  maxAnswerTokens: nullish(count),
});

export const CHAT_MODEL_INFO: DocumentType<ChatModelInfo> = {
  ...ANSWER,
  name: "answer",
  schema: fields({
    ...limits,
    owner: nullable(picklist(OWNERS, `must be one of ${OWNERS.join(", ")}`)),
    model: nullable(text),
    baseUrl: nullable(text),
    hasKey: yesNo,
    problem: nullable(text),
    prices: nullable(CHAT_PRICES),
    today: fields({ questions: count, tokens: count }),
  }),
};
