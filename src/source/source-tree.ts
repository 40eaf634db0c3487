/** What ingest reads: the shared shapes between those who walk files (git commits, folders) and those who index them. */

/** One version of one file. */
export interface SourceFile {
  /** `/`-separated, relative to the root of the repository. */
  readonly path: string;
  /** git blob id, 40 hex digits. */
  readonly blob: string;
  /** Bytes; null: unknown until read. */
  readonly size: number | null;
  /**
   * The whole file.
   * @throws RepobaseError `too_large` for one of more than `maxBytes`, which is not read; `not_found`, `transient`
   */
  read(maxBytes?: number): Promise<Uint8Array>;
}

/** A tree of file versions to index: what a commit, or the files on disk, hold. */
export interface SourceTree {
  /** 40 hex digits, or `worktree`. */
  readonly commit: string;
  /** null: a detached HEAD that nobody named. */
  readonly branch: string | null;
  /** Sorted by path, ignore rules applied, only regular files. */
  readonly files: readonly SourceFile[];
  /** What else is there: links and other repositories, ignore rules applied. */
  readonly passedOver: readonly SkippedFile[];
  /** Paths that `.repobaseignore` files took out of `files`. Absent: none. */
  readonly ignored?: readonly string[];
}

/** Why a file has no rows. */
const SKIP_REASONS = [
  "binary",
  "minified",
  "generated",
  "lock",
  "too-large",
  "empty",
  "secret",
  "unreadable",
  /** A symbolic link: what it leads to is not the repository's, or is indexed where it lies. */
  "link",
  /** A commit of another repository. */
  "submodule",
  /** A folder that is the top of a repository of its own. */
  "nested-repository",
  /** Taken out of the index for good, see `repobase purge`. */
  "purged",
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];
export const isSkipReason = (word: string): word is SkipReason => SKIP_REASONS.some((reason) => reason === word);

/** A place where a secret was found. Never the value. */
export interface SecretHit {
  /** Id of the rule. */
  readonly rule: string;
  /** Counts from 1. */
  readonly line: number;
}

/** A file version whose rows have marks where secrets were. */
export interface RedactedFile {
  readonly path: string;
  readonly blob: string;
  readonly secrets: readonly SecretHit[];
}

export interface SkippedFile {
  readonly path: string;
  readonly blob: string;
  readonly reason: SkipReason;
}
