/** What `add` and `index` say they did. */
import { array, custom, type GenericSchema, nullable, number, picklist, record, string } from "valibot";
import { count, fields, text, yesNo } from "../../protocol/decode.ts";
import type { DroppedHead } from "../../plumbing/merge-ref.ts";
import { SECRET_POLICIES, type SecretPolicy } from "../../protocol/secret-policy.ts";
import { isSkipReason, type RedactedFile, type SkippedFile, type SkipReason } from "../../source/source-tree.ts";

export interface IndexResult {
  readonly repoId: string;
  /** 40 hex digits, or `worktree` for a folder without commits. */
  readonly commit: string;
  /** null: a detached HEAD without a name. */
  readonly branch: string | null;
  /** Files of that commit in the index. */
  readonly files: number;
  readonly changed: boolean;
  /** Branches that were deleted at the source, and are dropped. */
  readonly headsPruned: readonly DroppedHead[];
  readonly newFiles: number;
  readonly newChunks: number;
  /** Bytes of text that were read for it. */
  readonly newBytes: number;
  readonly durationMs: number;
  /** Bytes of the table. */
  readonly indexBytes: number;
  readonly skipped: readonly SkippedFile[];
  readonly skippedByReason: Readonly<Record<string, number>>;
  /** What happens to files that hold secrets. */
  readonly secrets: SecretPolicy;
  /** Files whose secrets were covered with marks. */
  readonly redacted: readonly RedactedFile[];
  /** Indexed file versions, of any commit, that hold secrets in the clear; `repobase purge` takes them out. */
  readonly exposed: readonly RedactedFile[];
  /** Paths that are ignored or skipped by name now, of which other commits' versions are in the index; `repobase purge` takes them out. */
  readonly stillIndexed: readonly string[];
  /** Uncommitted work, searched as `worktree`; null: none. */
  readonly worktree: { readonly files: number } | null;
  /** Seconds by stage. */
  readonly stages: Readonly<Record<string, number>>;
}

const skippedFile: GenericSchema<unknown, SkippedFile> = fields({
  path: text,
  blob: text,
  reason: custom<SkipReason>((word) => typeof word === "string" && isSkipReason(word), "must be a reason"),
});

const redactedFile: GenericSchema<unknown, RedactedFile> = fields({
  path: text,
  blob: text,
  secrets: array(fields({ rule: text, line: count })),
});

/** For the copy of one that `last-run.ts` keeps. */
export const INDEX_RESULT: GenericSchema<unknown, IndexResult> = fields({
  repoId: text,
  commit: text,
  branch: nullable(text),
  files: count,
  changed: yesNo,
  headsPruned: array(fields({ branch: text, commit: text })),
  newFiles: count,
  newChunks: count,
  newBytes: count,
  durationMs: count,
  indexBytes: count,
  skipped: array(skippedFile),
  skippedByReason: record(string(), count),
  secrets: picklist(SECRET_POLICIES),
  redacted: array(redactedFile),
  exposed: array(redactedFile),
  stillIndexed: array(text),
  worktree: nullable(fields({ files: count })),
  stages: record(string(), number()),
});
