/** Immutable documents that a client sends, named by their own hash: taken only when they are what their name says. */
import { RepobaseError, isRepobaseError } from "../protocol/errors.ts";
import { sha256Hex } from "../protocol/hash.ts";
import type { Bucket } from "./bucket.ts";
import { readBody } from "./limits.ts";
import { describeStored } from "./stored-answer.ts";
import { storeOnce } from "./store-once.ts";
import type { Settle } from "./usage-meter.ts";

/** @throws RepobaseError `hash_mismatch` */
export async function namedBytes(request: Request, sha256: string, limit: number): Promise<Uint8Array> {
  const bytes = await readBody(request, limit);
  const actual = await sha256Hex(bytes);
  if (actual !== sha256)
    throw new RepobaseError("hash_mismatch", `the body has the sha256 ${actual}, its name says ${sha256}`, {
      fields: { actual },
    });
  return bytes;
}

/** A broken document is the index's fault when we read it, but the client's when it sends it. */
export function fromClient<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    if (isRepobaseError(cause, "unsupported_format")) throw cause;
    throw new RepobaseError("usage", cause instanceof Error ? cause.message : "the body cannot be read", { cause });
  }
}

export async function storeDocument(put: {
  home: Bucket;
  key: string;
  bytes: Uint8Array;
  sha256: string;
  admit: (bytes: number) => Promise<Settle>;
}): Promise<Response> {
  // the name is the hash: other bytes under it are damage
  const { info, created } = await storeOnce({ ...put, body: put.bytes, isDamage: async () => true });
  return Response.json(
    { sha256: put.sha256, size: info.size, created },
    { status: created ? 201 : 200, headers: describeStored(info) },
  );
}
