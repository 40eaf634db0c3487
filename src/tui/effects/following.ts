/** What keeps the screen and the indexes up to date by themselves: looks at this machine, and the watch. */
import type { UiEvent } from "../model/events.ts";
import type { Jobs } from "./job-client.ts";
import { describeProblem } from "./problem.ts";
import type { Reading } from "./reading.ts";

export interface FollowingOptions {
  readonly reading: Reading;
  readonly jobs: Jobs;
  readonly dispatch: (event: UiEvent) => void;
  /** How long nothing is looked at before this machine is again, ms. */
  readonly idleMs?: number | undefined;
}

const IDLE_MS = 30_000;
/** A look that took long is followed by this many times its length of rest: 2 % of a core at most. */
const LOOK_REST = 50;

export class Following {
  #watching: AbortController | undefined;
  #idle: NodeJS.Timeout | undefined;
  #looksAtAll = false;
  #closed = false;

  constructor(private readonly of: FollowingOptions) {}

  /** @param repoIds they have just changed; null: all, of which one look at a time is enough */
  async look(repoIds: readonly string[] | null): Promise<void> {
    if (repoIds === null && this.#looksAtAll) return;
    if (repoIds === null) this.#looksAtAll = true;
    const { reading, dispatch } = this.of;
    const began = performance.now();
    try {
      dispatch({ kind: "looked", look: await reading.look(repoIds) });
    } finally {
      if (repoIds === null) {
        this.#looksAtAll = false;
        this.planIdle(performance.now() - began);
      }
    }
    if (repoIds !== null) await reading.warm();
  }

  /** @param took of the last look at all, ms */
  planIdle(took: number): void {
    clearTimeout(this.#idle);
    if (this.#closed) return;
    const { dispatch, idleMs = IDLE_MS } = this.of;
    const rest = Math.max(idleMs, took * LOOK_REST);
    this.#idle = setTimeout(() => {
      this.planIdle(took); // a look plans anew
      dispatch({ kind: "idle" });
    }, rest);
  }

  /** Ends when it is switched off, or cannot go on, which is an event. */
  async watch(on: boolean): Promise<void> {
    this.#watching?.abort();
    if (!on || this.#closed) return;
    const { jobs, dispatch } = this.of;
    const controller = new AbortController();
    this.#watching = controller;
    try {
      await jobs.watch({
        signal: controller.signal,
        onRun: (run) => dispatch({ kind: "watched", run }),
        onWarning: (problem) => dispatch({ kind: "failed", problem }),
      });
    } catch (error) {
      if (!controller.signal.aborted) dispatch({ kind: "watch-failed", problem: describeProblem(error) });
    }
  }

  close(): void {
    this.#closed = true;
    this.#watching?.abort();
    clearTimeout(this.#idle);
  }
}
