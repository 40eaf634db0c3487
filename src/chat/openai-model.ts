/**
 * Any endpoint with OpenAI's chat completions (`POST {base}/chat/completions`, streamed): plain fetch, no library. One `ask` is one
 * answer. It is asked again once where the endpoint says to wait a moment (429), and where it does not know a part of the question
 * that others need (`max_tokens`, `stream_options`, tools), without that part; what an endpoint does not know is remembered.
 */
import { interrupted } from "../protocol/abort.ts";
import type { ChatPrices } from "../protocol/chat-model-api.ts";
import { RepobaseError } from "../protocol/errors.ts";
import type { ChatModel, ModelDelta, ModelRequest } from "./model.ts";
import { refusal, waitOf } from "./model-refusal.ts";
import { readModelAnswer, readModelStream } from "./read-model-stream.ts";
import { MODEL_TIMES, type ModelTimes, TimeLimits } from "./time-limits.ts";
import { partNamed, type QuestionPart, wireQuestion } from "./wire-question.ts";

export interface OpenAiOptions {
  /** Without a slash at the end; `/chat/completions` follows. */
  readonly baseUrl: string;
  readonly model: string;
  /** Empty: the endpoint wants none. */
  readonly key: string;
  readonly prices?: ChatPrices | null;
  readonly times?: ModelTimes;
  /** Must not follow redirects: the key is for this endpoint alone. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** ms since the epoch: what Retry-After dates count from. */
  readonly now?: () => number;
}

/** Seconds that a busy endpoint is waited for; told to wait longer, the person is told so. */
const SHORT_WAIT = 5;
/** Of a question that the endpoint does not understand. */
const REFUSED: ReadonlySet<number> = new Set([400, 404, 422]);
/** Bytes of an answer that is no stream: an error, or a whole completion. */
const MAX_BODY = 1 << 20;

export class OpenAiModel implements ChatModel {
  readonly name: string;
  readonly prices: ChatPrices | null;
  readonly #options: OpenAiOptions;
  readonly #unknown = new Set<QuestionPart>();

  constructor(options: OpenAiOptions) {
    this.name = options.model;
    this.prices = options.prices ?? null;
    this.#options = options;
  }

  async *ask(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelDelta> {
    const limits = new TimeLimits(this.#options.times ?? MODEL_TIMES, signal);
    try {
      const answer = await this.#send(request, limits);
      const isStream = /^text\/event-stream\b/i.test(answer.headers.get("content-type") ?? "");
      if (isStream && answer.body)
        yield* readModelStream(answer.body, { onBytes: limits.heard, signal: limits.signal });
      else yield* readModelAnswer(parseAnswer(await readText(answer, limits)));
    } catch (error) {
      throw this.#errorOf(error, limits, signal);
    } finally {
      limits.stop();
    }
  }

  /** @returns an answer that says success */
  async #send(request: ModelRequest, limits: TimeLimits): Promise<Response> {
    let hasWaited = false;
    for (;;) {
      const answer = await this.#post(request, limits.signal);
      if (answer.ok) return answer;
      const said = await readText(answer, limits);
      const wait = waitOf(answer.headers.get("retry-after"), (this.#options.now ?? Date.now)());
      if (answer.status === 429 && wait <= SHORT_WAIT && !hasWaited) {
        hasWaited = true;
        await pause(wait * 1000, limits.signal);
        continue;
      }
      const part = REFUSED.has(answer.status) ? partNamed(said, request, this.#unknown) : undefined;
      if (part === undefined) throw refusal({ status: answer.status, said, wait, key: this.#options.key });
      this.#unknown.add(part);
    }
  }

  #post(request: ModelRequest, signal: AbortSignal): Promise<Response> {
    const { baseUrl, key } = this.#options;
    const send = this.#options.fetch ?? fetch;
    return send(`${baseUrl}/chat/completions`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "text/event-stream",
        ...(key !== "" && { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify(wireQuestion(this.name, request, this.#unknown)),
      signal,
      redirect: "manual",
    });
  }

  #errorOf(error: unknown, limits: TimeLimits, signal: AbortSignal): unknown {
    if (signal.aborted) return interrupted();
    const { name } = this;
    if (limits.expired !== undefined)
      return new RepobaseError("transient", `the model ${JSON.stringify(name)} ${limits.expired}`, {
        hint: "ask again later",
      });
    if (error instanceof RepobaseError)
      return error.code === "too_large" ? new RepobaseError("model_failed", error.message) : error;
    return new RepobaseError("transient", "the model's endpoint cannot be reached, or broke the connection off", {
      hint: "check the address of the chat model and the network",
      cause: error,
    });
  }
}

/** @throws RepobaseError `model_failed` */
function parseAnswer(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // as below
  }
  throw new RepobaseError("model_failed", "the model's endpoint answered neither with a stream nor with JSON", {
    hint: "check the address of the chat model: it ends before /chat/completions",
  });
}

/** Up to MAX_BODY. */
async function readText(answer: Response, limits: TimeLimits): Promise<string> {
  const decoder = new TextDecoder();
  if (!answer.body) return "";
  const reader = answer.body.getReader();
  let text = "";
  let size = 0;
  try {
    while (size < MAX_BODY) {
      limits.signal.throwIfAborted();
      const { value, done } = await reader.read();
      if (done) break;
      limits.heard();
      size += value.length;
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    void reader.cancel().catch(() => undefined); // a broken stream is ended already
  }
  return text;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(interrupted());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}
