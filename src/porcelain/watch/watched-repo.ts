/** One watched folder: its events, what was said of it, and a look at it, which is a run of `repobase index`. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { folderOf, type RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { isRepobaseError } from "../../protocol/errors.ts";
import { WORKTREE } from "../../protocol/ids.ts";
import { asCheckedOut } from "../folder/checkout.ts";
import { RunMemory } from "../indexing/run-memory.ts";
import { indexRepository } from "../indexing/index-repo.ts";
import { FolderEvents, inodeOf, repositoryAt } from "./folder-events.ts";
import type { RunOutcome, RunReason } from "./run-schedule.ts";

/** The longest that a run waits for git to finish what it is doing to the folder. */
const MAX_HOLD_MS = 30_000;

/** One look at a folder, and what it led to. */
export interface WatchRun {
  readonly repo: string;
  readonly reason: RunReason;
  /** Does a search show something else than before? */
  readonly changed: boolean;
  /** File versions that were read and indexed. */
  readonly files: number;
  /** 40 hex digits, or `worktree` for a folder without commits. */
  readonly commit: string;
  /** null: a detached HEAD without a name. */
  readonly branch: string | null;
  readonly ms: number;
}

export interface WatchOptions {
  readonly home: Home;
  /** Each has a folder on this machine. */
  readonly repos: readonly RepoConfig[];
  /** Look every few seconds instead of waiting for events. */
  readonly poll: boolean;
  readonly threads: number | null;
  /** Aborted: the end, in good order. */
  readonly signal: AbortSignal;
  readonly onRun: (run: WatchRun) => void;
  /** Told once for as long as it lasts: sentences. */
  readonly onWarning: (text: string) => void;
}

export class WatchedRepo {
  private readonly folder: string;
  private readonly events: FolderEvents;
  private isPolled: boolean;
  private gitdir: string | undefined;
  private readonly memory = new RunMemory();
  /** Said last, and not again until something else is the matter. */
  private warned: string | undefined;

  constructor(
    private readonly options: WatchOptions,
    private readonly repo: RepoConfig,
    private readonly handlers: { readonly onEvent: () => void; readonly onPoll: () => void },
  ) {
    this.folder = folderOf(repo) ?? "";
    this.isPolled = options.poll;
    if (options.poll) handlers.onPoll();
    this.events = new FolderEvents(options.home, this.folder, {
      onEvent: handlers.onEvent,
      onUnable: (error) => this.fallBack(error),
    });
  }

  isRegistered(): boolean {
    return this.options.home.config().repos.some(({ id }) => id === this.repo.id);
  }

  /** While git writes many files it keeps its index locked; a lock that is older was left behind. */
  gitIsAtWork(): boolean {
    if (this.gitdir === undefined) return false;
    const lock = statSync(join(this.gitdir, "index.lock"), { throwIfNoEntry: false });
    return lock !== undefined && Math.abs(Date.now() - lock.mtimeMs) < MAX_HOLD_MS;
  }

  async look(reason: RunReason): Promise<RunOutcome> {
    try {
      if (inodeOf(this.folder) === undefined) {
        this.close();
        this.warn(`"${this.folder}" is gone; it is watched again once it is back`);
        return "gone";
      }
      // first the events, then the look: what happens between is seen twice, never not at all
      if (!this.isPolled && !this.events.isOpen()) this.events.open();
      const run = await this.index(reason);
      this.warned = undefined;
      if (run.changed || reason !== "check") this.options.onRun(run);
      // it changed and no event came: some were lost, so others may be
      if (run.changed && reason === "check" && !this.isPolled) this.events.open();
      return run.changed ? "changed" : "same";
    } catch (error) {
      if (this.options.signal.aborted) return "failed";
      if (isRepobaseError(error, "busy")) return "busy";
      this.warn(`"${this.repo.name}" could not be indexed: ${error instanceof Error ? error.message : String(error)}`);
      return "failed";
    }
  }

  close(): void {
    this.events.close();
  }

  private async index(reason: RunReason): Promise<WatchRun> {
    const { home, signal, threads } = this.options;
    const started = performance.now();
    this.gitdir = repositoryAt(this.folder, home)?.gitdir;
    // as it is configured now
    const repo = this.current();
    // without an event to go by, nothing is taken for granted
    if (reason !== "change") this.memory.forget();
    const result = await indexRepository({
      home,
      repo,
      model: null,
      maxFileBytes: null,
      threads,
      memory: this.memory,
      signal,
    });
    const ms = Math.round(performance.now() - started);
    const { newFiles: files, commit, branch } = result;
    // a commit that was indexed before is nothing new to the index, but now it is what a search shows
    const changed = result.changed || (commit !== WORKTREE && commit !== repo.lastIndexedCommit);
    return { repo: repo.id, reason, changed, files, commit, branch, ms };
  }

  private current(): RepoConfig {
    const { home } = this.options;
    return asCheckedOut(home.config().repos, this.folder, home.env).find(({ id }) => id === this.repo.id) ?? this.repo;
  }

  private fallBack(error: Error): void {
    if (this.isPolled) return;
    this.isPolled = true;
    const isFull = /ENOSPC|EMFILE|ENFILE/.test(error.message);
    const why = isFull
      ? "the system's limit on watched folders is reached (Linux: raise it with sysctl fs.inotify.max_user_watches=1048576)"
      : error.message;
    this.options.onWarning(`"${this.folder}" is looked at every few seconds instead of being watched: ${why}`);
    this.handlers.onPoll();
  }

  private warn(text: string): void {
    if (text !== this.warned) this.options.onWarning(text);
    this.warned = text;
  }
}
