/** One push of one notice to one device: encrypted for it (RFC 8291), signed by us (RFC 8292), handed to its push service. */
import { buildPushPayload } from "@block65/webcrypto-web-push";
import { isRepobaseError } from "../../protocol/errors.ts";
import { sha256Hex } from "../../protocol/hash.ts";
import type { ListedNotice, PushMessage } from "../../protocol/notice-api.ts";
import type { Outbound } from "../outbound.ts";
import type { SubscriptionRecord } from "./push-store.ts";
import type { VapidKey } from "./vapid-key.ts";

/** A device that was off for longer is told nothing: the list has it all. */
const TTL_SECONDS = 86_400;
const SECONDS = 10;
/** Of an answer nothing is read but its status. */
const MAX_ANSWER = 1024;
/** Bytes of JSON that any push service takes, encrypted, in its 4096. */
const MAX_MESSAGE = 3993;
const MAX_BODY = 1000;
const MAX_URL_BYTES = 1000;

/**
 * @returns gone: the device takes no more pushes. @throws RepobaseError `transient` for a push service that can't be reached or refuses
 */
export async function sendPush(of: {
  readonly outbound: Outbound;
  readonly key: VapidKey;
  readonly subscription: SubscriptionRecord;
  readonly message: PushMessage;
  readonly topic: string | undefined;
}): Promise<{ readonly status: number; readonly gone: boolean }> {
  const { outbound, key, subscription, message, topic } = of;
  const { endpoint, keys, contact: subject } = subscription;
  const { headers, body } = await buildPushPayload(
    // a text of its own, so that nobody else's idea of JSON comes in
    { data: JSON.stringify(message), options: { ttl: TTL_SECONDS, urgency: "normal", ...(topic && { topic }) } },
    { endpoint, keys, expirationTime: null },
    { subject, ...key },
  );
  const { "content-length": _, ...sent } = headers;
  const answer = await outbound.send({
    url: endpoint,
    method: "POST",
    headers: sent,
    body,
    seconds: SECONDS,
    maxBytes: MAX_ANSWER,
  });
  await answer.body?.cancel();
  return { status: answer.status, gone: answer.status === 404 || answer.status === 410 };
}

/** What fits into a push: an address that is too long is left out, a body is cut. */
export function pushMessageOf(space: string, notice: ListedNotice & Pick<PushMessage, "kind">): PushMessage {
  const { id, kind, at, title } = notice;
  const url = notice.url !== null && bytesOf(notice.url) <= MAX_URL_BYTES ? notice.url : null;
  const of = (length: number): PushMessage => ({ id, space, kind, at, title, url, body: cut(notice.body, length) });
  let length = MAX_BODY;
  while (length > 0 && bytesOf(JSON.stringify(of(length))) > MAX_MESSAGE) length = Math.floor(length / 2);
  return of(length);
}

function cut(body: string | null, length: number): string | null {
  if (body === null || body.length <= length) return body;
  return length === 0 ? null : `${body.slice(0, length - 1)}…`.toWellFormed();
}

const bytesOf = (text: string) => new TextEncoder().encode(text).length;

/**
 * What a push service drops an undelivered push for, when a newer one of the same comes: where a branch is now, how much of a quota is
 * used. A result of a task stands for itself. 32 letters of base64url, by RFC 8030.
 */
export async function topicOf(space: string, notice: ListedNotice): Promise<string | undefined> {
  const about = notice.kind === "index.updated" ? notice.repo?.id : notice.kind === "quota.near" ? "" : undefined;
  if (about === undefined) return undefined;
  return (await sha256Hex(new TextEncoder().encode(`${space} ${notice.kind} ${about}`))).slice(0, 32);
}

/** What went wrong with a push service is no fault of this server. */
export const isPushServiceTrouble = (error: unknown): boolean =>
  isRepobaseError(error, "transient") || isRepobaseError(error, "usage");
