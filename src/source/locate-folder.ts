/** What a folder stands for, and which ignore rules hold in it from outside. None of its files are looked at. */
import { realpathSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { globalExcludesFile, readGitConfig } from "../git/objects/config-chain.ts";
import { type GitEnvironment, isTrue, readIfThere } from "../git/objects/git-config.ts";
import { findRepository, type Repository } from "../git/objects/repository.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { isIgnoredFolder, type OuterRules } from "./walk-files.ts";

export interface Located {
  readonly root: string;
  readonly repository: Repository | null;
  /** The folder's place below `root`, `/`-separated, `` for the root itself; null: it is no part of a work tree. */
  readonly inside: string | null;
}

/**
 * The top of the work tree around it, a bare repository, or itself.
 * @throws RepobaseError `not_found` (no such folder), `usage` (a file)
 */
export function locateFolder(folder: string, env: GitEnvironment): Located {
  const place = realFolder(folder);
  const repository = findRepository(place, env);
  if (repository === null) return { root: place, repository, inside: null };
  const { workTree, gitdir } = repository;
  if (workTree === null) return { root: gitdir, repository, inside: null };
  const inside = relative(workTree, place).split(sep).join("/");
  const isPart =
    inside === "" ||
    isInGitdir(inside) ||
    !isIgnoredFolder({ root: workTree, outerRules: outerRulesOf(repository, env) }, inside);
  if (!isPart) return { root: place, repository: null, inside: null };
  return { root: workTree, repository, inside: isInGitdir(inside) ? null : inside };
}

/** Of a work tree: the user's own and `.git/info/exclude`. */
export function outerRulesOf(repository: Repository, env: GitEnvironment): OuterRules {
  const { config, commonDir, gitdir, workTree } = repository;
  const excludes = globalExcludesFile(config, env, workTree ?? gitdir);
  const own = readIfThere(join(commonDir, "info", "exclude"));
  return {
    files: excludes === null ? [own] : [readIfThere(excludes), own],
    ignoreCase: isTrue(config, "core.ignorecase", false),
  };
}

/** Of a folder without git: the user's own. */
export function plainRules(root: string, env: GitEnvironment): OuterRules {
  const excludes = globalExcludesFile(readGitConfig(null, env), env, root);
  // git finds out for every repository it makes; here there is none
  const ignoreCase = process.platform === "win32" || process.platform === "darwin";
  return { files: excludes === null ? [] : [readIfThere(excludes)], ignoreCase };
}

function realFolder(folder: string): string {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) throw new RepobaseError("not_found", `there is no folder "${folder}"`);
  if (!stats.isDirectory())
    throw new RepobaseError("usage", `"${folder}" is not a folder`, { hint: "give the folder it lies in" });
  return realpathSync(folder);
}

const isInGitdir = (path: string): boolean => path === ".git" || path.startsWith(".git/");
