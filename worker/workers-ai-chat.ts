/**
 * A chat model of Cloudflare's Workers AI, behind the optional `AI` binding: no address and no key. It answers with the same stream as
 * an OpenAI-compatible endpoint, or the older `{response}`; src/chat/read-model-stream.ts reads both. There is no local stand-in for the
 * service; tests bind one that is scripted.
 */
import type { ChatModel, ModelDelta, ModelRequest } from "../src/chat/model.ts";
import { readModelAnswer, readModelStream } from "../src/chat/read-model-stream.ts";
import { MODEL_TIMES, TimeLimits } from "../src/chat/time-limits.ts";
import { wireQuestion } from "../src/chat/wire-question.ts";
import { interrupted } from "../src/protocol/abort.ts";
import type { ChatPrices } from "../src/protocol/chat-model-api.ts";
import { isRepobaseError, RepobaseError } from "../src/protocol/errors.ts";

/** The part of the binding that is used. */
export interface WorkersAiRun {
  run(model: string, input: Readonly<Record<string, unknown>>): Promise<unknown>;
}

export function workersAiChat(ai: WorkersAiRun, of: { model: string; prices: ChatPrices | null }): ChatModel {
  return { name: of.model, prices: of.prices, ask: (request, signal) => ask(ai, of.model, request, signal) };
}

async function* ask(
  ai: WorkersAiRun,
  name: string,
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelDelta> {
  const limits = new TimeLimits(MODEL_TIMES, signal);
  try {
    const { model: _, ...input } = wireQuestion(name, request, new Set(["stream_options"]));
    const answer = await untilOver(ai.run(name, input), limits.signal);
    if (answer instanceof ReadableStream)
      yield* readModelStream(answer as ReadableStream<Uint8Array>, { onBytes: limits.heard, signal: limits.signal });
    else yield* readModelAnswer(answer);
  } catch (error) {
    if (signal.aborted) throw interrupted();
    if (limits.expired !== undefined)
      throw new RepobaseError("transient", `the model ${JSON.stringify(name)} ${limits.expired}`, {
        hint: "ask again later",
      });
    if (isRepobaseError(error)) throw error;
    const said = error instanceof Error ? error.message.slice(0, 300) : "";
    // over the day's allowance, or no such model
    throw new RepobaseError("model_failed", "Workers AI did not answer", {
      hint: "ask again later; the server's operator finds the reason in its log",
      fields: { said },
      cause: error,
    });
  } finally {
    limits.stop();
  }
}

/** The binding takes no signal. */
function untilOver<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(interrupted()), { once: true });
    work.then(resolve, reject);
  });
}
