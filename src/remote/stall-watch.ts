/**
 * Tells a slow request from a dead one: aborts `signal` when nothing was heard for `stallMs`, or when what was heard comes so
 * slowly that it would never end. An outer signal aborts it too.
 */

/** Bytes per second: a line slower than an old modem counts as stalled. */
export const MIN_RATE = 4096;

export class StallWatch {
  readonly #controller = new AbortController();
  readonly #stallMs: number;
  readonly #outer: AbortSignal | undefined;
  readonly #onOuter = () => this.#controller.abort();
  #timer?: ReturnType<typeof setTimeout>;
  /** When all that was heard so far should have been heard, at MIN_RATE. */
  #latest = 0;
  stalled = false;

  constructor(stallMs: number, outer?: AbortSignal) {
    this.#stallMs = stallMs;
    this.#outer = outer;
    if (outer?.aborted) this.#controller.abort();
    outer?.addEventListener("abort", this.#onOuter, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** A request begins. @param sending bytes of its body */
  begin(sending: number): void {
    this.#wait(this.#stallMs + (sending / MIN_RATE) * 1000);
    this.#latest = 0;
  }

  /** The answer began, or went on by `bytes`. */
  moved(bytes: number): void {
    const now = performance.now();
    if (this.#latest === 0) this.#latest = now + this.#stallMs;
    this.#latest += (bytes / MIN_RATE) * 1000;
    this.#wait(Math.min(this.#stallMs, this.#latest - now));
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.stalled = true;
      this.#controller.abort();
    }, ms);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener("abort", this.#onOuter);
  }
}
