/**
 * When to index which of the watched folders: events and a clock in, decisions out. Nothing here waits or reads a file. What is
 * kept of a folder is a few numbers, however many events it sends.
 *
 * A run starts once its folder has been quiet for a moment; of a folder that is never quiet, at the latest MAX_WAIT_MS after the
 * first change. Between two runs of any folders as much time passes as the first one took, up to MAX_REST_MS.
 */

/** A folder is quiet when nothing was heard of it for this long: a save is several events. */
export const QUIET_MS = 100;
/** The longest that a change waits for the quiet. */
export const MAX_WAIT_MS = 3000;
/** Without an event, a folder is looked at this often: an event may have been lost. */
export const CHECK_MS = 180_000;
/** The same where there are no events, or no folder. */
export const POLL_MS = 2000;
/** The longest rest after a run: after a checkout of 10,000 files the next save need not wait for half a minute. */
export const MAX_REST_MS = 5000;
/** A look that found nothing is followed by this many times its length of rest, so that what a build writes costs little. */
const IDLE_REST = 9;
const MAX_IDLE_REST_MS = 2000;
const FIRST_RETRY_MS = 1000;
const MAX_RETRY_MS = 60_000;
/** Whoever has the lock is soon done, or keeps it for long: looking at a lock is cheap. */
const MAX_BUSY_RETRY_MS = 5000;

/** Why a run is made: the first look, events, a look without events, or a failed run once more. */
export type RunReason = "start" | "change" | "check" | "retry";

/** `same`: there was nothing to do. `busy`: another process indexes it. `gone`: the folder is not there. */
export type RunOutcome = "changed" | "same" | "busy" | "failed" | "gone";

interface Plan {
  /** When it became dirty, and when it last changed; undefined: it is clean. */
  dirty: { readonly since: number; last: number } | undefined;
  /** Not before, for this folder alone. */
  notBefore: number;
  /** What is due then without any event. */
  next: { at: number; reason: RunReason };
  failures: number;
  checkMs: number;
}

export class RunSchedule {
  private readonly plans = new Map<string, Plan>();
  private running: { readonly key: string; readonly began: number } | undefined;
  /** No run of any folder starts before. */
  private restUntil = -Infinity;

  /** @param now ms, of a clock that never goes back */
  constructor(private readonly now: () => number) {}

  /** A folder to look at, at once and from now on. */
  add(key: string): void {
    this.plans.set(key, {
      dirty: undefined,
      notBefore: -Infinity,
      next: { at: this.now(), reason: "start" },
      failures: 0,
      checkMs: CHECK_MS,
    });
  }

  remove(key: string): void {
    this.plans.delete(key);
  }

  /** From now on looks stand for events. */
  poll(key: string): void {
    const plan = this.plans.get(key);
    if (!plan) return;
    plan.checkMs = POLL_MS;
    plan.next.at = Math.min(plan.next.at, this.now() + POLL_MS);
  }

  /** Something happened in the folder. @returns whether whoever waits for the next run should ask again when it is */
  note(key: string): boolean {
    const plan = this.plans.get(key);
    if (!plan) return false;
    const now = this.now();
    if (plan.dirty) plan.dirty.last = now;
    else plan.dirty = { since: now, last: now };
    return plan.dirty.since === now;
  }

  /** git is at work in the folder: ask again in a moment. */
  hold(key: string): void {
    this.planOf(key).notBefore = this.now() + QUIET_MS;
  }

  /** The run to make next, and when; undefined: none while one is made, and without folders. */
  next(): { readonly key: string; readonly at: number } | undefined {
    if (this.running) return undefined;
    let first: { key: string; at: number } | undefined;
    for (const [key, plan] of this.plans) {
      const at = Math.max(this.restUntil, plan.notBefore, dueAt(plan));
      if (!first || at < first.at) first = { key, at };
    }
    return first;
  }

  /** What happens in the folder from now on is the next run's. */
  begin(key: string): RunReason {
    const plan = this.planOf(key);
    const began = this.now();
    const reason = plan.next.at <= began || !plan.dirty ? plan.next.reason : "change";
    plan.dirty = undefined;
    this.running = { key, began };
    return reason;
  }

  end(key: string, outcome: RunOutcome): void {
    const now = this.now();
    const took = now - (this.running?.began ?? now);
    this.running = undefined;
    const idleRest = outcome === "changed" ? 0 : Math.min(took * IDLE_REST, MAX_IDLE_REST_MS);
    this.restUntil = now + Math.max(Math.min(took, MAX_REST_MS), idleRest);
    const plan = this.plans.get(key);
    if (!plan) return;
    const isDone = outcome === "changed" || outcome === "same";
    plan.failures = isDone || outcome === "gone" ? 0 : plan.failures + 1;
    if (isDone) plan.next = { at: now + plan.checkMs, reason: "check" };
    else if (outcome === "gone") plan.next = { at: now + POLL_MS, reason: "start" };
    else {
      const longest = outcome === "busy" ? MAX_BUSY_RETRY_MS : MAX_RETRY_MS;
      plan.next = { at: now + Math.min(longest, FIRST_RETRY_MS * 2 ** (plan.failures - 1)), reason: "retry" };
    }
    // what has just failed is not helped by the next event: it waits as well
    plan.notBefore = isDone ? -Infinity : plan.next.at;
  }

  private planOf(key: string): Plan {
    const plan = this.plans.get(key);
    if (!plan) throw new Error(`"${key}" is not watched`);
    return plan;
  }
}

const dueAt = ({ dirty, next }: Plan): number =>
  dirty ? Math.min(dirty.last + QUIET_MS, dirty.since + MAX_WAIT_MS, next.at) : next.at;
