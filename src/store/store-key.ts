/**
 * Which keys a store takes, and how a range is cut, so that every store says the same about both (promise S6).
 * Names that start with `.tmp-` belong to the directory store's own temporaries: no key may have them.
 */
import type { ByteRange } from "../bytes/byte-source.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { TEMPORARY_PREFIX } from "../protocol/keys.ts";

/** R2's limit, bytes; our keys are ASCII. */
const MAX_KEY = 1024;
// a control character or backslash means another path on some system than the one checked
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u001f\u007f\\]/;

function badKey(key: string): RepobaseError {
  return new RepobaseError("usage", `not a valid key: ${JSON.stringify(key.slice(0, 100))}`);
}

function isPlainSegment(segment: string): boolean {
  return segment !== "." && segment !== ".." && !segment.startsWith(TEMPORARY_PREFIX);
}

/** @throws RepobaseError `usage` */
export function checkStoreKey(key: string): string {
  if (key.length > MAX_KEY || FORBIDDEN.test(key)) throw badKey(key);
  if (!key.split("/").every((segment) => segment !== "" && isPlainSegment(segment))) throw badKey(key);
  return key;
}

/** A prefix may be empty and may end inside a segment. @throws RepobaseError `usage` */
export function checkStorePrefix(prefix: string): string {
  const segments = prefix.split("/");
  const empty = segments.slice(0, -1).includes("");
  if (prefix.length > MAX_KEY || FORBIDDEN.test(prefix) || empty || !segments.every(isPlainSegment))
    throw badKey(prefix);
  return prefix;
}

/** @throws RepobaseError `usage` for a range that is empty, negative or no whole numbers */
export function checkStoreRange({ offset, length }: ByteRange, key: string): void {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 1)
    throw new RepobaseError("usage", `not a range of "${key}": ${offset}+${length}`);
}

/** What every store says of a range that starts past the end. @param size of the object, where the store knows it */
export function rangePastEnd(key: string, size?: number, cause?: unknown): RepobaseError {
  return new RepobaseError("range_not_satisfiable", `the range starts past the end of "${key}"`, {
    fields: size === undefined ? {} : { size },
    cause,
  });
}

/** The part of `range` that lies in an object of `size` bytes: [start, end). @throws what `ObjectStore.get` throws for a range */
export function clampRange(range: ByteRange | undefined, size: number, key: string): { start: number; end: number } {
  if (range === undefined) return { start: 0, end: size };
  checkStoreRange(range, key);
  if (range.offset >= size) throw rangePastEnd(key, size);
  return { start: range.offset, end: Math.min(size, range.offset + range.length) };
}
