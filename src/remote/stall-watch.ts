/**
 * Tells a slow request from a dead one: aborts `signal` when nothing was heard for `stallMs`. `moved` starts the wait anew,
 * `allow` with some extra time. An outer signal aborts it too.
 */
export class StallWatch {
  readonly #controller = new AbortController();
  readonly #stallMs: number;
  readonly #outer: AbortSignal | undefined;
  readonly #onOuter = () => this.#controller.abort();
  #timer?: ReturnType<typeof setTimeout>;
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

  moved(): void {
    this.allow(0);
  }

  allow(extraMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.stalled = true;
      this.#controller.abort();
    }, this.#stallMs + extraMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener("abort", this.#onOuter);
  }
}
