/**
 * A snapshot: which file versions of one table a commit sees. Immutable, named by the sha256 of its canonical JSON,
 * listed in the manifest. `worktree` in place of a commit means uncommitted files; that one stays on the machine.
 */
import { decodeBitmap, encodeBitmap } from "./roaring.ts";
import { canonicalJson } from "./canonical-json.ts";
import { RepobaseError } from "./errors.ts";

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

/** The visible fileIds, ascending. */
export function visibleFileIds(snapshot: Snapshot): Uint32Array {
  return decodeBitmap(Uint8Array.fromBase64(snapshot.visible));
}

export function encodeSnapshot(snapshot: Snapshot): Uint8Array {
  return new TextEncoder().encode(canonicalJson(snapshot));
}

/** @throws RepobaseError `unsupported_format` for a newer format, `corrupt_index` for anything that is no snapshot */
export function decodeSnapshot(bytes: Uint8Array): Snapshot {
  let value: Partial<Snapshot>;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Snapshot>;
  } catch (cause) {
    throw new RepobaseError("corrupt_index", "snapshot is not JSON", { cause });
  }
  if (typeof value?.format === "number" && value.format > SNAPSHOT_FORMAT)
    throw new RepobaseError("unsupported_format", `snapshot format ${value.format} is newer than ${SNAPSHOT_FORMAT}`, {
      hint: "update repobase",
    });
  if (
    typeof value?.format !== "number" ||
    typeof value.repo !== "string" ||
    typeof value.tableId !== "string" ||
    typeof value.commit !== "string" ||
    typeof value.visible !== "string" ||
    typeof value.files !== "number"
  )
    throw new RepobaseError("corrupt_index", "snapshot lacks fields of format 1");
  return value as Snapshot;
}
