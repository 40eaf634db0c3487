/**
 * Conditional requests: HTTP's quoted entity tags on one side, the store's bare ones on the other. A `W/` is dropped, because
 * Cloudflare's edge weakens a tag when it compresses an answer on the way.
 */
import { RepobaseError } from "../protocol/errors.ts";
import type { PutOptions } from "../store/object-store.ts";

export const quoteEtag = (etag: string) => `"${etag}"`;

const bare = (tag: string) =>
  tag
    .trim()
    .replace(/^W\//, "")
    .replace(/^"(.*)"$/, "$1");

/** Does the `If-None-Match` of a GET name this tag? */
export function isUnchanged(request: Request, etag: string): boolean {
  const header = request.headers.get("if-none-match");
  return header !== null && header.split(",").some((tag) => tag.trim() === "*" || bare(tag) === etag);
}

/** The condition every write to a mutable object must bring. @throws RepobaseError `usage` without one */
export function writeCondition(request: Request): NonNullable<PutOptions["onlyIf"]> {
  const match = request.headers.get("if-match");
  if (match !== null) return { etag: bare(match) };
  if (request.headers.get("if-none-match")?.trim() === "*") return { absent: true };
  throw new RepobaseError(
    "usage",
    "a write here needs If-Match: <etag>, or If-None-Match: * when there is nothing yet",
    {
      hint: "GET it first; its ETag is what If-Match wants",
    },
  );
}
