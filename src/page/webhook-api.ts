/** What the You view asks and tells the server of the space's webhooks. */
import { ISSUED_WEBHOOK, type NoticeKind, WEBHOOK_LIST, WEBHOOK_TEST } from "../protocol/notice-api.ts";
import { ANSWER } from "../protocol/cloud-api.ts";
import { fields, text } from "../protocol/decode.ts";
import { ask } from "./api.ts";

const path = "/v1/space/webhooks";
const ENDED = { ...ANSWER, name: "answer", schema: fields({ id: text }) } as const;

/** Of any kinds, also of those that a newer server knows. */
export type ListedWebhook = Awaited<ReturnType<typeof askWebhooks>>["webhooks"][number];

export const askWebhooks = (signal: AbortSignal) => ask({ path, type: WEBHOOK_LIST, signal });

export const makeWebhook = (body: { readonly url: string; readonly kinds: readonly NoticeKind[] }) =>
  ask({ path, method: "POST", body, type: ISSUED_WEBHOOK });

export const testWebhook = (id: string) => ask({ path: `${path}/${id}/test`, method: "POST", type: WEBHOOK_TEST });

export const enableWebhook = (id: string) =>
  ask({ path: `${path}/${id}`, method: "PUT", body: { enabled: true }, type: ENDED });

export const endWebhook = (id: string) => ask({ path: `${path}/${id}`, method: "DELETE", type: ENDED });
