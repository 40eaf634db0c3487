/** Records read lately, by key, so that a request does not read one from the bucket each time. Values only, as in KnownKeys. */
const MAX_REMEMBERED = 1000;

export class Remembered<T> {
  readonly #known = new Map<string, { readonly value: T; readonly until: number }>();
  constructor(
    readonly seconds: number,
    readonly now: () => number,
  ) {}

  get(key: string): T | undefined {
    const known = this.#known.get(key);
    return known && known.until > this.now() ? known.value : undefined;
  }

  set(key: string, value: T): void {
    if (this.seconds <= 0) return;
    this.#known.delete(key);
    const oldest = this.#known.size >= MAX_REMEMBERED ? this.#known.keys().next().value : undefined;
    if (oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(key, { value, until: this.now() + this.seconds * 1000 });
  }

  forget(key: string): void {
    this.#known.delete(key);
  }
}
