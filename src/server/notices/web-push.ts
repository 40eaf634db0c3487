/**
 * Web push: a notice goes, after the answer and once, to each subscribed device whose owner may still read the space. What a push
 * service does not take is not tried again: it keeps pushes itself for devices that are off, and the list of notices has them all.
 */
import { type ListedNotice, NOTICE_KINDS, type NoticeKind } from "../../protocol/notice-api.ts";
import { mapBounded } from "../../store/map-bounded.ts";
import { type Bucket, scopeTo } from "../bucket.ts";
import type { Identity } from "../identity/identity.ts";
import { memberIn } from "../identity/records.ts";
import { hasEnded, readKey } from "../key-store.ts";
import type { Outbound } from "../outbound.ts";
import { isPushServiceTrouble, pushMessageOf, sendPush, topicOf } from "./push-sender.ts";
import { readSubscriptions, removeSubscriptions, type SubscriptionRecord } from "./push-store.ts";
import { VapidKeys } from "./vapid-key.ts";

export class WebPush {
  readonly #of;
  readonly keys: VapidKeys;

  constructor(of: { readonly bucket: Bucket; readonly identity: Identity; readonly outbound: Outbound }) {
    this.#of = of;
    this.keys = new VapidKeys({ bucket: of.bucket, seals: of.identity.seals });
  }

  /** Removes what can take no more pushes. */
  async send(space: string, notice: ListedNotice): Promise<void> {
    const { kind } = notice;
    if (!isKind(kind)) return;
    const home = scopeTo(this.#of.bucket, `${space}/`);
    const wanting = (await readSubscriptions(home)).filter(({ kinds }) => kinds.includes(kind));
    const key = wanting.length > 0 ? await this.keys.find() : undefined;
    if (!key) return;
    const [message, topic] = [pushMessageOf(space, { ...notice, kind }), await topicOf(space, notice)];
    const { outbound } = this.#of;
    const owners = await this.#readers(space, wanting);
    const gone = new Set<string>();
    await mapBounded(wanting, async (subscription) => {
      if (subscription.serverKey !== key.publicKey || !owners.has(subscription.owner))
        return void gone.add(subscription.endpoint);
      try {
        if ((await sendPush({ outbound, key, subscription, message, topic })).gone) gone.add(subscription.endpoint);
      } catch (error) {
        // the other devices are sent it all the same
        if (!isPushServiceTrouble(error)) throw error;
      }
    });
    if (gone.size === 0) return;
    // one that was renewed meanwhile has another key or owner: it stays
    const dead = new Set(wanting.filter(({ endpoint }) => gone.has(endpoint)).map(markOf));
    await removeSubscriptions(home, (one) => dead.has(markOf(one)));
  }

  /** Of the owners those that may read the space now. */
  async #readers(space: string, subscriptions: readonly SubscriptionRecord[]): Promise<ReadonlySet<string>> {
    const owners = [...new Set(subscriptions.map(({ owner }) => owner))];
    const may = await mapBounded(owners, (owner) => this.#mayRead(space, owner));
    return new Set(owners.filter((_, i) => may[i]));
  }

  async #mayRead(space: string, owner: string): Promise<boolean> {
    const { bucket, identity } = this.#of;
    const { registry, now } = identity;
    if (!isHash(owner)) {
      const member = memberIn(await registry.freshSpace(space), owner, now());
      return member !== undefined && !(await registry.person(owner))?.removed;
    }
    const key = await readKey(bucket, owner);
    return key !== undefined && !hasEnded(key) && key.userId === space && key.scopes.includes("read");
  }
}

const isHash = (owner: string) => /^[0-9a-f]{64}$/.test(owner);
const isKind = (kind: string): kind is NoticeKind => NOTICE_KINDS.some((one) => one === kind);
const markOf = (one: SubscriptionRecord) => JSON.stringify([one.endpoint, one.owner, one.serverKey, one.keys.auth]);
