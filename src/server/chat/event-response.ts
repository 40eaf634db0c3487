/** Events of an answer as they come, as server-sent events; or, for who wants one, all of them as one JSON object. */
import { AnswerSoFar } from "../../protocol/answer-so-far.ts";
import type { ChatAnswer, ChatEvent } from "../../protocol/chat-api.ts";
import { encodeEvent } from "../../protocol/event-stream.ts";

/** ms: a model may think for long, and proxies close what is silent. */
const PING_MS = 10_000;

/**
 * @param of.giveUp called when the client is gone: `events` must end soon after
 * @throws before the answer begins, what the first event throws
 */
export async function eventResponse(of: {
  readonly events: AsyncGenerator<ChatEvent>;
  readonly giveUp: () => void;
}): Promise<Response> {
  const { events, giveUp } = of;
  const first = await events.next();
  let next = Promise.resolve(first);
  const encoder = new TextEncoder();
  let pings: ReturnType<typeof setInterval> | undefined;
  const stopPings = () => {
    if (pings !== undefined) clearInterval(pings);
  };
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      pings = setInterval(() => controller.enqueue(encoder.encode(": \n\n")), PING_MS);
    },
    async pull(controller) {
      try {
        const { value, done } = await next;
        if (done) {
          stopPings();
          controller.close();
          return;
        }
        controller.enqueue(encoder.encode(encodeEvent(value.type, value)));
        next = events.next();
        // awaited by the next pull; until then nobody hears of an error
        next.catch(() => undefined);
      } catch (error) {
        stopPings();
        controller.error(error);
      }
    },
    async cancel() {
      stopPings();
      giveUp();
      await events.return(undefined).catch(() => undefined); // what it ends with is for nobody
    },
  });
  return new Response(body, {
    headers: { "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" },
  });
}

export async function collectAnswer(events: AsyncIterable<ChatEvent>): Promise<ChatAnswer> {
  const answer = new AnswerSoFar();
  for await (const event of events) answer.take(event);
  return answer.whole();
}
