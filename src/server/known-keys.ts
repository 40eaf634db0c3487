/** The keys that this process has seen lately, so that a request does not read one from the bucket each time. */
import type { KeyRecord } from "./key-store.ts";

/** Most keys remembered at once; the oldest goes first. */
const MAX_KNOWN = 1000;

/** Keys seen lately, by hash. Values only: a Worker must not wait for another request's promise. */
export class KnownKeys {
  readonly #known = new Map<string, { readonly record: KeyRecord; readonly until: number }>();

  get(hash: string): KeyRecord | undefined {
    const known = this.#known.get(hash);
    if (known && known.until > Date.now()) return known.record;
    this.#known.delete(hash);
    return undefined;
  }

  set(hash: string, record: KeyRecord, seconds: number): void {
    if (seconds <= 0) return;
    const oldest = this.#known.size >= MAX_KNOWN ? this.#known.keys().next().value : undefined;
    if (oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(hash, { record, until: Date.now() + seconds * 1000 });
  }

  clear(): void {
    this.#known.clear();
  }
}
