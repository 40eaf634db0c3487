/** Which of two commits follows the other, by the git repository that an index was made from. */
import { existsSync } from "node:fs";
import type { RepoSource } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { parentsOf } from "../../git/objects/parse-commit.ts";
import { findRepository, type Repository } from "../../git/objects/repository.ts";

/** Commits looked at in each direction, some 30 microseconds each: beyond it the answer is "not known". */
const MAX_WALK = 20_000;

/**
 * @returns whether `here` follows `there` (`newer`) or goes before it; undefined when neither does, or when no repository is
 *   at hand that knows, as after a pull or in a shallow clone
 */
export async function compareCommits(of: {
  readonly home: Home;
  readonly repo: { readonly id: string; readonly source?: RepoSource };
  readonly here: string;
  readonly there: string;
}): Promise<"newer" | "older" | undefined> {
  const { home, repo, here, there } = of;
  const folder = repo.source?.kind === "folder" ? repo.source.path : home.path("repos", repo.id);
  const repository = existsSync(folder) ? repositoryAt(folder, home) : null;
  if (repository === null) return undefined;
  if (follows(repository, here, there)) return "newer";
  return follows(repository, there, here) ? "older" : undefined;
}

function repositoryAt(folder: string, home: Home): Repository | null {
  try {
    return findRepository(folder, home.env);
  } catch {
    return null; // of a kind that cannot be read: nothing is known
  }
}

/** Is `ancestor` among the commits that `commit` goes back to? */
function follows(repository: Repository, commit: string, ancestor: string): boolean {
  const seen = new Set([commit]);
  const queue = [commit];
  for (let at = 0; at < queue.length && at < MAX_WALK; at++) {
    for (const parent of parentsIn(repository, queue[at] as string)) {
      if (parent === ancestor) return true;
      if (!seen.has(parent)) {
        seen.add(parent);
        queue.push(parent);
      }
    }
  }
  return false;
}

function parentsIn({ objects }: Repository, commit: string): readonly string[] {
  try {
    return parentsOf(objects.read(commit).bytes);
  } catch {
    return []; // not here: the history was cut off, or never had it
  }
}
