/**
 * What a local folder holds, as a tree to index. A clean git work tree is its HEAD commit and nothing but; one with
 * uncommitted work, or a folder without git, is the files on disk. A folder inside a work tree stands for the whole work
 * tree, as in git, unless that one ignores it. Nothing heavy is loaded: the answer "unchanged" must cost no more than
 * twice `git status`.
 */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { diskPath } from "../files/disk-path.ts";
import { readInside } from "../files/read-inside.ts";
import { takeTurn } from "../files/take-turn.ts";
import { blobId, blobIdOfFile, NULL_BLOB } from "../git/objects/blob-id.ts";
import { type GitEnvironment, readIfThere } from "../git/objects/git-config.ts";
import { type CommitName, head, type Repository, treeOfCommit } from "../git/objects/repository.ts";
import { MAX_OBJECT_BYTES, refuseAbove } from "../git/objects/limits.ts";
import { readAllEntries, type TreeEntry } from "../git/objects/read-tree.ts";
import { readWorktreeState, type TrackedFile } from "../git/worktree/worktree-state.ts";
import { isRepobaseError, RepobaseError } from "../protocol/errors.ts";
import { WORKTREE } from "../protocol/ids.ts";
import { BlobFile, commitTree, isRegular, passedOver, treeOfEntries, withoutIgnored } from "./commit-tree.ts";
import { locateFolder, outerRulesOf, plainRules } from "./locate-folder.ts";
import { parentOf } from "./ignore-rules.ts";
import { countsFor, scopeTree } from "./scope-tree.ts";
import type { SkippedFile, SourceFile, SourceTree } from "./source-tree.ts";
import { TrackedPaths, type WalkedFile, walkFiles } from "./walk-files.ts";

/** The name of the tree of uncommitted work, where a commit id would stand. */

export type OpenedFolder =
  | { readonly kind: "clean"; readonly root: string; readonly tree: SourceTree }
  | {
      readonly kind: "dirty";
      readonly root: string;
      readonly tree: SourceTree;
      /** What HEAD names; null: no git, or no commits yet. */
      readonly head: SourceTree | null;
    };

export interface OpenOptions {
  /** Where git's own configuration of the user is found (HOME and git's variables). */
  readonly env: GitEnvironment;
  /** The one folder of a repository that is meant, relative to its root; what lies outside makes it neither clean nor dirty. */
  readonly only?: string | undefined;
  /** Told what the user should hear about the source: sentences. */
  readonly onWarning?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * `root` of the answer is the folder that paths are relative to: the top of the work tree (real path), the bare repository,
 * or the folder itself.
 * @throws RepobaseError `not_found` (no such folder), `usage` (a file), `ref_not_found` (a bare repository without
 *   commits), `interrupted` (the signal)
 */
export async function openFolder(folder: string, options: OpenOptions): Promise<OpenedFolder> {
  const { env, only, signal, onWarning } = options;
  const { root, repository } = locateFolder(folder, env);
  if (repository === null) return openPlainFolder(root, env, signal);
  for (const note of repository.notes) onWarning?.(note);
  const { workTree } = repository;
  if (workTree === null) return { kind: "clean", root, tree: scopeTree(await commitTree({ folder: root, env }), only) };
  const outerRules = outerRulesOf(repository, env);
  const seen = await readWorktreeState(repository, signal);
  const current = head(repository);
  const known = new TrackedPaths(seen.tracked.map(({ path }) => path));
  const walked = await collect(walkFiles({ root: workTree, outerRules, tracked: known }), signal);
  const counts = countsFor(only);
  const inScope = <T extends { readonly path: string }>(all: readonly T[]) => all.filter(({ path }) => counts(path));
  const { untracked, others } = sortOut(inScope(walked), known);
  const [tracked, index] = [inScope(seen.tracked), inScope(seen.index)];
  const inHead = ({ commit }: CommitName) => inScope(readAllEntries(repository, treeOfCommit(repository, commit)));
  // what is staged elsewhere is no change here
  const indexIsHead =
    seen.indexIsHead || (only !== undefined && current !== null && sameEntries(index, inHead(current)));
  const isClean = indexIsHead && untracked.length === 0 && tracked.every(({ state }) => state === "unchanged");
  if (isClean && current !== null) {
    const tree = treeOfEntries({ repository, name: current, entries: [...tracked].sort(byPath) });
    const whole = { ...tree, passedOver: [...tree.passedOver, ...others] };
    return { kind: "clean", root: workTree, tree: scopeTree(whole, only) };
  }
  const files = [
    ...tracked
      .filter((file) => isRegular(file) && file.state !== "deleted")
      .map((file) => trackedFile(repository, workTree, file)),
    ...(await diskFiles(workTree, untracked, signal)),
  ];
  // the index knows what HEAD holds where nothing is staged; else the folders' objects must be read
  const entriesOf = (name: CommitName) => (indexIsHead ? [...index].sort(byPath) : inHead(name));
  const headTree =
    current && scopeTree(treeOfEntries({ repository, name: current, entries: entriesOf(current) }), only);
  const there = passedOver(tracked.filter(({ state }) => state !== "deleted"));
  const onDisk = diskTree({ root: workTree, files, others: [...there, ...others, ...linksAmong(untracked)] });
  const tree = scopeTree(onDisk, only);
  return { kind: "dirty", root: workTree, tree: current ? { ...tree, branch: current.branch } : tree, head: headTree };
}

async function openPlainFolder(
  root: string,
  env: GitEnvironment,
  signal: AbortSignal | undefined,
): Promise<OpenedFolder> {
  const walked = await collect(walkFiles({ root, outerRules: plainRules(root, env) }), signal);
  const { untracked, others } = sortOut(walked, new TrackedPaths([]));
  const files = await diskFiles(root, untracked, signal);
  return {
    kind: "dirty",
    root,
    tree: diskTree({ root, files, others: [...others, ...linksAmong(untracked)] }),
    head: null,
  };
}

/** What git does not track, and repositories that stand for themselves. */
function sortOut(walked: readonly WalkedFile[], known: TrackedPaths) {
  // a submodule that is checked out is known by its entry
  const isKnown = (path: string) => known.names(parentOf(path))?.has(path.slice(path.lastIndexOf("/") + 1)) === true;
  const others = walked.flatMap(({ path, kind }): SkippedFile[] =>
    kind === "repository" && !isKnown(path) ? [{ path, blob: NULL_BLOB, reason: "nested-repository" }] : [],
  );
  return { untracked: walked.filter(({ kind }) => kind !== "repository"), others };
}

const linksAmong = (walked: readonly WalkedFile[]): SkippedFile[] =>
  walked.flatMap(({ path, kind }) => (kind === "link" ? [{ path, blob: NULL_BLOB, reason: "link" }] : []));

function diskTree(of: { root: string; files: readonly SourceFile[]; others: readonly SkippedFile[] }): SourceTree {
  const read = ({ path }: SourceFile) => readIfThere(diskPath(of.root, path));
  return { commit: WORKTREE, branch: WORKTREE, ...withoutIgnored([...of.files].sort(byPath), of.others, read) };
}

/** Unchanged files come from git, whose bytes fit their id whatever line ends the checkout has. */
function trackedFile(repository: Repository, root: string, { path, blob, size, state }: TrackedFile): SourceFile {
  return state === "unchanged"
    ? new BlobFile(repository, { path, blob, size })
    : new DiskFile(root, { path, blob, size });
}

/** Files are hashed, and folders listed, in turns of this many, between which a signal is heard. */
const TURN = 256;

async function collect(folders: Iterable<readonly WalkedFile[]>, signal?: AbortSignal): Promise<WalkedFile[]> {
  const all: WalkedFile[] = [];
  let turn = 0;
  for (const files of folders) {
    for (const file of files) all.push(file);
    if (++turn % TURN === 0) await takeTurn(signal);
  }
  return all;
}

async function diskFiles(
  root: string,
  walked: Iterable<WalkedFile>,
  signal: AbortSignal | undefined,
): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for (const { path, kind } of walked) {
    if (kind !== "file") continue;
    files.push(await diskFile(root, path, signal));
    if (files.length % TURN === 0) await takeTurn(signal);
  }
  return files;
}

async function diskFile(root: string, path: string, signal: AbortSignal | undefined): Promise<SourceFile> {
  try {
    const blob = await blobIdOfFile({ root, path }, signal);
    return new DiskFile(root, { path, blob, size: lstatSync(diskPath(root, path)).size });
  } catch (error) {
    if (isRepobaseError(error, "interrupted")) throw error;
    // Unreadable, or gone since the folder was listed. Whoever reads it is told; a file must not hide by that.
    return new DiskFile(root, { path, blob: NULL_BLOB, size: null });
  }
}

/** A file that only the disk has. It may change at any time, so what is read is checked against what was listed. */
class DiskFile implements SourceFile {
  readonly path: string;
  readonly blob: string;
  readonly size: number | null;

  constructor(
    private readonly root: string,
    { path, blob, size }: { path: string; blob: string; size: number | null },
  ) {
    this.path = path;
    this.blob = blob;
    this.size = size;
  }

  async read(maxBytes = MAX_OBJECT_BYTES): Promise<Uint8Array> {
    const file = join(this.root, this.path);
    if (this.size !== null) refuseAbove(Math.min(maxBytes, MAX_OBJECT_BYTES), this.size, `"${file}"`);
    let bytes: Uint8Array;
    try {
      bytes = readInside(this.root, this.path);
    } catch (cause) {
      throw new RepobaseError("not_found", `cannot read "${file}"`, { cause });
    }
    if (blobId(bytes) === this.blob) return bytes;
    throw new RepobaseError("transient", `"${file}" changed while it was indexed`, { hint: "run it again" });
  }
}

/** Of a conflict the index has several entries for a path, a tree never. */
function sameEntries(index: readonly TreeEntry[], tree: readonly TreeEntry[]): boolean {
  const blobs = new Map(tree.map(({ path, mode, blob }) => [path, `${mode} ${blob}`]));
  return index.length === tree.length && index.every(({ path, mode, blob }) => blobs.get(path) === `${mode} ${blob}`);
}

const byPath = (a: { readonly path: string }, b: { readonly path: string }): number =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
