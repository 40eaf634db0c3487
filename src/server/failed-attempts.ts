/**
 * A limit on failures before anybody is known: an address that brings wrong keys or wrong admin tokens is turned away for a while,
 * before its next token is looked at, so that a right one among many guesses is not found out either. A limiter can only count,
 * not be asked; who is to be turned away is therefore remembered here, in each process.
 */
import { RepobaseError } from "../protocol/errors.ts";
import type { RateLimit } from "./rate-limit.ts";

/** Failures of one address in FAILURE_PERIOD seconds; a person who mistypes needs a few. */
export const FAILURE_LIMIT = 30;
/** Seconds; also how long an address is turned away. */
export const FAILURE_PERIOD = 60;
/** Addresses remembered at once; the one turned away first goes first. */
const MAX_TURNED_AWAY = 10_000;

export class FailedAttempts {
  readonly #limit: RateLimit;
  readonly #now: () => number;
  /** Address group -> until when, ms. */
  readonly #until = new Map<string, number>();

  constructor(limit: RateLimit, now: () => number = Date.now) {
    this.#limit = limit;
    this.#now = now;
  }

  /** @param address undefined: unknown; all those share one count. @throws RepobaseError `rate_limited` while it is turned away */
  refuse(address: string | undefined): void {
    const group = addressGroup(address);
    const left = (this.#until.get(group) ?? 0) - this.#now();
    if (left > 0) throw tooMany(Math.ceil(left / 1000));
    this.#until.delete(group);
  }

  /** Counts one failure. @throws RepobaseError `rate_limited` when it is one too many */
  async count(address: string | undefined): Promise<void> {
    const group = addressGroup(address);
    const { ok } = await this.#limit(group);
    if (ok) return;
    const oldest = this.#until.size >= MAX_TURNED_AWAY ? this.#until.keys().next().value : undefined;
    if (oldest !== undefined) this.#until.delete(oldest);
    this.#until.set(group, this.#now() + FAILURE_PERIOD * 1000);
    throw tooMany(FAILURE_PERIOD);
  }
}

function tooMany(retryAfter: number): RepobaseError {
  return new RepobaseError("rate_limited", "too many wrong keys from this address", {
    fields: { retryAfter },
    hint: "wait, then try again with the right key",
  });
}

/** One customer holds 2^64 addresses of IPv6, so those are counted by their first half; an IPv4 address inside IPv6 is that address. */
export function addressGroup(address: string | undefined): string {
  if (address === undefined || !address.includes(":")) return address ?? "unknown";
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = "", tail] = address.toLowerCase().split("%")[0]?.split("::") ?? [];
  const first = head === "" ? [] : head.split(":");
  const missing = tail === undefined ? 0 : 8 - first.length - (tail === "" ? 0 : tail.split(":").length);
  const groups = [...first, ...Array<string>(Math.max(missing, 0)).fill("0"), ...(tail ?? "").split(":")];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":");
}
