/** What a user may keep on a server, and what is used of it. */
import { exactOptional, nullable } from "valibot";
import { RepobaseError } from "./errors.ts";
import { count, type DocumentType, fields, text } from "./decode.ts";

/** The most a user may keep; null: no limit. */
export interface Quota {
  /** Repositories, counted from the first object on. */
  readonly repos: number | null;
  /** Files of the default branches, all repositories together. */
  readonly files: number | null;
  /** Bytes of index objects, manifests and snapshots, those included that no ref names. */
  readonly bytes: number | null;
}

export type QuotaName = keyof Quota;
export const QUOTA_NAMES: readonly QuotaName[] = ["repos", "files", "bytes"];

/**
 * What a user may keep until the admin says otherwise. Bytes: an index of 100,000 files takes some 4 GB and twice that until a
 * clean-up has followed a merge; 10 GB are what R2 keeps without a bill.
 */
export const DEFAULT_QUOTA: Quota = { repos: 10, files: 100_000, bytes: 10_000_000_000 };

export interface QuotaLine {
  readonly used: number;
  readonly limit: number | null;
}
export type QuotaUse = Readonly<Record<QuotaName, QuotaLine>>;

const limit = nullable(count);
const line = fields({ used: count, limit });

export const QUOTA_USE = fields({ repos: line, files: line, bytes: line });
export const QUOTA = fields({ repos: limit, files: limit, bytes: limit });
/** The body of `PUT /v1/admin/users/:id/quota`: what is left out stays as it is. */
export const QUOTA_CHANGE = fields({
  repos: exactOptional(limit),
  files: exactOptional(limit),
  bytes: exactOptional(limit),
});
export type QuotaChange = Partial<Quota>;

/** One user, as the admin sees it: the answer of the routes below `/v1/admin/users/:id`. */
export interface UserQuota {
  readonly userId: string;
  /** `default`, or `custom` when the admin has set limits for this user. */
  readonly plan: string;
  readonly quota: QuotaUse;
  /** ISO 8601: when all was counted last, and not only added up. */
  readonly counted: string;
}

export const USER_QUOTA: DocumentType<UserQuota> = {
  name: "answer",
  damaged: "transient",
  hint: "is this the address of a Repobase server?",
  schema: fields({ userId: text, plan: text, quota: QUOTA_USE, counted: text }),
};

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** A limit as people write it: `100000`, `10GB`, `none`. @param what for the message. @throws RepobaseError `usage` */
export function parseLimit(given: string, what: string): number | null {
  const written = given.trim().toLowerCase().replaceAll("_", "");
  if (written === "none") return null;
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?) ?([kmgt]i?b)?$/.exec(written) ?? [];
  const value = Math.round(Number(digits) * (UNITS[unit] ?? NaN));
  if (digits === undefined || !Number.isSafeInteger(value))
    throw new RepobaseError(
      "usage",
      `${what} must be a number such as 100000 or 10GB, or none, not ${JSON.stringify(given.slice(0, 40))}`,
    );
  return value;
}

/** Those that are given. @param name what a message calls the limit of `quota` @throws RepobaseError `usage` */
export function parseQuota(
  texts: Readonly<Partial<Record<QuotaName, string | undefined>>>,
  name: (quota: QuotaName) => string,
): QuotaChange {
  const parsed = QUOTA_NAMES.flatMap((quota) => {
    const given = texts[quota];
    return given === undefined || given === "" ? [] : [[quota, parseLimit(given, name(quota))] as const];
  });
  return Object.fromEntries(parsed);
}
