/** What a program gives to `CloudSync` and gets from it. Commits are full hashes; a `repoId` may be an id, a name or an unambiguous beginning of an id. */

export interface CloudSyncOptions {
  /** The home folder; absent: REPOBASE_HOME, else `~/.repobase`. The command line uses the same. */
  readonly home?: string;
  /** Instead of the process's own; REPOBASE_ENDPOINT and REPOBASE_API_KEY win over what `configure` kept (docs/CONFIGURATION.md). */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface CallOption {
  /** Ends the call with `interrupted`; the same call again goes on where it stopped. */
  readonly signal?: AbortSignal;
}

/** A part that is left out stays as it is. */
export interface CloudConfigInput {
  /** Base URL of the server. Goes with `apiKey`. */
  readonly endpoint?: string;
  readonly apiKey?: string;
  /** The space that the key must be for; absent: the one that it is for. */
  readonly userId?: string;
  /** The global switch; a first `configure` turns it on. */
  readonly enabled?: boolean;
}

export interface CloudConfig {
  readonly userId: string;
  /** null: not asked for, see `getConfig`. */
  readonly apiKey: string | null;
  /** The key's last four characters, to tell it by. */
  readonly apiKeyTail: string;
  /** Without a slash at the end. */
  readonly endpoint: string;
  /** The global switch. */
  readonly enabled: boolean;
}

export interface PushResult {
  readonly repoId: string;
  /** Files of the index that were sent. */
  readonly filesUploaded: number;
  /** Those that the server had already. */
  readonly filesSkipped: number;
  readonly durationMs: number;
}

export interface SyncStatus {
  readonly repoId: string;
  /** The server's index is this machine's. */
  readonly inSync: boolean;
  /** null here and below: there is none, or nobody asks the server (not signed in, switched off, or not enabled). */
  readonly localCommit: string | null;
  readonly cloudCommit: string | null;
  /** By whichever device. */
  readonly lastPushedAt: Date | null;
}

export interface SyncedRepo {
  readonly id: string;
  readonly name: string;
  /** Of the default branch. null here and below: not known, the index is damaged or has no branch. */
  readonly fileCount: number | null;
  readonly lastSyncedAt: Date | null;
  readonly commit: string | null;
}

export interface SearchOptions extends CallOption {
  /** Ask the server; else the indexes of this machine answer, offline. */
  readonly remote?: boolean;
  /** By words, by meaning, or both. Default: hybrid. */
  readonly mode?: "keyword" | "semantic" | "hybrid";
  /** Files, 1 to 100. Default: 10. */
  readonly limit?: number;
  /** Ids or names; default: all repositories. */
  readonly repos?: readonly string[];
  /** Branch, tag, commit or unique beginning of one; `worktree`: with uncommitted files. */
  readonly ref?: string;
  /** Glob over paths. */
  readonly path?: string;
  /** Name of a language, as in results. */
  readonly lang?: string;
  /** Say with each result why it ranks where it does. */
  readonly explain?: boolean;
  /** Say what the search cost. */
  readonly stats?: boolean;
}
