/** What one request may weigh, and for how long a key may be remembered. Refused before a byte of the body is read. */
import { MAX_JSON_BODY, MAX_OBJECT_BODY, SHA256_HEADER } from "../protocol/cloud-api.ts";
import { checkDocument, type DocumentType } from "../protocol/decode.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { sha256Hex } from "../protocol/hash.ts";
import type { SizedBody } from "../store/object-store.ts";
import { collect } from "./bucket.ts";

export interface Limits {
  /** Bytes of one index object. */
  readonly objectBody: number;
  /** Bytes of a manifest or a snapshot. */
  readonly jsonBody: number;
  /** Bytes of a ref, the config, a search or an admin request. */
  readonly smallBody: number;
  /** Seconds a key is known without asking the bucket, so also how long a revoked key may live on in another isolate. */
  readonly keySeconds: number;
}

export const DEFAULT_REQUEST_LIMITS: Limits = {
  objectBody: MAX_OBJECT_BODY,
  jsonBody: MAX_JSON_BODY,
  smallBody: 1024 * 1024,
  keySeconds: 60,
};

/**
 * The body as a stream of known length, not yet read.
 * @throws RepobaseError `length_required`, `too_large`, or `usage` for a Content-Length that is no number
 */
export function sizedBody(request: Request, limit: number): SizedBody {
  const header = request.headers.get("content-length");
  if (header === null)
    throw new RepobaseError("length_required", "the request has no Content-Length", {
      hint: "send the body with a known length, not in chunks",
    });
  if (!/^\d{1,15}$/.test(header))
    throw new RepobaseError("usage", `Content-Length is no number: ${JSON.stringify(header.slice(0, 40))}`);
  const size = Number(header);
  if (size > limit)
    throw new RepobaseError("too_large", `the body has ${size} bytes, the limit here is ${limit}`, {
      fields: { size, limit },
    });
  return { size, stream: request.body ?? new Blob([]).stream() };
}

/** The whole body. @throws RepobaseError what `sizedBody` throws, and `hash_mismatch` when the client gave a sha256 it does not have */
export async function readBody(request: Request, limit: number): Promise<Uint8Array> {
  const bytes = await collect(sizedBody(request, limit));
  const given = request.headers.get(SHA256_HEADER)?.toLowerCase();
  const actual = given && (await sha256Hex(bytes));
  if (given !== actual)
    throw new RepobaseError("hash_mismatch", `the body has the sha256 ${actual}, not ${given}`, { fields: { actual } });
  return bytes;
}

/** A question in JSON whose fields a schema names. @throws RepobaseError as `readJsonObject`, and `usage` with the field that is wrong */
export async function readQuestion<T>(request: Request, limit: number, type: DocumentType<T>["schema"]): Promise<T> {
  return checkDocument({ name: "body", damaged: "usage", schema: type }, await readJsonObject(request, limit));
}

/**
 * A question in JSON. It is not stored as it came, so it needs no Content-Length: it is read up to the limit.
 * @throws RepobaseError `usage` when the body is no JSON object, `too_large`, `hash_mismatch`
 */
export async function readJsonObject(request: Request, limit: number): Promise<Record<string, unknown>> {
  const bytes = await readSmallBody(request, limit);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch (cause) {
    throw new RepobaseError("usage", "the body is not JSON", { cause });
  }
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new RepobaseError("usage", "the body must be a JSON object");
  return value as Record<string, unknown>;
}

/** A body that is not stored as it came. @throws RepobaseError `too_large`, `hash_mismatch` */
export const readSmallBody = async (request: Request, limit: number): Promise<Uint8Array> =>
  request.headers.has("content-length") ? readBody(request, limit) : collectUpTo(request.body, limit);

async function collectUpTo(stream: ReadableStream<Uint8Array> | null, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of (stream ?? []) as AsyncIterable<Uint8Array<ArrayBuffer>>) {
    size += chunk.length;
    if (size > limit)
      throw new RepobaseError("too_large", `the body has more than ${limit} bytes`, { fields: { limit } });
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
