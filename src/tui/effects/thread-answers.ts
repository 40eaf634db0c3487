/** The side of a thread that answers: see thread-caller.ts. */
import { plainFrom } from "./plain-error.ts";
import type { ThreadAnswer, ThreadMessage } from "./thread-caller.ts";

/** What a call may use beside its argument. */
export interface CallAround {
  /** Aborted when the call is cancelled. */
  readonly signal: AbortSignal;
  readonly tell: (news: unknown) => void;
}

/** @param open what can be called, by name, once the first message has said for whom */
export function answerCalls(thread: Worker, open: (start: never) => object): void {
  let methods: object | undefined;
  const running = new Map<number, AbortController>();
  const send = (answer: ThreadAnswer) => thread.postMessage(answer, []);
  thread.onmessage = ({ data }: MessageEvent<ThreadMessage>) => {
    if ("start" in data) methods = open(data.start as never);
    else if ("cancel" in data) running.get(data.cancel)?.abort();
    else void run(data);
  };

  async function run({ id, method, argument }: Extract<ThreadMessage, { id: number }>): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const call = (
        methods as Record<string, (argument: unknown, around: CallAround) => Promise<unknown>> | undefined
      )?.[method];
      if (!call) throw new Error(`nothing answers "${method}"`);
      const around = {
        signal: controller.signal,
        tell: (news: unknown) => send({ id, news }),
      };
      send({ id, value: await call(argument, around) });
    } catch (error) {
      send({ id, error: plainFrom(error) });
    } finally {
      running.delete(id);
    }
  }
}
