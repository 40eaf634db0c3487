/**
 * Webhooks: a notice is noted for each webhook that wants it, then sent after the answer; what fails is tried again, by whoever calls
 * `sendDue` or tells the space of something new. A webhook whose every try has failed for DISABLED_AFTER_MS is disabled, one that
 * answers 410 at once; what waits for it is dropped then.
 */
import { isRepobaseError } from "../../protocol/errors.ts";
import type { ListedNotice, WebhookTest } from "../../protocol/notice-api.ts";
import { mapBounded } from "../../store/map-bounded.ts";
import { type Bucket, scopeTo } from "../bucket.ts";
import type { Seals } from "../identity/seal.ts";
import type { Later } from "../later.ts";
import type { Outbound } from "../outbound.ts";
import { DeliveryQueue, listWaitingHooks, MAX_WAITING, type WaitingDelivery } from "./delivery-queue.ts";
import { webhookDisabled } from "./drafts.ts";
import { type Draft, readNotice } from "./notice-store.ts";
import { sendWebhook } from "./webhook-sender.ts";
import { changeWebhook, readWebhooks, type WebhookRecord } from "./webhook-store.ts";

export const DISABLED_AFTER_MS = 24 * 3_600_000;
/** Webhooks that one call of `sendDue` looks at; which ones is left to chance, so that none is always left out. */
const MAX_HOOKS = 500;
const GONE = 410;
const SECRET_PURPOSE = "webhook secret 1";

interface Place {
  readonly space: string;
  readonly hook: WebhookRecord;
  readonly queue: DeliveryQueue;
  /** It took something just now, so that what waits is sent before its time. */
  readonly early?: boolean;
}

export class Webhooks {
  readonly #of;

  /** @param of.seals undefined: this server has no secret, and so no webhooks. @param of.tell of a webhook that was disabled */
  constructor(of: {
    readonly bucket: Bucket;
    readonly seals: Seals | undefined;
    readonly outbound: Outbound;
    readonly later: Later;
    readonly now: () => number;
    readonly tell: (space: string, draft: Draft) => void;
  }) {
    this.#of = of;
  }

  /** Done when the notice is noted for each webhook that wants it; it is sent after the answer. */
  async deliver(space: string, notice: ListedNotice): Promise<void> {
    const { bucket, now, later } = this.#of;
    const hooks = (await readWebhooks(this.#home(space))).filter(wants(notice));
    await mapBounded(hooks, async (hook) => {
      const queue = new DeliveryQueue(bucket, { space, hook: hook.id });
      const place = { space, hook, queue };
      if (hook.failingSince !== null && (await queue.list()).length >= MAX_WAITING) return;
      const waiting = await queue.add(notice.id, now());
      later("webhooks", async () => {
        const taken = await this.#try(place, waiting, notice);
        if (hook.failingSince !== null) await this.#sendWaiting({ ...place, early: taken });
      });
    });
  }

  /** Everything that is due, in all spaces: to be called every few minutes. */
  async sendDue(): Promise<void> {
    const { bucket, now } = this.#of;
    const waiting = shuffled(await listWaitingHooks(bucket)).slice(0, MAX_HOOKS);
    await mapBounded(waiting, async ({ space, hook: id, marked }) => {
      const queue = new DeliveryQueue(bucket, { space, hook: id });
      const hook = (await readWebhooks(this.#home(space))).find((one) => one.id === id);
      if (hook?.state !== "active") return queue.clear();
      if ((await this.#sendWaiting({ space, hook, queue })) === 0) await queue.unmark(marked, now());
    });
  }

  /** Now, once, and whatever its state is. */
  async test(space: string, hook: WebhookRecord, notice: ListedNotice): Promise<WebhookTest> {
    return this.#send(space, hook, notice);
  }

  seal = async (secret: string, seals: Seals): Promise<string> => seals.seal(SECRET_PURPOSE, secret);

  /**
   * What is due; once one is taken, the others too, since the other side is there again. Until one fails: whoever does not take
   * this one is not asked for all the others. @returns how many there were
   */
  async #sendWaiting(place: Place): Promise<number> {
    const { space, queue } = place;
    let { hook, early = false } = place;
    const all = await queue.list();
    for (const waiting of all) {
      if (!early && waiting.due > this.#of.now()) break;
      const claimed = await queue.claim(waiting, this.#of.now());
      if (!claimed) continue;
      const notice = await readNotice(this.#home(space), claimed.notice);
      if (!notice) await queue.done(claimed);
      else if (!(await this.#try({ space, hook, queue }, claimed, notice))) break;
      else [early, hook] = [true, { ...hook, failingSince: null }];
    }
    return all.length;
  }

  /** @returns whether it was taken */
  async #try(place: Place, waiting: WaitingDelivery, notice: ListedNotice): Promise<boolean> {
    const { space, hook, queue } = place;
    const outcome = await this.#send(space, hook, notice);
    if (outcome.ok) await queue.done(waiting);
    else await queue.failed(waiting, this.#of.now());
    await this.#remember(place, outcome);
    return outcome.ok;
  }

  async #send(space: string, hook: WebhookRecord, notice: ListedNotice): Promise<WebhookTest> {
    const { seals, outbound, now } = this.#of;
    const secret = await seals?.open(SECRET_PURPOSE, hook.sealedSecret);
    if (typeof secret !== "string")
      return { ok: false, status: GONE, error: "its secret cannot be read, since the server's own secret has changed" };
    return sendWebhook({ outbound, url: hook.url, secret, space, notice, now: now() });
  }

  /** Writes only where something changes: a webhook that works costs nothing here. */
  async #remember({ space, hook, queue }: Place, outcome: WebhookTest): Promise<void> {
    if (outcome.ok && hook.failingSince === null) return;
    const now = this.#of.now();
    try {
      let disabled = false;
      const changed = await changeWebhook(this.#home(space), hook.id, (known) => {
        const next = afterTry(known, outcome, now);
        disabled = next.state === "disabled" && known.state === "active";
        return next;
      });
      if (!changed || !disabled) return;
      await queue.clear();
      this.#of.tell(space, webhookDisabled(changed, changed.reason ?? ""));
    } catch (error) {
      // it was removed meanwhile
      if (!isRepobaseError(error, "not_found")) throw error;
      await queue.clear();
    }
  }

  #home(space: string): Bucket {
    return scopeTo(this.#of.bucket, `${space}/`);
  }
}

const wants =
  ({ kind }: ListedNotice) =>
  ({ state, kinds }: WebhookRecord): boolean =>
    state === "active" && kinds.some((one) => one === kind);

function afterTry(hook: WebhookRecord, outcome: WebhookTest, now: number): WebhookRecord {
  if (outcome.ok) return hook.failingSince === null ? hook : { ...hook, failingSince: null, lastError: null };
  const lastError = outcome.error;
  const failingSince = hook.failingSince ?? new Date(now).toISOString();
  const disable = (reason: string): WebhookRecord => ({ ...hook, state: "disabled", reason, failingSince, lastError });
  if (outcome.status === GONE) return disable(lastError ?? "");
  const forMs = now - Date.parse(failingSince);
  if (forMs >= DISABLED_AFTER_MS)
    return disable(`every try failed for ${Math.floor(forMs / 3_600_000)} hours; the last one: ${lastError}`);
  return hook.failingSince !== null && hook.lastError === lastError ? hook : { ...hook, failingSince, lastError };
}

const shuffled = <T>(items: readonly T[]): T[] =>
  items
    .map((item) => ({ item, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
