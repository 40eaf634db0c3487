/** Stored objects as HTTP answers: etag, sha256, single byte ranges (206, 416), HEAD, 304. */
import type { ByteRange } from "../bytes/byte-source.ts";
import { SHA256_HEADER } from "../protocol/cloud-api.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { parseKey } from "../protocol/keys.ts";
import type { ObjectInfo, OpenedObject } from "../store/object-store.ts";
import { rangePastEnd } from "../store/store-key.ts";
import { untilGone } from "./bucket.ts";
import type { Bucket } from "./bucket.ts";
import { storedSha256 } from "./store-once.ts";
import { isUnchanged, quoteEtag } from "./etag.ts";

const JSON_TYPE = "application/json";
const BYTES_TYPE = "application/octet-stream";

interface Answer {
  readonly request: Request;
  readonly home: Bucket;
  readonly key: string;
}

/** A GET or HEAD of one object. @throws RepobaseError `not_found`, `range_not_satisfiable` */
export async function sendObject({ request, home: bucket, key }: Answer): Promise<Response> {
  const home = untilGone(bucket, request.signal);
  if (request.method === "HEAD") {
    const info = await home.head(key);
    if (!info) throw missing(key);
    // who asks before it sends, or checks what lies here, asks for the hash
    const sha256 = parseKey(key)?.kind === "object" ? await storedSha256(home, info) : info.sha256;
    return new Response(null, { headers: headersOf({ ...info, sha256 }, info.size) });
  }
  const wanted = await wantedRange(request, home, key);
  const found = await home.open(key, { range: wanted });
  if (!found) throw missing(key);
  if (isUnchanged(request, found.etag)) return notModified(found);
  const headers = headersOf(found, found.range.length);
  if (!wanted) return new Response(bodyOf(found), { headers });
  const { offset, length } = found.range;
  headers.set("content-range", `bytes ${offset}-${offset + length - 1}/${found.size}`);
  return new Response(bodyOf(found), { status: 206, headers });
}

const notModified = (info: ObjectInfo) => new Response(null, { status: 304, headers: { etag: quoteEtag(info.etag) } });

const missing = (key: string) => new RepobaseError("not_found", `there is no "${key}"`);

/** What an answer says of a stored object, after a read or a write. */
export function describeStored(info: ObjectInfo): Record<string, string> {
  return {
    etag: quoteEtag(info.etag),
    "last-modified": new Date(info.uploaded).toUTCString(),
    ...(info.sha256 === undefined ? {} : { [SHA256_HEADER]: info.sha256 }),
  };
}

function headersOf(info: ObjectInfo, length: number): Headers {
  const json = info.key.endsWith(".json") && parseKey(info.key)?.kind !== "object";
  return new Headers({
    ...describeStored(info),
    "content-type": json ? JSON_TYPE : BYTES_TYPE,
    "content-length": String(length),
    "accept-ranges": "bytes",
  });
}

/** Both kinds of body are what a Response takes; the types of Bun and of Workers only disagree on how to say so. */
const bodyOf = ({ body }: OpenedObject) => body as Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>;

async function wantedRange(request: Request, home: Bucket, key: string): Promise<ByteRange | undefined> {
  // a client that is not sure its part still fits gets the whole, which always does
  const header = request.headers.has("if-range") ? null : request.headers.get("range");
  // several ranges, other units and nonsense are ignored, as RFC 9110 allows: the whole object is a right answer
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? "") ?? [];
  if (first === undefined || last === undefined || first + last === "") return undefined;
  if (first === "") {
    const info = await home.head(key);
    if (!info) throw missing(key);
    const length = Math.min(Number(last), info.size);
    if (length === 0) throw rangePastEnd(key, info.size);
    return { offset: info.size - length, length };
  }
  const offset = Number(first);
  if (last === "") return { offset, length: Number.MAX_SAFE_INTEGER - offset };
  return Number(last) < offset ? undefined : { offset, length: Number(last) - offset + 1 };
}
