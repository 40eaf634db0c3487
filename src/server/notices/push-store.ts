/** The web push subscriptions of a space: one document in its part of the bucket, changed by compare-and-swap. */
import { array, literal, nullable, picklist } from "valibot";
import { decodeDocument, type DocumentType, fields, text } from "../../protocol/decode.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { NOTICE_KINDS, type PushSubscriptionInfo } from "../../protocol/notice-api.ts";
import type { Bucket } from "../bucket.ts";
import { changeDocument } from "../identity/registry.ts";

/** Of one person or key in one space. */
export const MAX_OWN = 10;
/** Of a space: each is a request for each notice. */
export const MAX_SUBSCRIPTIONS = 200;
const KEY = "push.json";

export interface SubscriptionRecord extends PushSubscriptionInfo {
  /** Id of a person, or sha256 of a key that is nobody's. */
  readonly owner: string;
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
  /** The server's own https address then: the push service's people are told it. */
  readonly contact: string;
  /** Our public key that it was made with. */
  readonly serverKey: string;
}

interface SubscriptionDocument {
  readonly format: 1;
  readonly subscriptions: readonly SubscriptionRecord[];
}

const SUBSCRIPTIONS: DocumentType<SubscriptionDocument> = {
  name: "list of push subscriptions",
  format: 1,
  damaged: "damaged_config",
  schema: fields({
    format: literal(1),
    subscriptions: array(
      fields({
        id: text,
        service: text,
        kinds: array(picklist(NOTICE_KINDS, "must be kinds of notices"), "must be a list"),
        label: nullable(text),
        created: text,
        owner: text,
        endpoint: text,
        keys: fields({ p256dh: text, auth: text }),
        contact: text,
        serverKey: text,
      }),
      "must be a list",
    ),
  }),
};

/** As the API shows it: an endpoint is a secret, who has it and our key may push. */
export function describeSubscription(record: SubscriptionRecord): PushSubscriptionInfo {
  const { id, service, kinds, label, created } = record;
  return { id, service, kinds, label, created };
}

/** @throws RepobaseError `damaged_config` */
export async function readSubscriptions(home: Bucket): Promise<readonly SubscriptionRecord[]> {
  const stored = await home.get(KEY);
  return stored ? decodeDocument(SUBSCRIPTIONS, stored.bytes, KEY).subscriptions : [];
}

/**
 * One with the same id is replaced, whoever had it: only the browser itself knows its endpoint.
 * @returns what is kept: `created` is that of the first. @throws RepobaseError `quota_exceeded`
 */
export async function putSubscription(home: Bucket, added: SubscriptionRecord): Promise<SubscriptionRecord> {
  let kept = added;
  await changeSubscriptions(home, (now) => {
    const others = now.filter(({ id }) => id !== added.id);
    const own = others.filter(({ owner }) => owner === added.owner).length;
    if (own >= MAX_OWN) throw tooMany("you have", own, MAX_OWN);
    if (others.length >= MAX_SUBSCRIPTIONS) throw tooMany("this space has", others.length, MAX_SUBSCRIPTIONS);
    kept = { ...added, created: now.find(({ id }) => id === added.id)?.created ?? added.created };
    return [...others, kept];
  });
  return kept;
}

/** @returns how many that were */
export async function removeSubscriptions(
  home: Bucket,
  isGone: (subscription: SubscriptionRecord) => boolean,
): Promise<number> {
  let removed = 0;
  await changeSubscriptions(home, (now) => {
    const left = now.filter((one) => !isGone(one));
    removed = now.length - left.length;
    return removed === 0 ? now : left;
  });
  return removed;
}

async function changeSubscriptions(
  home: Bucket,
  change: (now: readonly SubscriptionRecord[]) => readonly SubscriptionRecord[],
): Promise<void> {
  const none: SubscriptionDocument = { format: 1, subscriptions: [] };
  await changeDocument(home, {
    type: SUBSCRIPTIONS,
    key: KEY,
    change: (now) => {
      const before = now ?? none;
      const subscriptions = change(before.subscriptions);
      return subscriptions === before.subscriptions ? now : { ...before, subscriptions };
    },
  });
}

const tooMany = (who: string, used: number, limit: number) =>
  new RepobaseError(
    "quota_exceeded",
    `${who} ${limit} devices that are sent notifications, which is all there may be`,
    {
      fields: { quota: "push subscriptions", used, limit, wanted: 1 },
      hint: "remove one first",
    },
  );
