/**
 * What we give to a client and want back as it was. `sign`: readable, but nobody can make or change one (a session). `seal`:
 * unreadable too (a device code, the state of a sign-in under way). Each purpose has a key of its own, so one cannot pass for
 * another.
 */
const HMAC = { name: "HMAC", hash: "SHA-256", length: 256 } as const;
const AES = { name: "AES-GCM", length: 256 } as const;
const IV_LENGTH = 12;
/** Cookies and device tokens are some hundred characters. */
const MAX_TEXT = 4096;

const encode = (text: string) => new TextEncoder().encode(text);
const toText = (bytes: Uint8Array) => bytes.toBase64({ alphabet: "base64url", omitPadding: true });

export class Seals {
  readonly #secret: string;
  readonly #keys = new Map<string, CryptoKey>();

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** @returns base64url(payload).base64url(HMAC-SHA-256) */
  async sign(purpose: string, payload: unknown): Promise<string> {
    const body = toText(encode(JSON.stringify(payload)));
    const mac = await crypto.subtle.sign("HMAC", await this.#key(purpose, HMAC), encode(body));
    return `${body}.${toText(new Uint8Array(mac))}`;
  }

  /** undefined: not ours. */
  async verify(purpose: string, signed: string): Promise<unknown> {
    const [body, mac, rest] = signed.length > MAX_TEXT ? [] : signed.split(".");
    const given = fromText(mac);
    if (body === undefined || given === undefined || rest !== undefined) return undefined;
    const ours = await crypto.subtle.verify("HMAC", await this.#key(purpose, HMAC), given, encode(body));
    return ours ? parse(fromText(body)) : undefined;
  }

  async seal(purpose: string, payload: unknown): Promise<string> {
    const iv = crypto.getRandomValues(new Uint8Array(IV_LENGTH));
    const key = await this.#key(purpose, AES);
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, encode(JSON.stringify(payload)));
    return toText(new Uint8Array([...iv, ...new Uint8Array(sealed)]));
  }

  /** undefined: not ours. */
  async open(purpose: string, sealed: string): Promise<unknown> {
    const bytes = sealed.length > MAX_TEXT ? undefined : fromText(sealed);
    if (!bytes || bytes.length <= IV_LENGTH) return undefined;
    const key = await this.#key(purpose, AES);
    try {
      const iv = bytes.slice(0, IV_LENGTH);
      return parse(new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, bytes.slice(IV_LENGTH))));
    } catch {
      return undefined; // the one thing that decrypt says of bytes that are not ours
    }
  }

  /** Kept as a value: a Worker must not wait for another request's promise. */
  async #key(purpose: string, algorithm: typeof HMAC | typeof AES): Promise<CryptoKey> {
    const known = this.#keys.get(purpose);
    if (known) return known;
    const secret = await crypto.subtle.importKey("raw", encode(this.#secret), "HKDF", false, ["deriveKey"]);
    const hkdf = { name: "HKDF", hash: "SHA-256", salt: encode("repobase"), info: encode(purpose) };
    const uses = algorithm.name === "HMAC" ? (["sign", "verify"] as const) : (["encrypt", "decrypt"] as const);
    const key = await crypto.subtle.deriveKey(hkdf, secret, algorithm, false, [...uses]);
    this.#keys.set(purpose, key);
    return key;
  }
}

/** Strict: one spelling for one value. */
function fromText(text: string | undefined): Uint8Array<ArrayBuffer> | undefined {
  if (text === undefined || !/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  try {
    const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
    return toText(bytes) === text ? bytes : undefined;
  } catch {
    return undefined; // a length that no bytes have
  }
}

function parse(bytes: Uint8Array | undefined): unknown {
  return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as unknown);
}
