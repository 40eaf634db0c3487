/** What the page calls the kinds of notices, and the addresses in them that it makes a link of. Pure. */
import type { ListedNotice, NoticeKind } from "../protocol/notice-api.ts";

interface KindWords {
  readonly name: string;
  readonly icon: "repos" | "close" | "warn" | "check" | "bell";
  /** Somebody should do something. */
  readonly bad: boolean;
}

const KINDS: Readonly<Record<NoticeKind, KindWords>> = {
  "index.updated": { name: "Index updated", icon: "repos", bad: false },
  "push.refused": { name: "Push refused", icon: "close", bad: true },
  "quota.near": { name: "Quota nearly used", icon: "warn", bad: true },
  "task.result": { name: "Task done", icon: "check", bad: false },
  "webhook.disabled": { name: "Webhook disabled", icon: "warn", bad: true },
};

/** Of a kind that a newer server knows, too. */
export function noticeWords({ kind, status }: Pick<ListedNotice, "kind" | "status">): KindWords {
  if (status === "failed") return { name: "Task failed", icon: "close", bad: true };
  return Object.hasOwn(KINDS, kind) ? KINDS[kind as NoticeKind] : { name: "Notice", icon: "bell", bad: false };
}

/** What a person chooses from, in one word or three. */
export const KIND_CHOICES: Readonly<Record<NoticeKind, string>> = {
  "index.updated": "an index was updated",
  "push.refused": "a push was refused",
  "quota.near": "a quota is nearly used",
  "task.result": "results of agents and scripts",
  "webhook.disabled": "a webhook was disabled",
};

/** A web address as a link says it, or undefined: it is none. */
export function webLink(url: string | null): { readonly href: string; readonly words: string } | undefined {
  if (url === null || !URL.canParse(url)) return undefined;
  const { protocol, href, host, pathname, username } = new URL(url);
  // a name before the host makes one address look like another
  if ((protocol !== "https:" && protocol !== "http:") || username !== "") return undefined;
  return { href, words: pathname === "/" ? host : host + pathname };
}
