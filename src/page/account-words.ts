/** What the You view says in words: usage, ends of keys, why a sign-in failed. Pure. */
import type { QuotaUse } from "../protocol/quota.ts";

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** `1.5 GB` */
export function bytesWords(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 9.95 && unit > 0 ? value.toFixed(1) : value.toFixed(0)} ${UNITS[unit]}`;
}

export interface UsageLine {
  readonly name: string;
  readonly words: string;
  /** 0 to 1; null: no limit. */
  readonly share: number | null;
}

export function usageWords(quota: QuotaUse | undefined): UsageLine[] {
  if (!quota) return [];
  const plain = (n: number) => n.toLocaleString("en");
  const parts = [
    { name: "Repositories", line: quota.repos, say: plain },
    { name: "Files", line: quota.files, say: plain },
    { name: "Storage", line: quota.bytes, say: bytesWords },
  ];
  return parts.map(({ name, line: { used, limit }, say }) => ({
    name,
    words: `${name}: ${say(used)}${limit === null ? "" : ` of ${say(limit)}`}`,
    share: limit === null ? null : limit === 0 ? 1 : Math.min(1, used / limit),
  }));
}

/** @param iso null: no end */
export function endWords(iso: string | null | undefined, now: number): string {
  if (iso === null || iso === undefined) return "no end";
  const date = iso.slice(0, 10);
  return Date.parse(iso) <= now ? `ended ${date}` : `ends ${date}`;
}

const SIGN_IN_FAILURES: Readonly<Record<string, string | undefined>> = {
  denied: "You declined the sign-in at GitHub. Nothing was changed; start again when you like.",
  expired: "The sign-in took longer than ten minutes, or began in another window. Start again.",
  closed: "This server takes no new people by themselves. Ask its admin, or a member, for an invitation.",
  invitation: "This invitation is used up, has ended, or is for somebody else. Ask for a new one.",
  failed: "GitHub did not answer as it should. Try again in a minute.",
};

/** @param word the server's */
export const signInFailure = (word: string): string =>
  SIGN_IN_FAILURES[word] ?? "The sign-in did not work. Start again.";
