/**
 * Holds users to their quotas. A new repository name is written down before its first byte is taken; bytes are added up in this process
 * and written down every FLUSH_BYTES and when a ref moves, so that a push costs a write or two and a small push none. What a process
 * that ends had not written down is at most that much, and is found by the next count. Before anything is refused, the bucket is
 * counted (once in RECOUNT_AFTER), so that nobody is refused for an error of adding up.
 * Values only: a Worker must not wait for another request's promise.
 */
import { isRepobaseError, RepobaseError } from "../protocol/errors.ts";
import { type Quota, QUOTA_NAMES, type QuotaChange, type QuotaName, type UserQuota } from "../protocol/quota.ts";
import {
  type Account,
  countAccount,
  quotaUse,
  readAccount,
  readOrMendAccount,
  refuseOver,
  type RepoUsage,
  usageIn,
  usedBy,
  writeAccount,
} from "./account.ts";
import { type Bucket, scopeTo } from "./bucket.ts";

const FLUSH_BYTES = 16 * 1024 * 1024;
/** How old what is remembered of an account may be, ms: how long several processes may not see each other's uploads. */
const FRESH_MS = 15_000;
/** Between two counts for the sake of one user, ms. */
const RECOUNT_AFTER = 10 * 60_000;
const MAX_REMEMBERED = 1000;
/** Tries of a compare-and-swap, and the longest pause after the first of them, ms; it grows, so that the others get their turn. */
const TRIES = 7;
const PAUSE_MS = 20;
/** A ref that moved by less than this part is not written down: the error does not add up, since each figure is set, not added to. */
const SMALL_CHANGE = 1 / 64;

interface Remembered {
  readonly account: Account;
  /** ms. */
  readonly read: number;
}

/** To be called once with the bytes that were really taken, whatever happened. */
export type Settle = (taken: number) => Promise<void>;

/** How much of a quota must be used, in percent, for its users to be told. */
const LEVELS = [95, 80];

/** An account that was below a level is at it or above. */
export interface QuotaCrossing {
  readonly quota: QuotaName;
  readonly percent: number;
  readonly used: number;
  readonly limit: number;
}

export type OnCrossing = (userId: string, crossing: QuotaCrossing) => void;

export class UsageMeter {
  readonly #bucket: Bucket;
  readonly #default: Quota;
  readonly #now: () => number;
  readonly #onCrossing: OnCrossing;
  readonly #remembered = new Map<string, Remembered>();
  /** User -> bytes taken (or deleted, below 0) by this process and not written down. */
  readonly #owed = new Map<string, number>();

  /** @param of.onCrossing told of each crossing once, by the process that wrote it down */
  constructor(of: {
    readonly bucket: Bucket;
    readonly quota: Quota;
    readonly now?: () => number;
    readonly onCrossing?: OnCrossing;
  }) {
    this.#onCrossing = of.onCrossing ?? (() => undefined);
    this.#bucket = of.bucket;
    this.#default = of.quota;
    this.#now = of.now ?? Date.now;
  }

  /** Sets `bytes` aside before they are taken for `repo`. @throws RepobaseError `quota_exceeded`, `busy` */
  async admit(userId: string, of: { readonly repo: string; readonly bytes: number }): Promise<Settle> {
    const { repo, bytes } = of;
    const account = await this.#account(userId);
    const known = usageIn(account, repo) ? account : await this.#register(userId, repo);
    await this.#hold(userId, known, { name: "bytes", wanted: bytes });
    this.#owe(userId, bytes);
    return (taken) => this.took(userId, taken - bytes);
  }

  /** Before a ref moves to an index of `files`. @throws RepobaseError `quota_exceeded` */
  async admitFiles(userId: string, of: { readonly repo: string; readonly files: number }): Promise<void> {
    const account = await this.#account(userId);
    const more = of.files - (usageIn(account, of.repo)?.files ?? 0);
    if (more > 0) await this.#hold(userId, account, { name: "files", wanted: more });
  }

  /** `bytes` more are there, or, below 0, less. */
  async took(userId: string, bytes: number): Promise<void> {
    if (Math.abs(this.#owe(userId, bytes)) < FLUSH_BYTES) return;
    await whenPossible(() => this.#change(userId, (account) => account));
  }

  /** The ref of `repo` moved. Bytes that are named now, or no more, are the same bytes: the sum stays. */
  async moved(userId: string, repo: string, usage: RepoUsage): Promise<void> {
    await whenPossible(() =>
      this.#change(userId, (account) => {
        const known = usageIn(account, repo);
        if (known && isNear(known.files, usage.files) && isNear(known.bytes, usage.bytes)) return undefined;
        const growth = usage.bytes - (known?.bytes ?? 0);
        return { ...account, repos: { ...account.repos, [repo]: usage }, unnamed: account.unnamed - growth };
      }),
    );
  }

  /** All of `repo` is gone, `bytes` in all. */
  async removed(userId: string, repo: string, bytes: number): Promise<void> {
    await whenPossible(() =>
      this.#change(userId, (account) => {
        const { [repo]: _, ...repos } = account.repos;
        const unnamed = account.unnamed - (bytes - (usageIn(account, repo)?.bytes ?? 0));
        return { ...account, repos, unnamed };
      }),
    );
  }

  async describe(userId: string): Promise<UserQuota> {
    const account = await this.#account(userId);
    const { quota, counted } = account;
    const owed = this.#owed.get(userId) ?? 0;
    const now = { ...account, unnamed: Math.max(0, account.unnamed + owed) };
    return { userId, plan: quota ? "custom" : "default", quota: quotaUse(now, this.#default), counted };
  }

  /** @param change null: the server's default again. @throws RepobaseError `busy` */
  async setQuota(userId: string, change: QuotaChange | null): Promise<UserQuota> {
    await this.#change(userId, (account) => ({
      ...account,
      quota: change && { ...this.#default, ...account.quota, ...change },
    }));
    return this.describe(userId);
  }

  /** Counts the bucket; also what mends a damaged record, whose quota is then the default. */
  async recount(userId: string): Promise<UserQuota> {
    await this.#recount(userId);
    return this.describe(userId);
  }

  async #hold(
    userId: string,
    account: Account,
    of: { readonly name: "files" | "bytes"; readonly wanted: number },
  ): Promise<void> {
    const { name, wanted } = of;
    const over = (it: Account) => {
      const limit = (it.quota ?? this.#default)[name];
      const used = usedBy(it)[name] + (name === "bytes" ? (this.#owed.get(userId) ?? 0) : 0);
      return limit !== null && used + wanted > limit ? { name, used, limit, wanted } : undefined;
    };
    if (!over(account)) return;
    const found = over(await this.#certain(userId));
    if (found) refuseOver(found);
  }

  /** @throws RepobaseError `quota_exceeded`, `busy` */
  async #register(userId: string, repo: string): Promise<Account> {
    const full = (account: Account) => {
      const limit = (account.quota ?? this.#default).repos;
      return limit !== null && usedBy(account).repos >= limit ? limit : undefined;
    };
    const read = await this.#account(userId, 0);
    if (full(read) !== undefined) await this.#certain(userId);
    return this.#change(userId, (account) => {
      if (usageIn(account, repo)) return undefined;
      const limit = full(account);
      if (limit !== undefined) refuseOver({ name: "repos", used: usedBy(account).repos, limit, wanted: 1 });
      return { ...account, repos: { ...account.repos, [repo]: { files: 0, bytes: 0 } } };
    });
  }

  /** As the bucket says, unless it was asked a moment ago. */
  async #certain(userId: string): Promise<Account> {
    const account = await this.#account(userId, 0);
    return this.#now() - Date.parse(account.counted) > RECOUNT_AFTER ? this.#recount(userId) : account;
  }

  async #account(userId: string, maxAge = FRESH_MS): Promise<Account> {
    const remembered = this.#remembered.get(userId);
    if (remembered && this.#now() - remembered.read < maxAge) return remembered.account;
    const stored = await readAccount(this.#bucket, userId);
    return stored ? this.#remember(userId, stored.account) : this.#change(userId, (account) => account);
  }

  /**
   * What this process owes is written down with it.
   * @param change gives undefined when there is nothing to change
   * @throws RepobaseError `busy` when others were always quicker; what `change` throws
   */
  async #change(userId: string, change: (account: Account) => Account | undefined): Promise<Account> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      if (attempt > 0) await new Promise((done) => setTimeout(done, Math.random() * PAUSE_MS * 2 ** attempt));
      const stored = await readAccount(this.#bucket, userId);
      const base = stored?.account ?? (await countAccount(this.#home(userId), null));
      // a count has seen what is owed already
      const owed = stored ? (this.#owed.get(userId) ?? 0) : 0;
      const changed = change({ ...base, unnamed: base.unnamed + owed });
      if (!changed) return this.#remember(userId, base);
      const account = { ...changed, unnamed: Math.max(0, changed.unnamed) };
      if (!(await writeAccount(this.#bucket, { userId, account, etag: stored?.etag }))) continue;
      this.#owe(userId, -owed);
      this.#tellCrossings(userId, stored?.account, account);
      return this.#remember(userId, account);
    }
    throw new RepobaseError("busy", `the account of ${userId} keeps changing`, { hint: "try again" });
  }

  async #recount(userId: string): Promise<Account> {
    const { quota, etag, account: before } = await readOrMendAccount(this.#bucket, userId);
    const owed = this.#owed.get(userId) ?? 0;
    const account = await countAccount(this.#home(userId), quota);
    // who changed it meanwhile may go on: what is counted here is true for this process, and the next count is not far
    const written = await writeAccount(this.#bucket, { userId, account, etag });
    if (written) this.#tellCrossings(userId, before, account);
    this.#owe(userId, -owed);
    return this.#remember(userId, account);
  }

  /** The write was a compare-and-swap, so nobody else saw these two accounts follow each other. */
  #tellCrossings(userId: string, before: Account | undefined, after: Account): void {
    for (const quota of QUOTA_NAMES) {
      const level = this.#level(after, quota);
      if (level.percent === 0 || (before && level.percent <= this.#level(before, quota).percent)) continue;
      this.#onCrossing(userId, { quota, ...level });
    }
  }

  /** The highest level that is reached; percent 0: none. */
  #level(account: Account, quota: QuotaName): { percent: number; used: number; limit: number } {
    const { used, limit } = quotaUse(account, this.#default)[quota];
    const percent = limit ? (LEVELS.find((level) => used * 100 >= limit * level) ?? 0) : 0;
    return { percent, used, limit: limit ?? 0 };
  }

  #home(userId: string): Bucket {
    return scopeTo(this.#bucket, `${userId}/`);
  }

  #owe(userId: string, bytes: number): number {
    const owed = (this.#owed.get(userId) ?? 0) + bytes;
    if (owed === 0) this.#owed.delete(userId);
    else this.#owed.set(userId, owed);
    return owed;
  }

  #remember(userId: string, account: Account): Account {
    this.#remembered.delete(userId);
    const oldest = this.#remembered.size >= MAX_REMEMBERED ? this.#remembered.keys().next().value : undefined;
    if (oldest !== undefined) this.#remembered.delete(oldest);
    this.#remembered.set(userId, { account, read: this.#now() });
    return account;
  }
}

const isNear = (before: number, now: number): boolean => Math.abs(now - before) <= before * SMALL_CHANGE;

/** What is already done must not fail for its figure: what could not be written down is found by the next count. */
async function whenPossible(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isRepobaseError(error, "transient", "busy")) throw error;
  }
}
