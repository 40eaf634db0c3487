/**
 * Notices as the bucket has them: one small object each, in the space's part, whose name sorts the newest first, so that a page of
 * them is one list and a read of each. What is old, or too much, is swept once in a while. An idempotency key is a mark
 * that is written before its notice and names it: after a crash between the two, the same key makes the same notice.
 */
import { decodeDocument, type DocumentType, fields, textThat } from "../../protocol/decode.ts";
import { isRepobaseError, RepobaseError } from "../../protocol/errors.ts";
import { sha256Hex } from "../../protocol/hash.ts";
import { type ListedNotice, type Notice, NOTICE_FIELDS, type NoticeList } from "../../protocol/notice-api.ts";
import { mapBounded } from "../../store/map-bounded.ts";
import type { ObjectInfo } from "../../store/object-store.ts";
import type { Bucket } from "../bucket.ts";

/** The newest so many are kept, for so long. */
export const MAX_KEPT = 500;
export const KEPT_MS = 90 * 86_400_000;
/** Idempotency keys: likewise. */
const MAX_MARKS = 2000;
const MARK_MS = 86_400_000;

const NOTICES = "notices/";
const MARKS = "notice-keys/";
const LAST_MS = 9_999_999_999_999;
const ID = /^\d{13}-[0-9a-f]{16}$/;

const noticeKey = (id: string) => `${NOTICES}${id}.json`;
const idOfKey = (key: string) => key.slice(NOTICES.length, -".json".length);
const timeOf = (id: string) => LAST_MS - Number(id.slice(0, 13));

/** What a kind has beside its head comes back as it was written. */
const NOTICE: DocumentType<ListedNotice> = {
  name: "notice",
  damaged: "damaged_config",
  schema: fields(NOTICE_FIELDS),
};

const MARK = {
  name: "idempotency key",
  damaged: "damaged_config",
  schema: fields({ id: textThat((id) => ID.test(id), "the id of a notice") }),
} as const;

type WithoutHead<T> = T extends Notice ? Omit<T, "id" | "at"> : never;
/** A notice before it has an id and a time. */
export type Draft = WithoutHead<Notice>;

/** One that makes one notice however often the same thing happens in a while. */
export interface OnceDraft {
  readonly draft: Draft;
  /** An idempotency key. */
  readonly once: string;
}

/** @param now ms */
export function newNotice(draft: Draft, now: number): Notice {
  const random = crypto.getRandomValues(new Uint8Array(8)).toHex();
  return withId(draft, `${String(LAST_MS - now).padStart(13, "0")}-${random}`);
}

const withId = (draft: Draft, id: string): Notice => ({
  ...draft,
  id,
  at: new Date(timeOf(id)).toISOString(),
});

/**
 * @param of.once an idempotency key: a notice that was written with the same one, in the last day, is given instead of another
 * @returns created: false: it was there
 */
export async function writeNotice(
  home: Bucket,
  of: { readonly draft: Draft; readonly once: string | undefined; readonly now: number },
): Promise<{ readonly notice: ListedNotice; readonly created: boolean }> {
  const made = newNotice(of.draft, of.now);
  const id = of.once === undefined ? made.id : await idFor(home, of.once, made.id);
  if (id !== made.id) {
    const known = await readNotice(home, id);
    if (known) return { notice: known, created: false };
  }
  const notice = withId(of.draft, id);
  const created = await home.put(noticeKey(id), encode(notice), { onlyIf: { absent: true } });
  return { notice, created: created !== undefined };
}

/** The id of the notice that has this idempotency key: `wanted`, or an earlier one's. */
async function idFor(home: Bucket, once: string, wanted: string): Promise<string> {
  const key = `${MARKS}${await sha256Hex(new TextEncoder().encode(once))}.json`;
  if (await home.put(key, encode({ id: wanted }), { onlyIf: { absent: true } })) return wanted;
  const stored = await home.get(key);
  return stored ? decodeDocument(MARK, stored.bytes, key).id : wanted;
}

/** undefined: there is none, or no longer. @throws RepobaseError `damaged_config` */
export async function readNotice(home: Bucket, id: string): Promise<ListedNotice | undefined> {
  const stored = ID.test(id) ? await home.get(noticeKey(id)) : undefined;
  return stored && decodeDocument(NOTICE, stored.bytes, noticeKey(id));
}

/**
 * One that cannot be read is left out.
 * @param of.cursor what the page before gave as `next`
 * @returns the page, and whether there is something to sweep
 * @throws RepobaseError `usage` for a cursor that is none
 */
export async function listNotices(
  home: Bucket,
  of: { readonly limit: number; readonly cursor: string | undefined; readonly now: number },
): Promise<NoticeList & { readonly stale: boolean }> {
  const { limit, cursor, now } = of;
  if (cursor !== undefined && !ID.test(cursor))
    throw new RepobaseError("usage", "cursor is not one that a list of notices gave");
  const all = await Array.fromAsync(home.list(NOTICES));
  const kept = keptOf(all, now);
  const ids = kept.map(({ key }) => idOfKey(key)).filter((id) => cursor === undefined || id > cursor);
  const page = ids.slice(0, limit);
  const found = await mapBounded(page, (id) => readIfWhole(home, id));
  return {
    notifications: found.filter((notice) => notice !== undefined),
    next: ids.length > limit ? (page.at(-1) ?? null) : null,
    stale: kept.length < all.length,
  };
}

async function readIfWhole(home: Bucket, id: string): Promise<ListedNotice | undefined> {
  try {
    return await readNotice(home, id);
  } catch (error) {
    // one bad object must not hide the others
    if (isRepobaseError(error, "damaged_config")) return undefined;
    throw error;
  }
}

/** Removes what is past its number or time. @returns how many objects that was */
export async function sweepNotices(home: Bucket, now: number): Promise<number> {
  const all = await Array.fromAsync(home.list(NOTICES));
  const kept = new Set(keptOf(all, now));
  const marks = await Array.fromAsync(home.list(MARKS));
  const newest = marks.toSorted((a, b) => b.uploaded - a.uploaded);
  const gone = [
    ...all.filter((info) => !kept.has(info)),
    ...newest.filter(({ uploaded }, i) => i >= MAX_MARKS || now - uploaded > MARK_MS),
  ];
  if (gone.length > 0) await home.deleteMany(gone.map(({ key }) => key));
  return gone.length;
}

/** One notice in 32 has such an id: whoever wrote it sweeps, so that no count need be kept. */
export const isTurnToSweep = (id: string): boolean => /-[01]/.test(id) && /-.[048c]/.test(id);

const keptOf = (newestFirst: readonly ObjectInfo[], now: number): ObjectInfo[] =>
  newestFirst.filter(({ key }, i) => i < MAX_KEPT && now - timeOf(idOfKey(key)) <= KEPT_MS);

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
