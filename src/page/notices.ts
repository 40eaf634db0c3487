/** Asks for what happened in the space. */
import { DEFAULT_NOTICES, NOTICE_LIST, type NoticeList } from "../protocol/notice-api.ts";
import { ask } from "./api.ts";

export interface Unread {
  readonly count: number;
  /** There are more than were looked at. */
  readonly more: boolean;
}

/** @param cursor `next` of the list before; null: the newest */
export function askNotices(cursor: string | null, signal?: AbortSignal): Promise<NoticeList> {
  const query = new URLSearchParams({ limit: String(DEFAULT_NOTICES) });
  if (cursor !== null) query.set("cursor", cursor);
  return ask({ path: `/v1/notifications?${query}`, type: NOTICE_LIST, signal });
}

/** @param seen ids sort as times do, newer ones first */
export async function countUnread(seen: string | null): Promise<Unread> {
  const { notifications, next } = await askNotices(null);
  const count = notifications.filter(({ id }) => seen === null || id < seen).length;
  return { count, more: count === notifications.length && next !== null };
}
