/**
 * Work that goes on after the answer: a notice is written, a webhook sent. Nobody waits for it and it fails no request; what goes wrong is
 * told to the operator. On Cloudflare the runtime keeps the isolate alive for it (`waitUntil`), 30 seconds at most; elsewhere it is
 * kept here, so that a server that stops can wait for it.
 */
import type { Failure } from "./failure.ts";

/** @param what for the operator's log, such as `notice of a push` */
export type Later = (what: string, work: () => Promise<unknown>) => void;

export interface Background {
  readonly later: Later;
  /** Ends when all that was begun, and what that began, has ended. */
  readonly settled: () => Promise<void>;
}

/** @param of.keepAlive Cloudflare's `waitUntil` */
export function createBackground(of: {
  readonly onFailure: (failure: Failure) => void;
  readonly keepAlive?: ((work: Promise<unknown>) => void) | undefined;
}): Background {
  const { onFailure, keepAlive } = of;
  // on Cloudflare it stays empty: nobody stops the server, and a promise must not outlive the request that made it
  const running = new Set<{ done?: Promise<void> }>();
  const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      onFailure({ error, method: "LATER", path: what });
    }
  };
  const settled = async (): Promise<void> => {
    if (running.size === 0) return;
    await Promise.all(Array.from(running, ({ done }) => done));
    await settled();
  };
  return {
    settled,
    later(what, work) {
      if (keepAlive) return keepAlive(attempt(what, work));
      const job: { done?: Promise<void> } = {};
      running.add(job);
      job.done = attempt(what, work).finally(() => running.delete(job));
    },
  };
}
