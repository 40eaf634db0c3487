/** The keys that this process has seen lately, so that a request does not read one from the bucket each time. */
import type { KeyRecord } from "./key-store.ts";

/** Most keys remembered at once; the oldest goes first. */
const MAX_KNOWN = 1000;

/** Keys seen lately, by hash. Values only: a Worker must not wait for another request's promise. */
export class KnownKeys {
  readonly #known = new Map<string, { readonly record: KeyRecord; readonly until: number }>();

  /** undefined: not known, or known so long ago that the bucket must be asked. */
  get(hash: string): KeyRecord | undefined {
    const known = this.#known.get(hash);
    return known && known.until > Date.now() ? known.record : undefined;
  }

  /** Was this ever a key here? Then it is no guess. */
  has(hash: string): boolean {
    return this.#known.has(hash);
  }

  set(hash: string, record: KeyRecord, seconds: number): void {
    if (seconds <= 0) return;
    this.#known.delete(hash);
    const oldest = this.#known.size >= MAX_KNOWN ? this.#known.keys().next().value : undefined;
    if (oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(hash, { record, until: Date.now() + seconds * 1000 });
  }

  /** It is a key no more. */
  forget(hash: string): void {
    this.#known.delete(hash);
  }

  /** The bucket is asked about each of them again. */
  doubtAll(): void {
    for (const [hash, { record }] of this.#known) this.#known.set(hash, { record, until: 0 });
  }
}
