/**
 * What a user may keep and keeps: one record beside the users' prefixes (`users/{userId}.json`), which no request of the user can
 * name. Bytes are those that manifests name, by repository, and all others in one sum: uploads that no ref names yet, and what a
 * clean-up has not taken away. Requests add to it; `countAccount` makes it anew from the bucket.
 */
import { literal, nullable, record } from "valibot";
import { count, decodeDocument, type DocumentType, fields, text } from "../protocol/decode.ts";
import { isRepobaseError, RepobaseError } from "../protocol/errors.ts";
import { checkUserId, isRepoId, LANCE_VERSIONS, parseKey } from "../protocol/keys.ts";
import type { Manifest } from "../protocol/manifest.ts";
import { QUOTA, type Quota, type QuotaUse } from "../protocol/quota.ts";
import { mapBounded } from "../store/map-bounded.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { countFiles } from "../search/count-files.ts";
import { readCurrent } from "./read-index.ts";

export interface RepoUsage {
  /** Of the default branch. */
  readonly files: number;
  /** That the current manifest names. */
  readonly bytes: number;
}

export interface Account {
  readonly format: 1;
  /** null: the server's default. */
  readonly quota: Quota | null;
  /** Every repository that has an object. */
  readonly repos: Readonly<Record<string, RepoUsage>>;
  /** Bytes that no current manifest names. */
  readonly unnamed: number;
  /** ISO 8601: when the bucket was counted last. */
  readonly counted: string;
}

const ACCOUNT: DocumentType<Account> = {
  name: "account",
  format: 1,
  damaged: "damaged_config",
  hint: "the server's admin mends it with: repobase cloud quota <user> --recount",
  schema: fields({
    format: literal(1),
    quota: nullable(QUOTA),
    repos: record(text, fields({ files: count, bytes: count }), "must be an object"),
    unnamed: count,
    counted: text,
  }),
};

export const accountKey = (userId: string) => `users/${checkUserId(userId)}.json`;

export interface StoredAccount {
  readonly account: Account;
  readonly etag: string;
}

/** undefined: this user has none yet. @throws RepobaseError `damaged_config` */
export async function readAccount(bucket: ObjectStore, userId: string): Promise<StoredAccount | undefined> {
  const key = accountKey(userId);
  const stored = await bucket.get(key);
  return stored && { account: decodeDocument(ACCOUNT, stored.bytes, key), etag: stored.etag };
}

/** As `readAccount`; a damaged one has lost its quota and is counted anew. */
export async function readOrMendAccount(
  bucket: ObjectStore,
  userId: string,
): Promise<{
  readonly quota: Quota | null;
  readonly etag: string | undefined;
  /** undefined: none, or a damaged one. */
  readonly account: Account | undefined;
}> {
  try {
    const stored = await readAccount(bucket, userId);
    return { quota: stored?.account.quota ?? null, etag: stored?.etag, account: stored?.account };
  } catch (error) {
    if (!isRepobaseError(error, "damaged_config")) throw error;
    return { quota: null, etag: (await bucket.head(accountKey(userId)))?.etag, account: undefined };
  }
}

/** @param etag of what was read; undefined: there was none. @returns false when it was changed meanwhile */
export async function writeAccount(
  bucket: ObjectStore,
  of: { readonly userId: string; readonly account: Account; readonly etag: string | undefined },
): Promise<boolean> {
  const bytes = new TextEncoder().encode(JSON.stringify(of.account));
  const onlyIf = of.etag === undefined ? ({ absent: true } as const) : { etag: of.etag };
  return (await bucket.put(accountKey(of.userId), bytes, { onlyIf })) !== undefined;
}

export const bytesNamedBy = (manifest: Manifest): number => manifest.objects.reduce((sum, { size }) => sum + size, 0);

export function usedBy({ repos, unnamed }: Account): { repos: number; files: number; bytes: number } {
  const all = Object.values(repos);
  const sum = (of: keyof RepoUsage) => all.reduce((total, repo) => total + repo[of], 0);
  return { repos: all.length, files: sum("files"), bytes: sum("bytes") + unnamed };
}

/** What `repo` is known to use; a repository may have any name that an object has by itself, such as `constructor`. */
export const usageIn = ({ repos }: Account, repo: string): RepoUsage | undefined =>
  Object.hasOwn(repos, repo) ? repos[repo] : undefined;

export function quotaUse(account: Account, byDefault: Quota): QuotaUse {
  const used = usedBy(account);
  const limit = account.quota ?? byDefault;
  return {
    repos: { used: used.repos, limit: limit.repos },
    files: { used: used.files, limit: limit.files },
    bytes: { used: used.bytes, limit: limit.bytes },
  };
}

/** Refs, and the versions that the server makes of manifests, are nothing that a client sends again and again. */
export function isMetered(key: string): boolean {
  const parsed = parseKey(key);
  return (
    parsed !== undefined && parsed.kind !== "ref" && parsed.kind !== "config" && parsed.names[2] !== LANCE_VERSIONS
  );
}

/** Lists all of the user's part of the bucket: for the first request of a user, and when something must be known for certain. */
export async function countAccount(home: ObjectStore, quota: Quota | null): Promise<Account> {
  const counted = new Date().toISOString();
  const names = new Set<string>();
  let bytes = 0;
  for await (const { key, size } of home.list("")) {
    const repo = parseKey(key)?.names[0];
    if (repo === undefined || !isRepoId(repo)) continue;
    names.add(repo);
    if (isMetered(key)) bytes += size;
  }
  const entries = await mapBounded([...names], async (repo) => [repo, await usageOf(home, repo)] as const);
  const repos = Object.fromEntries(entries);
  const named = usedBy({ format: 1, quota, repos, unnamed: 0, counted }).bytes;
  return { format: 1, quota, repos, unnamed: Math.max(0, bytes - named), counted };
}

/** A repository that cannot be read counts by its bytes alone, which are among those that nothing names. */
async function usageOf(home: ObjectStore, repo: string): Promise<RepoUsage> {
  try {
    const current = await readCurrent(home, repo);
    if (!current) return { files: 0, bytes: 0 };
    const { fileCount } = await countFiles(home, { repo, ...current });
    return { files: fileCount, bytes: bytesNamedBy(current.manifest) };
  } catch (error) {
    if (!isRepobaseError(error, "corrupt_index", "unsupported_format", "ref_not_found")) throw error;
    return { files: 0, bytes: 0 };
  }
}

/** @throws RepobaseError `quota_exceeded` always */
export function refuseOver(of: {
  readonly name: keyof Quota;
  readonly used: number;
  readonly limit: number;
  readonly wanted: number;
}): never {
  const { name, used, limit, wanted } = of;
  const what = { repos: "repositories", files: "files", bytes: "bytes" }[name];
  throw new RepobaseError("quota_exceeded", `${used} of ${limit} ${what} are used, and ${wanted} more are wanted`, {
    fields: { quota: name, used, limit, wanted },
    hint: "remove a repository (repobase remove --remote), or ask the server's admin for more (repobase cloud quota)",
  });
}
