/** What `add` and `index` say they did. */
import type { SkippedFile } from "../../source/source-tree.ts";

export interface IndexResult {
  readonly repoId: string;
  /** 40 hex digits, or `worktree` for a folder without commits. */
  readonly commit: string;
  readonly branch: string;
  /** Files of that commit in the index. */
  readonly files: number;
  readonly changed: boolean;
  readonly newFiles: number;
  readonly newChunks: number;
  /** Bytes of text that were read for it. */
  readonly newBytes: number;
  readonly durationMs: number;
  /** Bytes of the table. */
  readonly indexBytes: number;
  readonly skipped: readonly SkippedFile[];
  readonly skippedByReason: Readonly<Record<string, number>>;
  /** Uncommitted work, searched as `worktree`; null: none. */
  readonly worktree: { readonly files: number } | null;
  /** Seconds by stage. */
  readonly stages: Readonly<Record<string, number>>;
}
