/** Signatures of webhooks after the Standard Webhooks specification: HMAC-SHA-256 over id, time and body. */
const PREFIX = "whsec_";
const SECRET_BYTES = 32;

/** `whsec_` and base64. */
export const newWebhookSecret = (): string => PREFIX + crypto.getRandomValues(new Uint8Array(SECRET_BYTES)).toBase64();

/** @param of.now ms @returns the headers that a receiver checks */
export async function signWebhook(of: {
  readonly secret: string;
  /** The same for every try, by which a receiver knows what it had already. */
  readonly id: string;
  readonly now: number;
  readonly body: string;
}): Promise<Record<string, string>> {
  const { secret, id, now, body } = of;
  const timestamp = String(Math.floor(now / 1000));
  const bytes = Uint8Array.fromBase64(secret.slice(PREFIX.length));
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(`${id}.${timestamp}.${body}`));
  const signature = `v1,${new Uint8Array(mac).toBase64()}`;
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
}
