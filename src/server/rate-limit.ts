/** How often somebody may ask, and the limiter in memory, in fixed windows: of `repobase serve`, and of a Worker without the binding. */

import { RepobaseError } from "../protocol/errors.ts";

/** Says whether the holder of `key` may make one more request now. */
export type RateLimit = (key: string) => Promise<{ readonly ok: boolean; /** Seconds. */ readonly retryAfter: number }>;

/** @param limit undefined: none. @throws RepobaseError `rate_limited` */
export async function holdToRate(limit: RateLimit | undefined, whose: string, tooMany = "too many requests") {
  const turn = await limit?.(whose);
  if (turn && !turn.ok)
    throw new RepobaseError("rate_limited", tooMany, {
      fields: { retryAfter: turn.retryAfter },
      hint: "wait, then try again",
    });
}

/** Keys in one generation. There are two, the newer and the one before it, which is dropped whole when the newer is full: about 2 MB. */
const MAX_KEYS = 10_000;

/** @param of.limit requests of one key in a window @param of.period seconds of a window @param of.now ms, for tests */
export function memoryRateLimit(of: {
  readonly limit: number;
  readonly period: number;
  readonly now?: () => number;
}): RateLimit {
  const { limit, period, now = Date.now } = of;
  let newer = new Map<string, number>();
  let older = newer;
  let window = -1;
  return async (key) => {
    const seconds = now() / 1000;
    const current = Math.floor(seconds / period);
    if (current !== window) older = newer = new Map();
    else if (newer.size >= MAX_KEYS) [older, newer] = [newer, new Map()];
    window = current;
    const count = (newer.get(key) ?? older.get(key) ?? 0) + 1;
    newer.set(key, count);
    return { ok: count <= limit, retryAfter: Math.max(1, Math.ceil((current + 1) * period - seconds)) };
  };
}
