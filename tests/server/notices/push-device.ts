/**
 * A device that is sent pushes, with its push service: an implementation of RFC 8291 and RFC 8188 (one record) from the receiver's side, and
 * of RFC 8292 from the push service's, over OpenSSL. It shares nothing with the sender.
 */
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from "node:crypto";

export interface SentPush {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export class PushDevice {
  readonly #ecdh = createECDH("prime256v1");
  readonly #auth: Buffer;

  /** @param of absent: new ones; both base64url */
  constructor(
    readonly endpoint: string,
    of?: { readonly privateKey: string; readonly auth: string },
  ) {
    if (of) this.#ecdh.setPrivateKey(of.privateKey, "base64url");
    else this.#ecdh.generateKeys();
    this.#auth = of ? Buffer.from(of.auth, "base64url") : randomBytes(16);
  }

  /** As `PushSubscription.toJSON()` gives it. */
  get subscription() {
    const p256dh = this.#ecdh.getPublicKey().toString("base64url");
    return { endpoint: this.endpoint, keys: { p256dh, auth: this.#auth.toString("base64url") } };
  }

  /** @throws when it was not encrypted for this device */
  decrypt(body: Uint8Array): string {
    const bytes = Buffer.from(body);
    const [salt, recordSize, idLength] = [bytes.subarray(0, 16), bytes.readUInt32BE(16), bytes.readUInt8(20)];
    const [sender, record] = [bytes.subarray(21, 21 + idLength), bytes.subarray(21 + idLength)];
    if (record.length > recordSize) throw new Error("more than one record");
    const info = Buffer.concat([Buffer.from("WebPush: info\0"), this.#ecdh.getPublicKey(), sender]);
    const ikm = Buffer.from(hkdfSync("sha256", this.#ecdh.computeSecret(sender), this.#auth, info, 32));
    const key = Buffer.from(hkdfSync("sha256", ikm, salt, "Content-Encoding: aes128gcm\0", 16));
    const nonce = Buffer.from(hkdfSync("sha256", ikm, salt, "Content-Encoding: nonce\0", 12));
    const decipher = createDecipheriv("aes-128-gcm", key, nonce).setAuthTag(record.subarray(-16));
    const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
    const end = padded.findLastIndex((byte) => byte !== 0);
    if (padded[end] !== 2) throw new Error("not the last record");
    return padded.subarray(0, end).toString("utf8");
  }
}

/**
 * What a push service checks. @param serverKey what the device subscribed with, base64url
 * @returns claims of the token. @throws when it was not signed with that key
 */
export function checkVapid({ headers }: SentPush, serverKey: string): Readonly<Record<string, unknown>> {
  const [, token = "", key] = /^vapid t=([\w.-]+), ?k=([\w-]+)$/.exec(headers["authorization"] ?? "") ?? [];
  if (key !== serverKey) throw new Error("signed by somebody else");
  const [head = "", claims = "", signature = ""] = token.split(".");
  const read = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>;
  if (read(head)["alg"] !== "ES256") throw new Error("not ES256");
  const point = Buffer.from(serverKey, "base64url");
  const [x, y] = [point.subarray(1, 33).toString("base64url"), point.subarray(33).toString("base64url")];
  const publicKey = createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" });
  const signed = Buffer.from(`${head}.${claims}`);
  const well = verify(
    "sha256",
    signed,
    { key: publicKey, dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  if (!well) throw new Error("the signature is wrong");
  return read(claims);
}
