/** The files of a commit, read from the objects of a repository: a bare clone, or any commit of a local one. */
import type { GitEnvironment } from "../git/objects/git-config.ts";
import { readBlob } from "../git/objects/read-blob.ts";
import { readAllEntries, type TreeEntry } from "../git/objects/read-tree.ts";
import {
  type CommitName,
  openRepository,
  type Repository,
  resolveRef,
  treeOfCommit,
} from "../git/objects/repository.ts";
import { OWN_IGNORE_FILE, ownIgnoreFilter, parentOf } from "./ignore-rules.ts";
import type { SkippedFile, SkipReason, SourceFile, SourceTree } from "./source-tree.ts";

/**
 * @param folder a gitdir, a work tree, or a folder in one
 * @param env where the user's own git configuration is found
 * @param ref branch, tag or commit; without one what HEAD names
 * @throws RepobaseError `not_a_repository`, `ref_not_found`, `unsupported_format`
 */
export async function commitTree(of: { folder: string; env: GitEnvironment; ref?: string }): Promise<SourceTree> {
  const repository = openRepository(of.folder, of.env);
  const name = resolveRef(repository, of.ref ?? "HEAD");
  return treeOfEntries({
    repository,
    name,
    entries: readAllEntries(repository, treeOfCommit(repository, name.commit)),
  });
}

/** @param entries sorted by path; `size` where known without reading */
export function treeOfEntries(args: {
  readonly repository: Repository;
  readonly name: CommitName;
  readonly entries: readonly (TreeEntry & { readonly size?: number | null })[];
}): SourceTree {
  const { repository, name, entries } = args;
  const files = entries
    .filter(isRegular)
    .map(({ path, blob, size = null }) => new BlobFile(repository, { path, blob, size }));
  return { ...name, ...withoutIgnored(files, passedOver(entries), ({ blob }) => readBlob(repository, blob)) };
}

export const isRegular = ({ mode }: { readonly mode: number }): boolean => (mode & TYPE) === 0o100000;

/** Links and submodules, as skipped files. */
export const passedOver = (entries: readonly TreeEntry[]): SkippedFile[] =>
  entries.flatMap(({ path, blob, mode }) => {
    const reason = REASONS[mode & TYPE];
    return reason === undefined ? [] : [{ path, blob, reason }];
  });

const TYPE = 0o170000;
const REASONS: Readonly<Record<number, SkipReason>> = { 0o120000: "link", 0o160000: "submodule" };

/** Takes out what `.repobaseignore` files among `files` name. */
export function withoutIgnored(
  files: readonly SourceFile[],
  others: readonly SkippedFile[],
  read: (file: SourceFile) => Uint8Array,
): Pick<SourceTree, "files" | "passedOver" | "ignored"> {
  const ignoreFiles = files.filter(({ path }) => path === OWN_IGNORE_FILE || path.endsWith(`/${OWN_IGNORE_FILE}`));
  if (ignoreFiles.length === 0) return { files, passedOver: others };
  const isIgnored = ownIgnoreFilter(new Map(ignoreFiles.map((file) => [parentOf(file.path), read(file)])));
  const isLeft = ({ path }: { readonly path: string }): boolean => !isIgnored(path);
  const ignored = files.filter((file) => !isLeft(file)).map(({ path }) => path);
  return { files: files.filter(isLeft), passedOver: others.filter(isLeft), ignored };
}

/** A file whose bytes git keeps: reading it gives exactly what its id says, whatever happens to the disk meanwhile. */
export class BlobFile implements SourceFile {
  readonly path: string;
  readonly blob: string;
  readonly size: number | null;

  constructor(
    private readonly repository: Repository,
    { path, blob, size }: { path: string; blob: string; size: number | null },
  ) {
    this.path = path;
    this.blob = blob;
    this.size = size;
  }

  async read(maxBytes?: number): Promise<Uint8Array> {
    return readBlob(this.repository, this.blob, maxBytes);
  }
}
