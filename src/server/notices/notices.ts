/**
 * The notices of all spaces: written first, then sent on. `record` is done when the notice is kept and every delivery that is to be
 * tried again after a crash is noted; `tell` is the same after the answer, for what must neither delay nor fail a request.
 */
import type { ListedNotice, NoticeList } from "../../protocol/notice-api.ts";
import { type Bucket, scopeTo } from "../bucket.ts";
import { Remembered } from "../identity/remembered.ts";
import type { Later } from "../later.ts";
import { type Draft, type OnceDraft, isTurnToSweep, listNotices, sweepNotices, writeNotice } from "./notice-store.ts";

/** Notes what must be sent of a new notice, and begins to send it after the answer. */
export type Deliver = (space: string, notice: ListedNotice) => Promise<void>;

/** So long this process remembers what it told once, so that the bucket is not asked for each repetition. */
const TOLD_SECONDS = 3600;

export class Notices {
  readonly #bucket: Bucket;
  readonly #later: Later;
  readonly #now: () => number;
  readonly #deliver: Deliver;
  readonly #told: Remembered<true>;

  /** @param of.now ms since the epoch */
  constructor(of: {
    readonly bucket: Bucket;
    readonly later: Later;
    readonly now: () => number;
    readonly deliver: Deliver;
  }) {
    this.#bucket = of.bucket;
    this.#later = of.later;
    this.#now = of.now;
    this.#deliver = of.deliver;
    this.#told = new Remembered(TOLD_SECONDS, of.now);
  }

  /**
   * @param once an idempotency key
   * @returns created: false: one with the same key was there, and nothing is sent
   */
  async record(
    space: string,
    draft: Draft,
    once?: string,
  ): Promise<{ readonly notice: ListedNotice; readonly created: boolean }> {
    const home = this.#home(space);
    const written = await writeNotice(home, { draft, once, now: this.#now() });
    if (!written.created) return written;
    try {
      await this.#deliver(space, written.notice);
    } catch (error) {
      // the notice is kept: whoever sent it must not send it again
      this.#later("a delivery of a notice", () => Promise.reject(error));
    }
    if (isTurnToSweep(written.notice.id)) this.#sweep(space);
    return written;
  }

  /** After the answer. */
  tell(space: string, draft: Draft): void {
    this.#later(`a notice of ${draft.kind}`, () => this.record(space, draft));
  }

  /** After the answer, and only the first of the same. */
  tellOnce(space: string, { draft, once }: OnceDraft): void {
    const key = `${space} ${once}`;
    if (this.#told.get(key)) return;
    this.#told.set(key, true);
    // a caller's own idempotency key has no such beginning
    this.#later(`a notice of ${draft.kind}`, async () => {
      try {
        await this.record(space, draft, `server: ${once}`);
      } catch (error) {
        this.#told.forget(key);
        throw error;
      }
    });
  }

  /** @throws RepobaseError `usage` for a cursor that is none */
  async list(space: string, of: { readonly limit: number; readonly cursor: string | undefined }): Promise<NoticeList> {
    const { stale, ...list } = await listNotices(this.#home(space), { ...of, now: this.#now() });
    if (stale) this.#sweep(space);
    return list;
  }

  #sweep(space: string): void {
    this.#later("a clean-up of notices", () => sweepNotices(this.#home(space), this.#now()));
  }

  #home(space: string): Bucket {
    return scopeTo(this.#bucket, `${space}/`);
  }
}
