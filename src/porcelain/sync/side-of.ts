/** What a plumbing command calls a repository. */
import type { RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { isRepobaseError } from "../../protocol/errors.ts";
import { findRepo } from "../../protocol/find-repo.ts";
import { checkRepoId } from "../../protocol/keys.ts";

export interface Side {
  readonly id: string;
  /** undefined: not registered here; it may be in the cloud. */
  readonly repo: RepoConfig | undefined;
}

/** A registered repository by any of its names, or the id of one that only the cloud knows. */
export function sideOf(home: Home, name: string): Side {
  try {
    const repo = findRepo(home.config().repos, name);
    return { id: repo.id, repo };
  } catch (error) {
    if (!isRepobaseError(error, "repo_not_found")) throw error;
    try {
      return { id: checkRepoId(name), repo: undefined };
    } catch {
      throw error; // what is no id at all is better called an unknown name
    }
  }
}
