/**
 * A snapshot: which file versions of one table a commit sees. Immutable, named by the sha256 of its canonical JSON,
 * listed in the manifest. `worktree` in place of a commit means uncommitted files; that one stays on the machine.
 */
import { BitmapSet } from "./bitmap-set.ts";
import { encodeBitmap } from "./roaring.ts";
import { canonicalJson } from "./canonical-json.ts";
import { count, decodeDocument, type DocumentType, fields, text, textThat } from "./decode.ts";
import { RepobaseError } from "./errors.ts";
import { isRepoId, isTableId } from "./keys.ts";

export const SNAPSHOT_FORMAT = 1;

export interface Snapshot {
  readonly format: number;
  readonly repo: string;
  readonly tableId: string;
  /** 40 hex digits, or `worktree`. */
  readonly commit: string;
  /** Portable Roaring bitmap of the visible fileIds, base64. */
  readonly visible: string;
  /** How many files that is. */
  readonly files: number;
}

export function makeSnapshot(of: {
  repo: string;
  tableId: string;
  commit: string;
  fileIds: Iterable<number>;
}): Snapshot {
  const ids = Uint32Array.from(of.fileIds).sort();
  return {
    format: SNAPSHOT_FORMAT,
    repo: of.repo,
    tableId: of.tableId,
    commit: of.commit,
    visible: encodeBitmap(ids).toBase64(),
    files: ids.length,
  };
}

/**
 * The visible fileIds, not expanded: a stranger's snapshot takes the memory of its bytes.
 * @throws RepobaseError `corrupt_index` when `visible` is no bitmap in base64, or not of as many files as it says
 */
export function visibleFiles(snapshot: Snapshot): BitmapSet {
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.fromBase64(snapshot.visible);
  } catch (cause) {
    throw new RepobaseError("corrupt_index", `the snapshot of ${snapshot.commit} is damaged: "visible" is not base64`, {
      cause,
    });
  }
  const visible = new BitmapSet(bytes);
  if (visible.size !== snapshot.files)
    throw new RepobaseError(
      "corrupt_index",
      `the snapshot of ${snapshot.commit} says ${snapshot.files} files and lists ${visible.size}`,
    );
  return visible;
}

/** The visible fileIds, ascending. @param atMost of how many files the table is */
export const visibleFileIds = (snapshot: Snapshot, atMost: number): Uint32Array =>
  visibleFiles(snapshot).values(atMost);

export function encodeSnapshot(snapshot: Snapshot): Uint8Array {
  return new TextEncoder().encode(canonicalJson(snapshot));
}

export const SNAPSHOT: DocumentType<Snapshot> = {
  name: "snapshot",
  format: SNAPSHOT_FORMAT,
  damaged: "corrupt_index",
  schema: fields({
    format: count,
    repo: textThat(isRepoId, "a repository id"),
    tableId: textThat(isTableId, "a table id"),
    commit: text,
    visible: text,
    files: count,
  }),
};

/**
 * @param key for messages
 * @throws RepobaseError `unsupported_format` for a newer format, `corrupt_index` for anything that is no snapshot
 */
export const decodeSnapshot = (bytes: Uint8Array, key?: string): Snapshot => decodeDocument(SNAPSHOT, bytes, key);
