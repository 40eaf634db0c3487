/**
 * `repobase index`: takes the repository's lock, ends at once where nothing has changed since the last run, and else brings
 * the index up to date. The answer "nothing changed" costs about as much as `git status`, so what only the rest needs is
 * loaded after it.
 */
import type { IndexRepoOptions } from "./index-context.ts";
import type { IndexResult } from "./index-result.ts";
import { rememberSeen } from "../folder/staleness.ts";
import { nameRun, recallRun } from "./last-run.ts";

/** @throws RepobaseError `busy` when another process indexes it; and what reading the source and writing the table throw */
export async function indexRepository(options: IndexRepoOptions): Promise<IndexResult> {
  const lock = await options.home.lock(`repo-${options.repo.id}`);
  try {
    const { home, repo, model } = options;
    if (options.ref) return await indexRef(options, options.ref);
    const runName = options.prune ? undefined : await nameRun(options);
    const known = runName && (await recallRun({ home, repo, model, runName }));
    if (runName && known) {
      home.trace?.(`${repo.id}: neither the source nor the index has changed since the last run, so no file is read`);
      await rememberSeen(home, repo, runName.fingerprint);
      return known;
    }
    const { indexLocked } = await import("./index-locked.ts");
    return await indexLocked(options, { runName });
  } finally {
    lock.release();
  }
}

/** Beside what is checked out: that stays what a search without a ref shows. */
async function indexRef(options: IndexRepoOptions, ref: string): Promise<IndexResult> {
  const { readRefSource } = await import("./read-ref-source.ts");
  const source = await readRefSource({ ...options, ref });
  const { indexLocked } = await import("./index-locked.ts");
  return indexLocked(options, { source, runName: undefined });
}
