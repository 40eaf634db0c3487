/**
 * What is still to be sent to a webhook: one empty-handed object for each notice, in the space's part, whose name says all: when the next
 * try is due, how many there were, and of which notice. Beside the spaces, a mark for each webhook that may have something waiting,
 * so that whoever sends what is due need not look into every space. The mark is written first and removed last, when nothing has
 * waited for a while.
 *
 * A try is claimed by writing the object anew, if it is as it was listed: of two that would send the same, one does. Whoever claimed it
 * and died loses it after LEASE_MS. So a notice is sent at least once, and now and then twice.
 */
import { checkUserId } from "../../protocol/keys.ts";
import type { ObjectInfo } from "../../store/object-store.ts";
import { type Bucket, scopeTo } from "../bucket.ts";

/** Longer than a try and what follows it take, by the store's clock. */
const LEASE_MS = 60_000;
const MARK_MS = 10 * 60_000;
/** Of one webhook. */
export const MAX_WAITING = 100;

/** From a failed try to the next, ms: 1 and 5 minutes, half an hour, 2, 8 and 24 hours. Then the notice is given up. */
const PAUSES_MS = [1, 5, 30, 120, 480, 1440].map((minutes) => minutes * 60_000);

const MARKS = "system/webhooks/";
const NAME = /^(\d{13})-(\d)-(\d{13}-[0-9a-f]{16})$/;

export interface WaitingDelivery {
  readonly key: string;
  readonly etag: string;
  /** ms, by the store's clock: when it was claimed or made. */
  readonly touched: number;
  /** ms. */
  readonly due: number;
  /** From 0. */
  readonly tries: number;
  readonly notice: string;
}

export interface WaitingHook {
  readonly space: string;
  readonly hook: string;
  /** ms, by the store's clock. */
  readonly marked: number;
}

/** Of one webhook of one space. */
export class DeliveryQueue {
  readonly #bucket: Bucket;
  readonly #home: Bucket;
  readonly #prefix: string;
  readonly #mark: string;

  constructor(bucket: Bucket, of: { readonly space: string; readonly hook: string }) {
    this.#bucket = bucket;
    this.#home = scopeTo(bucket, `${checkUserId(of.space)}/`);
    this.#prefix = `deliveries/${of.hook}/`;
    this.#mark = `${MARKS}${of.space}/${of.hook}`;
  }

  /** Claimed by the caller, for its first try. */
  async add(notice: string, now: number): Promise<WaitingDelivery> {
    await this.#bucket.put(this.#mark, new Uint8Array(0));
    return this.#put({ due: now, tries: 0, notice });
  }

  /** The one that is due first comes first. */
  async list(): Promise<WaitingDelivery[]> {
    const infos = await Array.fromAsync(this.#home.list(this.#prefix));
    return infos.map((info) => this.#read(info)).filter((waiting) => waiting !== undefined);
  }

  /** undefined: somebody else has it. */
  async claim(waiting: WaitingDelivery, now: number): Promise<WaitingDelivery | undefined> {
    if (now - waiting.touched < LEASE_MS) return undefined;
    const claimed = await this.#home.put(waiting.key, token(), { onlyIf: { etag: waiting.etag } });
    return claimed && { ...waiting, etag: claimed.etag, touched: claimed.uploaded };
  }

  async done(waiting: WaitingDelivery): Promise<void> {
    await this.#home.delete(waiting.key);
  }

  /** After a failed try: for its next one, or, after the last, no more. */
  async failed(waiting: WaitingDelivery, now: number): Promise<void> {
    const pause = PAUSES_MS[waiting.tries];
    if (pause !== undefined) {
      await this.#put({ due: now + pause, tries: waiting.tries + 1, notice: waiting.notice });
      await this.#bucket.put(this.#mark, new Uint8Array(0));
    }
    await this.done(waiting);
  }

  async clear(): Promise<void> {
    const keys = (await Array.fromAsync(this.#home.list(this.#prefix))).map(({ key }) => key);
    if (keys.length > 0) await this.#home.deleteMany(keys);
    await this.#bucket.delete(this.#mark);
  }

  /** When nothing waits. A mark that was written a moment ago is of somebody who is about to add something. */
  async unmark(marked: number, now: number): Promise<void> {
    if (now - marked > MARK_MS) await this.#bucket.delete(this.#mark);
  }

  async #put(of: { readonly due: number; readonly tries: number; readonly notice: string }): Promise<WaitingDelivery> {
    const key = `${this.#prefix}${String(of.due).padStart(13, "0")}-${of.tries}-${of.notice}`;
    const info = await this.#home.put(key, token());
    return { ...of, key, etag: info?.etag ?? "", touched: info?.uploaded ?? of.due };
  }

  #read({ key, etag, uploaded }: ObjectInfo): WaitingDelivery | undefined {
    const [, due = "", tries = "", notice = ""] = NAME.exec(key.slice(this.#prefix.length)) ?? [];
    if (notice === "") return undefined;
    return { key, etag, touched: uploaded, due: Number(due), tries: Number(tries), notice };
  }
}

/** Every webhook that may have something waiting. */
export async function listWaitingHooks(bucket: Bucket): Promise<WaitingHook[]> {
  const marks = await Array.fromAsync(bucket.list(MARKS));
  return marks.map(({ key, uploaded }) => {
    const [space = "", hook = ""] = key.slice(MARKS.length).split("/");
    return { space, hook, marked: uploaded };
  });
}

/** A store's etag may be a hash of the bytes: they must differ for the etag to. */
const token = () => crypto.getRandomValues(new Uint8Array(8));
