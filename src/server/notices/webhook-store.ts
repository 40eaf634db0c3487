/** The webhooks of a space: one small document in its part of the bucket, changed by compare-and-swap. Secrets lie in it sealed. */
import { array, literal, nullable, picklist } from "valibot";
import { decodeDocument, type DocumentType, fields, text } from "../../protocol/decode.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { NOTICE_KINDS, type Webhook, WEBHOOK_STATES } from "../../protocol/notice-api.ts";
import type { Bucket } from "../bucket.ts";
import { changeDocument } from "../identity/registry.ts";

export const MAX_WEBHOOKS = 10;
const KEY = "webhooks.json";

export interface WebhookRecord extends Webhook {
  readonly sealedSecret: string;
}

interface WebhookDocument {
  readonly format: 1;
  readonly webhooks: readonly WebhookRecord[];
}

const WEBHOOKS: DocumentType<WebhookDocument> = {
  name: "list of webhooks",
  format: 1,
  damaged: "damaged_config",
  schema: fields({
    format: literal(1),
    webhooks: array(
      fields({
        id: text,
        url: text,
        kinds: array(picklist(NOTICE_KINDS, "must be kinds of notices"), "must be a list"),
        state: picklist(WEBHOOK_STATES, "must be active or disabled"),
        reason: nullable(text),
        failingSince: nullable(text),
        lastError: nullable(text),
        created: text,
        sealedSecret: text,
      }),
      "must be a list",
    ),
  }),
};

/** As the API shows it. */
export function describeWebhook(record: WebhookRecord): Webhook {
  const { id, url, kinds, state, reason, failingSince, lastError, created } = record;
  return { id, url, kinds, state, reason, failingSince, lastError, created };
}

/** @throws RepobaseError `damaged_config` */
export async function readWebhooks(home: Bucket): Promise<readonly WebhookRecord[]> {
  const stored = await home.get(KEY);
  return stored ? decodeDocument(WEBHOOKS, stored.bytes, KEY).webhooks : [];
}

/** @throws RepobaseError `not_found` */
export async function readWebhook(home: Bucket, id: string): Promise<WebhookRecord> {
  const found = (await readWebhooks(home)).find((one) => one.id === id);
  if (!found) throw noWebhook(id);
  return found;
}

/** @throws RepobaseError `quota_exceeded` */
export async function addWebhook(home: Bucket, added: WebhookRecord): Promise<void> {
  await changeWebhooks(home, (webhooks) => {
    if (webhooks.length >= MAX_WEBHOOKS)
      throw new RepobaseError("quota_exceeded", `this space has ${MAX_WEBHOOKS} webhooks, which is all it may have`, {
        fields: { quota: "webhooks", used: webhooks.length, limit: MAX_WEBHOOKS, wanted: 1 },
        hint: "remove one first",
      });
    return [...webhooks, added];
  });
}

/**
 * @param change gives null to remove it, the same value to leave it as it is
 * @returns what it is now. @throws RepobaseError `not_found`
 */
export async function changeWebhook(
  home: Bucket,
  id: string,
  change: (now: WebhookRecord) => WebhookRecord | null,
): Promise<WebhookRecord | null> {
  let changed: WebhookRecord | null = null;
  await changeWebhooks(home, (webhooks) => {
    const known = webhooks.find((one) => one.id === id);
    if (!known) throw noWebhook(id);
    changed = change(known);
    if (changed === known) return webhooks;
    return webhooks.flatMap((one) => (one.id !== id ? [one] : changed ? [changed] : []));
  });
  return changed;
}

async function changeWebhooks(
  home: Bucket,
  change: (now: readonly WebhookRecord[]) => readonly WebhookRecord[],
): Promise<void> {
  const none: WebhookDocument = { format: 1, webhooks: [] };
  await changeDocument(home, {
    type: WEBHOOKS,
    key: KEY,
    change: (now) => {
      const before = now ?? none;
      const webhooks = change(before.webhooks);
      return webhooks === before.webhooks ? now : { ...before, webhooks };
    },
  });
}

const noWebhook = (id: string) =>
  new RepobaseError("not_found", `no webhook has the id ${JSON.stringify(id.slice(0, 40))}`);
