/**
 * Finding and opening a git repository on disk: a work tree, a linked work tree or submodule (`.git` is a file), or a
 * bare gitdir. Opening reads a few small files and loads nothing heavy: a no-op run must cost no more than `git status`.
 */
import { realpathSync, type Stats, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve, sep } from "node:path";
import { isRepobaseError, RepobaseError } from "../../protocol/errors.ts";
import { readGitConfig } from "./config-chain.ts";
import { type GitEnvironment, type GitConfig, isTrue, readTextIfThere } from "./git-config.ts";
import { ObjectReader } from "./object-reader.ts";
import { parseCommit, parseTag } from "./parse-commit.ts";
import { isRefName } from "./ref-name.ts";
import { resolveFullRef, resolveHead } from "./refs.ts";

export interface Repository {
  /** Where HEAD and the index lie. */
  readonly gitdir: string;
  /** Where objects, refs and configuration lie; differs from `gitdir` in linked work trees. */
  readonly commonDir: string;
  /** Top folder of the files; null: bare. */
  readonly workTree: string | null;
  /** What the user should hear about it: sentences. */
  readonly notes: readonly string[];
  readonly config: GitConfig;
  readonly objects: ObjectReader;
}

export interface CommitName {
  /** 40 hex digits. */
  readonly commit: string;
  /** The branch that was meant, without `refs/...`; null for a detached head, a tag or a bare commit id. */
  readonly branch: string | null;
}

/**
 * The repository that `path` lies in, climbing to the top of its work tree as git does. `path` may be the gitdir itself.
 * @returns null when there is none
 * @throws RepobaseError `unsupported_format` for repositories with sha256 ids or reftables
 */
export function findRepository(path: string, env: GitEnvironment): Repository | null {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const dotGit = join(folder, ".git");
    const gitdir = gitdirOf(dotGit);
    if (gitdir !== null) return open(gitdir, folder, env);
    // A gitdir named `.git` belongs to the folder around it, any other is bare.
    if (isGitdir(folder)) return open(folder, basename(folder) === ".git" ? dirname(folder) : null, env);
    if (folder === dirname(folder)) return null;
  }
}

/** @throws RepobaseError `not_a_repository` when `path` lies in none, `unsupported_format` as above */
export function openRepository(path: string, env: GitEnvironment): Repository {
  const repository = findRepository(path, env);
  if (repository === null) throw new RepobaseError("not_a_repository", `"${path}" is not in a git repository`);
  return repository;
}

/** The commit that is checked out; null in a repository without commits. */
export function head(repository: Repository): CommitName | null {
  const { name, id } = resolveHead(repository.gitdir, repository.commonDir);
  return id === null ? null : { commit: id, branch: shortName(name) };
}

/**
 * What a user may call a commit: `HEAD`, a branch, a tag, a remote branch, a full ref, a commit id or its beginning (4
 * digits or more). Where several fit, git's order decides: tag, branch, remote branch, id.
 * @throws RepobaseError `ref_not_found` when nothing fits, or several commits do
 */
export function resolveRef(repository: Repository, ref: string): CommitName {
  const { commonDir } = repository;
  if (ref === "HEAD") {
    const current = head(repository);
    if (current !== null) return current;
    throw new RepobaseError("ref_not_found", `"${commonDir}" has no commits yet`, { hint: "commit something first" });
  }
  const names = [`refs/tags/${ref}`, `refs/heads/${ref}`, `refs/remotes/origin/${ref}`, `refs/remotes/${ref}`];
  for (const name of ref.startsWith("refs/") ? [ref] : names) {
    // a ref given by a user must not leave the `refs` folder
    if (isRefName(name)) {
      const found = resolveFullRef(commonDir, name);
      if (found?.id) return { commit: peelToCommit(repository, found.id, ref), branch: shortName(found.name) };
    }
  }
  if (/^[0-9a-f]{4,40}$/i.test(ref)) {
    const matches = repository.objects.idsWithPrefix(ref.toLowerCase(), 32);
    const commits = matches.filter((id) => isCommit(repository, id));
    const [commit] = commits;
    if (commit !== undefined && commits.length === 1) return { commit, branch: null };
    if (commits.length > 1)
      throw new RepobaseError("ref_not_found", `"${ref}" names ${commits.length} commits`, {
        hint: "give more digits",
      });
  }
  throw new RepobaseError("ref_not_found", `no branch, tag or commit "${ref}" in "${commonDir}"`, { fields: { ref } });
}

/** The URL of the remote `origin` as configured (it may hold credentials: see `canonicalUrl`), or null. */
export function originUrl(repository: Repository): string | null {
  return repository.config.get("remote.origin.url") ?? null;
}

function isCommit(repository: Repository, id: string): boolean {
  try {
    return repository.objects.read(id).type === "commit";
  } catch (error) {
    if (isRepobaseError(error, "too_large")) return false; // a large file, most likely
    throw error;
  }
}

/** The tree of a commit, 40 hex digits. */
export function treeOfCommit(repository: Repository, commit: string): string {
  return parseCommit(repository.objects.read(commit).bytes).tree;
}

/** @throws RepobaseError `ref_not_found` for what is no commit in the end */
export function peelToCommit(repository: Repository, id: string, ref: string): string {
  for (let current = id; ;) {
    const { type, bytes } = repository.objects.read(current);
    if (type === "commit") return current;
    if (type !== "tag") throw new RepobaseError("ref_not_found", `"${ref}" names a ${type}, not a commit`);
    current = parseTag(bytes).object;
  }
}

const shortName = (name: string): string | null =>
  name === "HEAD" || name.startsWith("refs/tags/")
    ? null
    : name.replace(/^refs\/(?:heads\/|remotes\/origin\/|remotes\/)/, "");

function open(gitdir: string, workTree: string | null, env: GitEnvironment): Repository {
  const common = readTextIfThere(join(gitdir, "commondir")).trim();
  const commonDir = common === "" ? gitdir : isAbsolute(common) ? common : join(gitdir, common);
  const config = readGitConfig({ commonDir, gitdir }, env);
  const format = config.get("extensions.objectformat") ?? "sha1";
  const storage = config.get("extensions.refstorage") ?? "files";
  if (format !== "sha1" || storage !== "files")
    throw new RepobaseError(
      "unsupported_format",
      `"${gitdir}" uses ${format !== "sha1" ? `${format} ids` : `${storage} refs`}`,
      {
        hint: "only repositories with sha1 ids and refs in files are read",
      },
    );
  const bare = workTree === null || (commonDir === gitdir && isTrue(config, "core.bare", false));
  const moved = commonDir === gitdir ? config.get("core.worktree") : undefined;
  const named = moved === undefined ? null : movedWorkTree(gitdir, { moved, around: workTree });
  return {
    gitdir,
    commonDir,
    workTree: named ?? (bare ? null : workTree),
    notes:
      moved === undefined || named !== null
        ? []
        : [`"${workTree ?? gitdir}" names another folder as its work tree (core.worktree): "${moved}" is not read`],
    config,
    objects: new ObjectReader(commonDir, isTrue(config, "core.usereplacerefs", true) && !env.GIT_NO_REPLACE_OBJECTS),
  };
}

/**
 * `core.worktree` may name a folder inside the one that was opened, or one that names this repository as its own, as submodules
 * do. Any other is a folder that nobody asked for, and whoever wrote the configuration chose it: a downloaded folder must not
 * make us read the user's.
 * @returns null for such a one
 */
function movedWorkTree(gitdir: string, { moved, around }: { moved: string; around: string | null }): string | null {
  const real = realPath(resolve(gitdir, moved));
  if (real === null) return null;
  const opened = realPath(around ?? gitdir);
  if (real === opened || real.startsWith(`${opened}${sep}`)) return real;
  const back = gitdirOf(join(real, ".git"));
  return back !== null && realPath(back) === realPath(gitdir) ? real : null;
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null; // not there
  }
}

/** Is it the top of a work tree? A `.git` that leads to no repository makes it none, as for git. */
export const isRepositoryRoot = (folder: string): boolean => gitdirOf(join(folder, ".git")) !== null;

const gitdirOf = (dotGit: string): string | null => (isGitdir(dotGit) ? dotGit : linkedGitdir(dotGit));

/** `gitdir: <path>` in a `.git` file, as linked work trees and submodules have; null when it is none. */
function linkedGitdir(dotGit: string): string | null {
  const target = /^gitdir: (.+)$/m.exec(isFile(dotGit) ? readTextIfThere(dotGit) : "")?.[1]?.trim();
  if (target === undefined) return null;
  const gitdir = isAbsolute(target) ? target : join(dirname(dotGit), target);
  return isFile(join(gitdir, "HEAD")) ? gitdir : null;
}

const isGitdir = (path: string): boolean =>
  isFile(join(path, "HEAD")) && isFolder(join(path, "objects")) && isFolder(join(path, "refs"));

const isFile = (path: string): boolean => stat(path)?.isFile() ?? false;
const isFolder = (path: string): boolean => stat(path)?.isDirectory() ?? false;

/** undefined: nothing there that we may look at. Bun throws ENOTDIR (`file/HEAD`) whatever `throwIfNoEntry` says. */
function stat(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
