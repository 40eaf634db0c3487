/**
 * The server's key pair of web push (VAPID): browsers take pushes only from who has the private half of the key that they subscribed
 * with. Made when it is first asked for and kept in the bucket, its private half sealed. One that can't be opened, since the
 * server's secret has changed, is replaced by the next who asks for it; subscriptions with the old one are then dead.
 */
import { literal } from "valibot";
import { decodeDocument, type DocumentType, fields, text } from "../../protocol/decode.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import type { Seals } from "../identity/seal.ts";

export interface VapidKey {
  /** The uncompressed point, base64url. */
  readonly publicKey: string;
  /** base64url. */
  readonly privateKey: string;
}

interface StoredKey {
  readonly format: 1;
  readonly publicKey: string;
  readonly sealedPrivateKey: string;
}

const KEY = "system/push-key.json";
const PURPOSE = "web push key 1";

const DOCUMENT: DocumentType<StoredKey> = {
  name: "key of web push",
  format: 1,
  damaged: "damaged_config",
  hint: "remove it: the next who subscribes makes another, and all devices have to subscribe anew",
  schema: fields({ format: literal(1), publicKey: text, sealedPrivateKey: text }),
};

export class VapidKeys {
  readonly #bucket: ObjectStore;
  readonly #seals: Seals | undefined;
  /** A value, as a Worker must not wait for another request's promise. */
  #known: VapidKey | undefined;

  /** @param of.seals undefined: this server has no secret, and so no key */
  constructor(of: { readonly bucket: ObjectStore; readonly seals: Seals | undefined }) {
    this.#bucket = of.bucket;
    this.#seals = of.seals;
  }

  /** undefined: there is none yet, or it can't be opened. @throws RepobaseError `damaged_config` */
  async find(): Promise<VapidKey | undefined> {
    return this.#known ?? (await this.#read()).key;
  }

  /** Made if there is none. @throws RepobaseError `damaged_config` */
  async findOrMake(seals: Seals): Promise<VapidKey> {
    if (this.#known) return this.#known;
    const { key, etag } = await this.#read();
    if (key) return key;
    const made = await newKey();
    const sealedPrivateKey = await seals.seal(PURPOSE, made.privateKey);
    const stored: StoredKey = { format: 1, publicKey: made.publicKey, sealedPrivateKey };
    const onlyIf = etag === undefined ? ({ absent: true } as const) : { etag };
    // of two that make one at once, one writes it
    const written = await this.#bucket.put(KEY, new TextEncoder().encode(JSON.stringify(stored)), { onlyIf });
    return written ? (this.#known = made) : this.findOrMake(seals);
  }

  async #read(): Promise<{ readonly key?: VapidKey; readonly etag?: string }> {
    const stored = await this.#bucket.get(KEY);
    if (!stored) return {};
    const { publicKey, sealedPrivateKey } = decodeDocument(DOCUMENT, stored.bytes, KEY);
    const privateKey = await this.#seals?.open(PURPOSE, sealedPrivateKey);
    if (typeof privateKey !== "string") return { etag: stored.etag };
    return { key: (this.#known = { publicKey, privateKey }), etag: stored.etag };
  }
}

async function newKey(): Promise<VapidKey> {
  // the casts: Cloudflare's types know no algorithm by its name, nor a format
  const made = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const { publicKey, privateKey } = made as CryptoKeyPair;
  const point = new Uint8Array((await crypto.subtle.exportKey("raw", publicKey)) as ArrayBuffer);
  const { d } = (await crypto.subtle.exportKey("jwk", privateKey)) as { readonly d?: string };
  if (d === undefined) throw new Error("a key pair without a private key");
  return { publicKey: point.toBase64({ alphabet: "base64url", omitPadding: true }), privateKey: d };
}
