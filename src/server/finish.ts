/** Work that must come to its end whether or not its client waits: Cloudflare cuts a request that nobody waits for, unless it is told. */
import type { Context } from "hono";

export type Finish = <T>(work: Promise<T>) => Promise<T>;

export function finishFor(c: Pick<Context, "executionCtx">): Finish {
  return (work) => {
    // the error is the caller's to tell; here it must only not count as one that nobody handles
    runtimeOf(c)?.waitUntil(work.catch(() => undefined));
    return work;
  };
}

/** undefined: not on Cloudflare, where nothing is cut. */
function runtimeOf(c: Pick<Context, "executionCtx">): Context["executionCtx"] | undefined {
  try {
    return c.executionCtx;
  } catch {
    return undefined; // Hono throws where the runtime gives none
  }
}
