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
import { head, type Repository } from "../git/objects/repository.ts";
import { readTree } from "../git/objects/read-tree.ts";
import { readWorktreeState, type TrackedFile } from "../git/worktree/worktree-state.ts";
import { isRepobaseError, RepobaseError } from "../protocol/errors.ts";
import { WORKTREE } from "../protocol/ids.ts";
import { applyOwnIgnoreFiles, BlobFile, commitTree, treeOfEntries } from "./commit-tree.ts";
import { locateFolder, outerRulesOf, plainRules } from "./locate-folder.ts";
import type { SourceFile, SourceTree } from "./source-tree.ts";
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
  const { env, signal, onWarning } = options;
  const { root, repository } = locateFolder(folder, env);
  if (repository === null) return openPlainFolder(root, env, signal);
  for (const note of repository.notes) onWarning?.(note);
  const { workTree } = repository;
  if (workTree === null) return { kind: "clean", root, tree: await commitTree({ folder: root, env }) };
  const outerRules = outerRulesOf(repository, env);
  const { tracked, index, indexIsHead } = await readWorktreeState(repository, signal);
  const current = head(repository);
  const known = new TrackedPaths(tracked.map(({ path }) => path));
  const untracked = await collect(walkFiles({ root: workTree, outerRules, tracked: known }), signal);
  const isClean = indexIsHead && untracked.length === 0 && tracked.every(({ state }) => state === "unchanged");
  if (isClean && current !== null) {
    const entries = tracked.filter(isRegular).sort(byPath);
    return { kind: "clean", root: workTree, tree: treeOfEntries({ repository, name: current, entries }) };
  }
  const files = [
    ...tracked
      .filter((file) => isRegular(file) && file.state !== "deleted")
      .map((file) => trackedFile(repository, workTree, file)),
    ...(await diskFiles(workTree, untracked, signal)),
  ];
  // the index knows what HEAD holds where nothing is staged; else the folders' objects must be read
  const fromIndex = indexIsHead ? index.filter(isRegular).sort(byPath) : null;
  const headTree =
    current && treeOfEntries({ repository, name: current, entries: fromIndex ?? readTree(repository, current.commit) });
  return {
    kind: "dirty",
    root: workTree,
    tree: diskTree(workTree, files, current ? current.branch : WORKTREE),
    head: headTree,
  };
}

async function openPlainFolder(
  root: string,
  env: GitEnvironment,
  signal: AbortSignal | undefined,
): Promise<OpenedFolder> {
  const walked = await collect(walkFiles({ root, outerRules: plainRules(root, env) }), signal);
  const files = await diskFiles(root, walked, signal);
  return { kind: "dirty", root, tree: diskTree(root, files), head: null };
}

function diskTree(root: string, files: readonly SourceFile[], branch: string | null = WORKTREE): SourceTree {
  const sorted = [...files].sort(byPath);
  return {
    commit: WORKTREE,
    branch,
    files: applyOwnIgnoreFiles(sorted, ({ path }) => readIfThere(diskPath(root, path))),
  };
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
    for (const file of files) if (file.kind !== "repository") all.push(file);
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

  async read(): Promise<Uint8Array> {
    const file = join(this.root, this.path);
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

const isRegular = ({ mode }: { readonly mode: number }): boolean => (mode & 0o170000) === 0o100000;
const byPath = (a: { readonly path: string }, b: { readonly path: string }): number =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
