/** The JSON bodies of notifications, webhooks and web push; see docs/API.md and docs/NOTIFICATIONS.md. */
import { array, exactOptional, nullable, picklist } from "valibot";
import { ANSWER } from "./cloud-api.ts";
import { count, type DocumentType, fields, text, yesNo } from "./decode.ts";
import type { QuotaName } from "./quota.ts";

/**
 * `index.updated`: a push moved a branch. `push.refused`: a push was turned away, for the quota or for a purge. `quota.near`: 80 % or
 * 95 % of a quota are used. `task.result`: what an agent or script says of its work. `webhook.disabled`: a webhook failed for too long.
 */
export const NOTICE_KINDS = ["index.updated", "push.refused", "quota.near", "task.result", "webhook.disabled"] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

export const TASK_STATUSES = ["ok", "failed"] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** Longest texts of a `task.result`, in UTF-16 units. */
export const MAX_NOTICE_TITLE = 200;
export const MAX_NOTICE_BODY = 4000;
export const MAX_NOTICE_URL = 2000;
export const MAX_IDEMPOTENCY_KEY = 200;

export const DEFAULT_NOTICES = 20;
export const MAX_NOTICES = 50;

/** What every notice has. `title` and `body` are plain text for people, in English where the server wrote them. */
interface NoticeHead {
  /** Newer ones sort first. */
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly title: string;
  readonly body: string | null;
  /** Where more is to be seen; https, or http. */
  readonly url: string | null;
  /** Who: a person's login, or the label of a key; null: neither is known, or the server itself. */
  readonly by: string | null;
}

export interface IndexUpdated extends NoticeHead {
  readonly kind: "index.updated";
  readonly repo: { readonly id: string; readonly name: string };
  /** Those that moved; `commit` null: the branch is gone. */
  readonly branches: readonly { readonly name: string; readonly commit: string | null }[];
  readonly generation: number;
  /** Id of the machine that pushed. */
  readonly device: string;
}

export interface PushRefused extends NoticeHead {
  readonly kind: "push.refused";
  readonly repo: { readonly id: string; readonly name: string };
  /** The error code that the push got: `quota_exceeded`, or `remote_moved` for a push that does not know what was purged. */
  readonly code: string;
}

export interface QuotaNear extends NoticeHead {
  readonly kind: "quota.near";
  readonly quota: QuotaName;
  /** 80 or 95: what was crossed. */
  readonly percent: number;
  readonly used: number;
  readonly limit: number;
}

export interface TaskResult extends NoticeHead {
  readonly kind: "task.result";
  readonly status: TaskStatus;
}

export interface WebhookDisabled extends NoticeHead {
  readonly kind: "webhook.disabled";
  readonly webhook: string;
}

export type Notice = IndexUpdated | PushRefused | QuotaNear | TaskResult | WebhookDisabled;

const kind = picklist(NOTICE_KINDS, `must be one of ${NOTICE_KINDS.join(", ")}`);
const kinds = array(kind, "must be a list");
const status = picklist(TASK_STATUSES, "must be ok or failed");

/** Of any kind, also of one that a newer server knows: such a notice still has its head. */
export interface ListedNotice extends NoticeHead {
  readonly kind: string;
  readonly status?: TaskStatus;
  readonly repo?: { readonly id: string; readonly name: string };
}

export const NOTICE_FIELDS = {
  id: text,
  at: text,
  kind: text,
  title: text,
  body: nullable(text),
  url: nullable(text),
  by: nullable(text),
  status: exactOptional(status),
  repo: exactOptional(fields({ id: text, name: text })),
};

/** `GET /v1/notifications?limit=&cursor=`: the newest first. `next`: the cursor of the rest; null: that was all. */
export interface NoticeList {
  readonly notifications: readonly ListedNotice[];
  readonly next: string | null;
}

export const NOTICE_LIST: DocumentType<NoticeList> = {
  ...ANSWER,
  name: "answer",
  schema: fields({ notifications: array(fields(NOTICE_FIELDS), "must be a list"), next: nullable(text) }),
};

/** `POST /v1/notifications`; the answer, 201, or 200 where the idempotency key was seen in the last day, is the notice. */
export interface NotifyRequest {
  readonly title: string;
  readonly body?: string | null;
  readonly url?: string | null;
  /** Default: ok. */
  readonly status?: TaskStatus;
  /** Two requests of one space with the same key make one notice. */
  readonly idempotencyKey?: string | null;
}

export const NOTIFY_REQUEST = fields({
  title: text,
  body: exactOptional(nullable(text)),
  url: exactOptional(nullable(text)),
  status: exactOptional(status),
  idempotencyKey: exactOptional(nullable(text)),
});

export const NOTICE_ANSWER: DocumentType<ListedNotice> = { ...ANSWER, name: "answer", schema: fields(NOTICE_FIELDS) };

export const WEBHOOK_STATES = ["active", "disabled"] as const;
export type WebhookState = (typeof WEBHOOK_STATES)[number];

export interface Webhook {
  readonly id: string;
  readonly url: string;
  /** Which notices it is sent. */
  readonly kinds: readonly NoticeKind[];
  readonly state: WebhookState;
  /** Why it is disabled; null: it is not. */
  readonly reason: string | null;
  /** ISO 8601: since when every delivery failed; null: the last one was taken. */
  readonly failingSince: string | null;
  /** What went wrong last, while it is failing or disabled; null: nothing. */
  readonly lastError: string | null;
  readonly created: string;
}

const WEBHOOK_FIELDS = {
  id: text,
  url: text,
  kinds: array(text, "must be a list"),
  state: picklist(WEBHOOK_STATES, "must be active or disabled"),
  reason: nullable(text),
  failingSince: nullable(text),
  lastError: nullable(text),
  created: text,
};

/** `PUT /v1/space/webhooks/:id` */
export const WEBHOOK = { ...ANSWER, name: "answer", schema: fields(WEBHOOK_FIELDS) };

/** `GET /v1/space/webhooks` */
export const WEBHOOK_LIST = {
  ...ANSWER,
  name: "answer",
  schema: fields({ webhooks: array(WEBHOOK.schema, "must be a list") }),
};

/** `POST /v1/space/webhooks` → 201 with the webhook and `secret`, the only time it is seen. `kinds` absent: all of them. */
export const ADD_WEBHOOK = fields({ url: text, kinds: exactOptional(kinds) });
export interface IssuedWebhook extends Webhook {
  /** `whsec_` and 32 bytes in base64. */
  readonly secret: string;
}
export const ISSUED_WEBHOOK = { ...ANSWER, name: "answer", schema: fields({ ...WEBHOOK_FIELDS, secret: text }) };

/** `PUT /v1/space/webhooks/:id`: what is left out stays; `enabled: true` makes a disabled one active again. */
export const CHANGE_WEBHOOK = fields({
  url: exactOptional(text),
  kinds: exactOptional(kinds),
  enabled: exactOptional(yesNo),
});

/** `POST /v1/space/webhooks/:id/test`: a notice of kind `task.result` is sent at once, once, and not kept. */
export interface WebhookTest {
  readonly ok: boolean;
  /** HTTP status of the answer; null: there was none. */
  readonly status: number | null;
  /** null: it was taken. */
  readonly error: string | null;
}

export const WEBHOOK_TEST: DocumentType<WebhookTest> = {
  ...ANSWER,
  name: "answer",
  schema: fields({ ok: yesNo, status: nullable(count), error: nullable(text) }),
};

/** `GET /v1/push/key`: for `applicationServerKey` of `pushManager.subscribe`; the uncompressed point, in base64url. */
export const PUSH_KEY = { ...ANSWER, name: "answer", schema: fields({ publicKey: text }) };

/** Unless a subscription says otherwise. Every push of an index is too much for a telephone. */
export const DEFAULT_PUSH_KINDS: readonly NoticeKind[] = NOTICE_KINDS.filter((one) => one !== "index.updated");

/**
 * `POST /v1/push/subscriptions`: what `PushSubscription.toJSON()` gives, with what it is for. The same endpoint again changes
 * the subscription in place. `label`: what its owner calls the device.
 */
export const SUBSCRIBE = fields({
  endpoint: text,
  keys: fields({ p256dh: text, auth: text }),
  kinds: exactOptional(kinds),
  label: exactOptional(nullable(text)),
});

/** Longest `label` of a subscription, in UTF-16 units. */
export const MAX_PUSH_LABEL = 100;

/** One of one's own subscriptions, for this space; 201 to the request above. */
export interface PushSubscriptionInfo {
  /** The first 32 hex digits of the endpoint's sha256. */
  readonly id: string;
  /** Host of the push service. */
  readonly service: string;
  readonly kinds: readonly NoticeKind[];
  readonly label: string | null;
  readonly created: string;
}

/** `GET /v1/push/subscriptions` */
export interface PushSubscriptionList {
  readonly subscriptions: readonly PushSubscriptionInfo[];
}

const PUSH_SUBSCRIPTION_FIELDS = {
  id: text,
  service: text,
  kinds: array(kind, "must be a list"),
  label: nullable(text),
  created: text,
};

export const PUSH_SUBSCRIPTION: DocumentType<PushSubscriptionInfo> = {
  ...ANSWER,
  name: "answer",
  schema: fields(PUSH_SUBSCRIPTION_FIELDS),
};

export const PUSH_SUBSCRIPTION_LIST: DocumentType<PushSubscriptionList> = {
  ...ANSWER,
  name: "answer",
  schema: fields({ subscriptions: array(fields(PUSH_SUBSCRIPTION_FIELDS), "must be a list") }),
};

/** What the service worker is pushed, as JSON: the head of a notice, its body cut to fit. */
export interface PushMessage {
  readonly id: string;
  readonly space: string;
  readonly kind: NoticeKind;
  readonly at: string;
  readonly title: string;
  readonly body: string | null;
  readonly url: string | null;
}
