/**
 * What the routes for looking around answer: files, commits, differences, outline, occurrences; see docs/API.md. Lines count from 1, both
 * ends included. A list that goes on has `next`: the same question with `cursor=<next>` answers its next part, of the same commit even
 * where the branch has moved on. null: that was all.
 */

/** Entries of one answer, unless `limit` says another number. */
export const DEFAULT_PAGE = 200;
export const MAX_PAGE = 1000;

/** What of an index an answer is about. */
interface OfCommit {
  readonly repoId: string;
  readonly commit: string;
}

export interface ListedFile {
  readonly path: string;
  readonly language: string;
  /** Git blob id. */
  readonly blob: string;
  readonly lineCount: number;
}

export interface ListedFolder {
  /** Without a slash at the end. */
  readonly path: string;
  /** Files in it and below it, of those asked for. */
  readonly fileCount: number;
}

/** `GET /v1/repos/:id/files?ref=&path=<glob>&lang=&dir=&limit=&cursor=` */
export interface FileList extends OfCommit {
  /** Where one folder was asked for: that folder, without a slash at the end; empty: the root. Absent: all files, of all folders. */
  readonly dir?: string;
  /** The folders directly in `dir`, by path; they come before the files. Absent without `dir`. */
  readonly folders?: readonly ListedFolder[];
  /** By path, in the order of UTF-16 units; with `dir`: those directly in it. */
  readonly files: readonly ListedFile[];
  /** Files that fit the question, on all pages; with `dir` those below it too. */
  readonly fileCount: number;
  readonly next: string | null;
}

export interface IndexedCommit {
  readonly commit: string;
  /** Those whose head it is. */
  readonly branches: readonly string[];
  readonly tags: readonly string[];
  /** Is it the head of the default branch? */
  readonly default: boolean;
  /** ISO 8601: when its snapshot came to where the question is asked; null: not known. */
  readonly pushedAt: string | null;
  readonly fileCount: number;
}

/** `GET /v1/repos/:id/commits?limit=&cursor=`: the commits that the index has, the one that was pushed last first. */
export interface CommitList {
  readonly repoId: string;
  readonly commits: readonly IndexedCommit[];
  readonly next: string | null;
}

export interface FileChange extends IndexedCommit {
  /** Against the indexed commit that was pushed before it. */
  readonly change: "added" | "changed" | "removed";
  /** Of the file as this commit has it; null: removed. */
  readonly blob: string | null;
}

/** `GET /v1/repos/:id/commits?path=`: the indexed commits that changed one file, the one that was pushed last first. */
export interface FileHistory {
  readonly repoId: string;
  readonly path: string;
  /** May be few, or none, with more to come: look at `next`. */
  readonly commits: readonly FileChange[];
  readonly next: string | null;
}

export interface ChangedFile {
  readonly path: string;
  readonly change: "added" | "changed" | "removed";
  /** Git blob ids; null: the file is not there. */
  readonly fromBlob: string | null;
  readonly toBlob: string | null;
}

/** `GET /v1/repos/:id/diff?from=&to=&limit=&cursor=`: which files differ between two indexed commits. */
export interface CommitDiff {
  readonly repoId: string;
  /** Commits. */
  readonly from: string;
  readonly to: string;
  /** On all pages. */
  readonly counts: { readonly added: number; readonly changed: number; readonly removed: number };
  /** By path. */
  readonly files: readonly ChangedFile[];
  readonly next: string | null;
}

export interface DiffLine {
  readonly kind: "same" | "removed" | "added";
  /** Without its line end. */
  readonly text: string;
}

/** Lines that stand together, some equal ones around them. */
export interface DiffHunk {
  /** The first line of the hunk in either file; of a side without lines: the line after which the others stand, 0 at the top. */
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: readonly DiffLine[];
}

/** `GET /v1/repos/:id/diff?from=&to=&path=`: how one file differs. A file that neither commit has is `not_found`. */
export interface FileDiff {
  readonly repoId: string;
  /** Commits. */
  readonly from: string;
  readonly to: string;
  readonly path: string;
  readonly language: string;
  readonly change: ChangedFile["change"] | "same";
  /** Git blob ids; null: the file is not there. */
  readonly fromBlob: string | null;
  readonly toBlob: string | null;
  /** None: the files are equal. */
  readonly hunks: readonly DiffHunk[];
  /** Lines in all, those included that are not shown. */
  readonly added: number;
  readonly removed: number;
  /**
   * null: all is shown, line by line. `size`: what comes after the last hunk is left out. `effort`: the files differ so much that
   * what is between their equal beginning and end stands as removed, then added (and may be left out too, where it is long).
   */
  readonly cut: "size" | "effort" | null;
}

export interface OutlineSymbol {
  /** As the code writes it, without its qualifiers. */
  readonly name: string;
  /** The word that the language uses, as far as the line tells it: `class`, `function`, `method`, `interface`, ...; null: not told. */
  readonly kind: string | null;
  readonly startLine: number;
  /** By the indentation of what follows: good for folding, no parser's word. */
  readonly endLine: number;
  /** Names around it, joined by dots; null: none. */
  readonly parent: string | null;
  /** 0: at the top of the file. */
  readonly depth: number;
}

/** `GET /v1/repos/:id/outline?path=&ref=` */
export interface Outline extends OfCommit {
  readonly path: string;
  readonly language: string;
  readonly blob: string;
  readonly lineCount: number;
  /** By line. */
  readonly symbols: readonly OutlineSymbol[];
}

/** A line of a file, cut to what fits a screen. */
export interface ShownLine {
  readonly path: string;
  readonly language: string;
  readonly line: number;
  /** Of the first place where the name stands, in UTF-16 units from 1, in the whole line. */
  readonly column: number;
  readonly text: string;
  /** [start, end) offsets into `text`, where the name stands. */
  readonly highlights: readonly (readonly [number, number])[];
}

export interface NameDefinition extends ShownLine {
  readonly kind: string | null;
  readonly parent: string | null;
}

/** `GET /v1/repos/:id/occurrences?name=&ref=&path=<glob>&limit=&cursor=`: where a name stands as a whole word, in the case it is written. */
export interface Occurrences extends OfCommit {
  readonly name: string;
  /** On the first page only; by path. */
  readonly definitions: readonly NameDefinition[];
  /** By path, then line, definitions included; the lines of one file are never parted by a page. */
  readonly occurrences: readonly ShownLine[];
  /** Files of this answer whose further lines are left out: they hold the name more often than an answer has room. */
  readonly cutFiles: readonly string[];
  readonly next: string | null;
}
