/** Which repositories a command line means. */
import { realpathSync } from "node:fs";
import { sep } from "node:path";
import { folderOf, type RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { asCheckedOut } from "../folder/checkout.ts";
import { findRepo } from "../../protocol/find-repo.ts";
import { RepobaseError } from "../../protocol/errors.ts";

/**
 * The named ones; with `all` every one; with neither, the one whose folder holds `cwd`, or the only one there is.
 * @throws RepobaseError `repo_not_found` for an unknown name, `usage` when nothing is named and nothing is obvious
 */
export function selectRepos(options: {
  home: Home;
  names: readonly string[];
  all: boolean;
  cwd: string;
}): readonly RepoConfig[] {
  const { home, cwd } = options;
  const repos = asCheckedOut(home.config().repos, cwd, home.env);
  if (options.all) return repos;
  if (options.names.length > 0) {
    const found = options.names.map((name) => findRepo(repos, name));
    return [...new Map(found.map((repo) => [repo.id, repo])).values()];
  }
  const linked = repos.filter(({ checkout }) => checkout !== undefined);
  const nearest = (linked.length > 0 ? nearestTo(realpathSync(cwd), linked) : undefined) ?? nearestTo(cwd, repos);
  if (nearest) return [nearest];
  const [only] = repos;
  if (only && repos.length === 1) return [only];
  throw new RepobaseError("usage", "which repository?", {
    hint: repos.length === 0 ? "add one with: repobase add <url or path>" : "name it, or use --all",
  });
}

/** The deepest folder wins where one repository, or a folder of it with an index of its own, lies inside another. */
function nearestTo(cwd: string, repos: readonly RepoConfig[]): RepoConfig | undefined {
  const depth = (repo: RepoConfig) => folderOf(repo)?.length ?? 0;
  const isAround = (repo: RepoConfig) => isInside(cwd, folderOf(repo));
  return repos.filter(isAround).toSorted((a, b) => depth(b) - depth(a))[0];
}

const isInside = (path: string, folder: string | undefined): boolean =>
  folder !== undefined && (path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep));
