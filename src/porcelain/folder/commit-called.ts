/** What a repository's own git calls a commit, where its source is on this machine: a folder, or the clone of a URL. */
import { existsSync } from "node:fs";
import type { RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { findRepository, resolveRef } from "../../git/objects/repository.ts";
import { isRepobaseError } from "../../protocol/errors.ts";

/** undefined: there is no git here, or it does not know the name either. */
export function commitCalled(home: Home, repo: RepoConfig, ref: string): { readonly commit: string } | undefined {
  const { source, id } = repo;
  const place = source.kind === "folder" ? source.path : home.path("repos", id);
  try {
    const repository = existsSync(place) ? findRepository(place, home.env) : null;
    return repository === null ? undefined : { commit: resolveRef(repository, ref).commit };
  } catch (error) {
    if (isRepobaseError(error)) return undefined; // whoever opens the index says what it does not know
    throw error;
  }
}
