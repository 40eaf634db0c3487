/** How long a model is waited for: for its first byte, from one to the next, and for all of its answer. */

export interface ModelTimes {
  /** ms, all three. A model that thinks first is silent for long. */
  readonly first: number;
  readonly between: number;
  readonly whole: number;
}

export const MODEL_TIMES: ModelTimes = { first: 90_000, between: 45_000, whole: 300_000 };

export class TimeLimits {
  readonly #controller = new AbortController();
  readonly #times: ModelTimes;
  readonly #outer: AbortSignal;
  readonly #onOuter = () => this.#controller.abort();
  readonly #whole: ReturnType<typeof setTimeout>;
  #silence: ReturnType<typeof setTimeout> | undefined;
  /** What took too long, for people. */
  expired: string | undefined;

  constructor(times: ModelTimes, outer: AbortSignal) {
    this.#times = times;
    this.#outer = outer;
    if (outer.aborted) this.#controller.abort();
    outer.addEventListener("abort", this.#onOuter, { once: true });
    this.#whole = this.#after(times.whole, `was not done after ${times.whole / 1000} s`);
    this.#wait(times.first);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something came. */
  readonly heard = (): void => this.#wait(this.#times.between);

  stop(): void {
    clearTimeout(this.#whole);
    if (this.#silence !== undefined) clearTimeout(this.#silence);
    this.#outer.removeEventListener("abort", this.#onOuter);
  }

  #wait(ms: number): void {
    if (this.#silence !== undefined) clearTimeout(this.#silence);
    this.#silence = this.#after(ms, `sent nothing for ${ms / 1000} s`);
  }

  #after(ms: number, expired: string): ReturnType<typeof setTimeout> {
    return setTimeout(() => {
      this.expired ??= expired;
      this.#controller.abort();
    }, ms);
  }
}
