/**
 * How many notices came since the list was last looked at on this device. The mark is the newest one that was seen, by space; it
 * goes when one signs out. Counted once the first answer is on the screen, by a script that is loaded for it.
 */
import { readItem, writeItem } from "./api.ts";
import type { Unread } from "./notices.ts";
import { observed } from "./observed.ts";
import { session, whenLeaving } from "./session.ts";

const NONE: Unread = { count: 0, more: false };
export const unread = observed(NONE);

const SEEN = "repobase-seen";
/** ms after it is known who is signed in. */
const LATER = 3000;

whenLeaving(() => {
  writeItem(SEEN, null);
  unread.set(NONE);
});

/** Id of the newest notice that was seen; null: none. */
export const seenIn = (space: string): string | null => marks()[space] ?? null;

export function markSeen(space: string, id: string): void {
  writeItem(SEEN, JSON.stringify({ ...marks(), [space]: id }));
  unread.set(NONE);
}

function marks(): Readonly<Record<string, string | undefined>> {
  try {
    const kept: unknown = JSON.parse(readItem(SEEN) ?? "{}");
    return typeof kept === "object" && kept !== null ? { ...kept } : {};
  } catch {
    return {};
  }
}

/** Errors are not told: the list itself does. */
export function recount(): void {
  const now = session.value;
  if (now.status !== "in" || now.me.userId === null) return;
  const space = now.me.userId;
  const count = async () => (await import("./notices.ts")).countUnread(seenIn(space));
  void count().then(
    (found) => unread.set(found),
    () => undefined,
  );
}

export function watchUnread(): void {
  session.watch(() => void setTimeout(recount, LATER));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") recount();
  });
}
