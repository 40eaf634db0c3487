/** One try to send one notice to one webhook. */
import { isRepobaseError } from "../../protocol/errors.ts";
import type { ListedNotice, WebhookTest } from "../../protocol/notice-api.ts";
import type { Outbound } from "../outbound.ts";
import { signWebhook } from "./webhook-signature.ts";

const SECONDS = 10;
/** Of an answer nothing is read but its status. */
const MAX_ANSWER = 1024;

/** @param of.now ms @throws never for what the other side does */
export async function sendWebhook(of: {
  readonly outbound: Outbound;
  readonly url: string;
  readonly secret: string;
  readonly space: string;
  readonly notice: ListedNotice;
  readonly now: number;
}): Promise<WebhookTest> {
  const { outbound, url, secret, space, notice, now } = of;
  const body = JSON.stringify({ type: notice.kind, timestamp: notice.at, data: { space, ...notice } });
  const signed = await signWebhook({ secret, id: notice.id, now, body });
  try {
    const answer = await outbound.send({
      url,
      method: "POST",
      headers: { "content-type": "application/json", "user-agent": "Repobase-Webhooks/1", ...signed },
      body,
      seconds: SECONDS,
      maxBytes: MAX_ANSWER,
    });
    await answer.body?.cancel();
    const { status, ok } = answer;
    return { ok, status, error: ok ? null : `it answered ${status}${whyNot(status)}` };
  } catch (error) {
    if (!isRepobaseError(error)) throw error;
    return { ok: false, status: null, error: error.message };
  }
}

function whyNot(status: number): string {
  if (status >= 300 && status < 400) return ", a redirect, which is not followed";
  return status === 410 ? ": it is gone for good" : "";
}
