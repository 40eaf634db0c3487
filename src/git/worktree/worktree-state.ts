/**
 * How the tracked files of a work tree differ from the index, and the index from HEAD. A file counts as unchanged when its
 * size, times and inode are those the index remembers; only others are read and hashed, as `git status` does. Nothing is
 * written: git's index is git's.
 */
import { lstatSync, readlinkSync, type Stats } from "node:fs";
import { join } from "node:path";
import { type DiskPath, diskPath } from "../../files/disk-path.ts";
import { readInside, RealFolders } from "../../files/read-inside.ts";
import { readRegularFile } from "../../files/read-regular-file.ts";
import { takeTurn } from "../../files/take-turn.ts";
import { isRepobaseError, RepobaseError } from "../../protocol/errors.ts";
import { SHA256_HEX } from "../../protocol/ids.ts";
import { blobId, blobIdOfFile, NULL_BLOB } from "../objects/blob-id.ts";
import { MAX_OBJECT_BYTES } from "../objects/limits.ts";
import { isTrue } from "../objects/git-config.ts";
import { type GitIndex, type IndexEntry, parseGitIndex } from "./git-index.ts";
import { readAllEntries, type TreeEntry } from "../objects/read-tree.ts";
import { head, type Repository, treeOfCommit } from "../objects/repository.ts";

export interface TrackedFile {
  readonly path: string;
  /** Octal, of the index: 0o100644, 0o100755, 0o120000 (link) or 0o160000 (submodule). */
  readonly mode: number;
  /** Of the index where unchanged, of the bytes on disk where modified; the null id for bytes that cannot be read. */
  readonly blob: string;
  readonly state: "unchanged" | "modified" | "deleted";
  /** Bytes of the blob where known without reading it. */
  readonly size: number | null;
}

export interface WorktreeState {
  readonly tracked: readonly TrackedFile[];
  /** What the index holds, by path; of a conflict each side. */
  readonly index: readonly TreeEntry[];
  /** The index holds what HEAD's commit holds. False in a repository without commits. */
  readonly indexIsHead: boolean;
}

/** Times are compared as floats of milliseconds, which near today hold a quarter of a microsecond. */
const SAME_TIME_MS = 0.001;

const EMPTY_BLOB = blobId(new Uint8Array(0));

const TYPE = 0o170000;
const LINK = 0o120000;
const SUBMODULE = 0o160000;
const FOLDER = 0o040000;

/** Files looked at before a signal is heard: some 10 ms of work. */
const TURN = 2048;

/** @throws RepobaseError `usage` for a bare repository, `interrupted` */
export async function readWorktreeState(repository: Repository, signal?: AbortSignal): Promise<WorktreeState> {
  const { workTree } = repository;
  if (workTree === null) throw new RepobaseError("usage", `"${repository.gitdir}" is bare and has no work tree`);
  const current = head(repository);
  const headTree = current === null ? null : treeOfCommit(repository, current.commit);
  const read = readIndex(repository);
  const entries =
    read === undefined ? entriesOfTree(repository, headTree) : expandSparse(repository, read.index.entries);
  const look: Look = {
    repository,
    root: workTree,
    folders: new RealFolders(workTree),
    indexTimeMs: read?.timeMs ?? 0,
    checksMode: isTrue(repository.config, "core.filemode", process.platform !== "win32"),
    converts: mayConvert(repository, entries),
    signal,
  };
  return {
    tracked: await lookAtAll(entries, look),
    index: entries,
    indexIsHead:
      headTree !== null && (read === undefined || indexIsTree(repository, { index: read.index, entries, headTree })),
  };
}

/** undefined: no index, or one that cannot be read alone; HEAD's tree stands in for it, and every file is hashed. */
function readIndex(repository: Repository): { index: GitIndex; timeMs: number } | undefined {
  const path = join(repository.gitdir, "index");
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  const index = parseGitIndex(readRegularFile(path));
  return index === undefined ? undefined : { index, timeMs: stats.mtimeMs };
}

/** An entry that remembers nothing of the file on disk. */
function unseen({ path, blob, mode }: TreeEntry, skipWorktree: boolean): IndexEntry {
  return {
    path,
    blob,
    mode,
    skipWorktree,
    size: 0,
    mtimeMs: 0,
    ctimeMs: 0,
    ino: 0,
    stage: 0,
    assumeValid: false,
    intentToAdd: false,
  };
}

function entriesOfTree(repository: Repository, tree: string | null): IndexEntry[] {
  if (tree === null) return [];
  return readAllEntries(repository, tree).map((entry) => unseen(entry, false));
}

/** A sparse index names whole folders outside the checkout by their tree. */
function expandSparse(repository: Repository, entries: readonly IndexEntry[]): readonly IndexEntry[] {
  if (!entries.some(({ mode }) => mode === FOLDER)) return entries;
  return entries.flatMap((entry) =>
    entry.mode === FOLDER
      ? readAllEntries(repository, entry.blob, entry.path).map((inside) => unseen(inside, true))
      : [entry],
  );
}

function indexIsTree(
  repository: Repository,
  { index, entries, headTree }: { index: GitIndex; entries: readonly IndexEntry[]; headTree: string },
): boolean {
  // git remembers the tree an unchanged index has. Only after staging it does not, and the trees must be compared.
  if (index.rootTree !== null) return index.rootTree === headTree;
  const inHead = new Map(readAllEntries(repository, headTree).map((entry) => [entry.path, entry]));
  const isSame = (entry: IndexEntry, other: TreeEntry | undefined) =>
    other !== undefined &&
    entry.stage === 0 &&
    !entry.intentToAdd &&
    other.blob === entry.blob &&
    other.mode === entry.mode;
  return inHead.size === entries.length && entries.every((entry) => isSame(entry, inHead.get(entry.path)));
}

interface Look {
  readonly repository: Repository;
  readonly root: string;
  readonly folders: RealFolders;
  /** When the index was written: a file as young as that may have changed without its times telling. */
  readonly indexTimeMs: number;
  readonly checksMode: boolean;
  /** Check-in may change bytes (line ends, LFS), so a blob's size is not the file's, nor its id that of the bytes. */
  readonly converts: boolean;
  readonly signal: AbortSignal | undefined;
}

async function lookAtAll(entries: readonly IndexEntry[], look: Look): Promise<TrackedFile[]> {
  const files: TrackedFile[] = [];
  for (const [i, entry] of entries.entries()) {
    // The three sides of a conflict are one file on disk.
    if (entries[i - 1]?.path === entry.path) continue;
    const file = lookAt(entry, look);
    files.push(file instanceof Promise ? await file : file); // most files need no wait, and a wait for each would cost
    if (files.length % TURN === 0) await takeTurn(look.signal);
  }
  return files;
}

function lookAt(entry: IndexEntry, look: Look): TrackedFile | Promise<TrackedFile> {
  const { path, mode, blob } = entry;
  // What git was told not to look at, and other repositories, are taken as they are.
  if (entry.assumeValid || entry.skipWorktree || (mode & TYPE) === SUBMODULE)
    return { path, mode, blob, state: "unchanged", size: null };
  // as for git, a file behind a link is none
  const stats = look.folders.hold(path) ? lstat(diskPath(look.root, path)) : undefined;
  if (stats === undefined || !(stats.isFile() || stats.isSymbolicLink()))
    return { path, mode, blob, state: "deleted", size: null };
  const file = { path, mode: modeOf(stats, entry, look), size: look.converts ? null : stats.size };
  const modeIsSame = file.mode === mode && entry.stage === 0 && !entry.intentToAdd;
  if (modeIsSame && statsMatch(entry, stats, look)) return { ...file, blob, state: "unchanged" };
  return contentId(entry, { isLink: stats.isSymbolicLink(), size: stats.size }, look).then((actual) =>
    modeIsSame && actual === blob
      ? { ...file, blob, state: "unchanged" }
      : { ...file, blob: actual, state: "modified" },
  );
}

function modeOf(stats: Stats, entry: IndexEntry, look: Look): number {
  if (stats.isSymbolicLink()) return LINK;
  if (!look.checksMode && (entry.mode & TYPE) !== LINK) return entry.mode;
  return (stats.mode & 0o100) !== 0 ? 0o100755 : 0o100644;
}

/** Does the file look exactly as when git last read it, and was that safely before the index was written? */
function statsMatch(entry: IndexEntry, stats: Stats, look: Look): boolean {
  if (entry.size !== stats.size >>> 0) return false;
  if (entry.size === 0 && entry.blob !== EMPTY_BLOB) return false; // git's way to say "look again"
  if (entry.ino !== 0 && entry.ino !== stats.ino >>> 0) return false;
  if (!sameTime(entry.mtimeMs, stats.mtimeMs)) return false;
  if (entry.ctimeMs !== 0 && !sameTime(entry.ctimeMs, stats.ctimeMs)) return false;
  return entry.mtimeMs < look.indexTimeMs - SAME_TIME_MS;
}

/** A remembered time without fraction comes from a git that keeps whole seconds; the hash decides for those. */
const sameTime = (remembered: number, actual: number): boolean => Math.abs(remembered - actual) < SAME_TIME_MS;

/**
 * The index's blob id when the file on disk would be checked in as that blob, else the id of its bytes. Conversions are
 * tried, not looked up: what `.gitattributes` says matters only when the bytes themselves are not the blob.
 */
async function contentId(
  entry: IndexEntry,
  { isLink, size }: { isLink: boolean; size: number },
  look: Look,
): Promise<string> {
  const { root, repository, converts } = look;
  try {
    if (isLink) return blobId(readlinkSync(diskPath(root, entry.path), { encoding: "buffer" }));
    const raw = await blobIdOfFile({ root, path: entry.path }, look.signal);
    if (raw === entry.blob || !converts) return raw;
    // larger files are no text that anybody checks in, and would have to be held twice
    if (size > MAX_OBJECT_BYTES) return raw;
    const bytes = readInside(root, entry.path);
    const isText = bytes.indexOf(0) < 0;
    if (isText && blobId(Buffer.from(bytes.toString("latin1").replaceAll("\r\n", "\n"), "latin1")) === entry.blob)
      return entry.blob;
    return isLfsContent(entry.blob, bytes, repository) ? entry.blob : raw;
  } catch (error) {
    if (isRepobaseError(error)) throw error;
    return NULL_BLOB; // cannot be read: surely not what git has, and reading it later says so
  }
}

const LFS_POINTER = new RegExp(
  `^version https://git-lfs\\.[^\\n]*\\n(?:.*\\n)*oid sha256:(${SHA256_HEX})\\nsize (\\d+)\\n`,
);

/** Bytes; Git LFS itself takes no larger one. */
const MAX_LFS_POINTER = 1024;

/** Is the blob a Git LFS pointer to just these bytes? */
function isLfsContent(blob: string, bytes: Uint8Array, repository: Repository): boolean {
  let pointer: Buffer;
  try {
    pointer = repository.objects.read(blob, MAX_LFS_POINTER).bytes;
  } catch (error) {
    if (isRepobaseError(error, "too_large", "not_found")) return false;
    throw error;
  }
  const match = LFS_POINTER.exec(pointer.toString("latin1"));
  return (
    match !== null &&
    Number(match[2]) === bytes.length &&
    match[1] === new Bun.CryptoHasher("sha256").update(bytes).digest("hex")
  );
}

function mayConvert(repository: Repository, entries: readonly IndexEntry[]): boolean {
  const { config, commonDir } = repository;
  if (process.platform === "win32") return true; // autocrlf is set where git was installed
  if (["true", "input"].includes(config.get("core.autocrlf")?.toLowerCase() ?? "")) return true;
  if (config.has("core.attributesfile") || lstat(join(commonDir, "info", "attributes")) !== undefined) return true;
  return entries.some(({ path }) => path === ".gitattributes" || path.endsWith("/.gitattributes"));
}

/** undefined: nothing there, or behind a folder that cannot be entered. */
function lstat(path: DiskPath): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
