/** For a server that runs for days: a watch over every folder that is registered, those too that are added while it runs. */
import { setTimeout as sleep } from "node:timers/promises";
import { folderOf, type RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { watchRepositories } from "./watch-repos.ts";
import type { WatchOptions } from "./watched-repo.ts";

/** How often the list of repositories is looked at: one small file. */
const LOOK_MS = 5000;

/** Ends when the signal is aborted. @throws what `watchRepositories` throws */
export async function followFolders(
  options: Omit<WatchOptions, "repos"> & { readonly lookMs?: number },
): Promise<void> {
  const { home, signal, lookMs = LOOK_MS } = options;
  while (!signal.aborted) {
    const repos = withFolders(home);
    const round = new AbortController();
    const watching = watchRepositories({ ...options, repos, signal: AbortSignal.any([signal, round.signal]) });
    try {
      // without a repository a watch ends at once: the list is waited for all the same
      await Promise.race([untilOthers(options, { than: repos, lookMs }), watching.then(() => new Promise(() => {}))]);
    } finally {
      round.abort();
      await watching;
    }
  }
}

async function untilOthers(
  { home, signal, onWarning }: Pick<WatchOptions, "home" | "signal" | "onWarning">,
  { than, lookMs }: { readonly than: readonly RepoConfig[]; readonly lookMs: number },
): Promise<void> {
  const before = namesOf(than);
  let warned: string | undefined;
  while (!signal.aborted) {
    try {
      if (namesOf(withFolders(home)) !== before) return;
    } catch (error) {
      // a list that is damaged for now: what is watched stays watched
      const text = error instanceof Error ? error.message : String(error);
      if (text !== warned) onWarning(text);
      warned = text;
    }
    await sleep(lookMs, undefined, { signal }).catch(() => {}); // aborted: the loop ends
  }
}

const withFolders = (home: Home): readonly RepoConfig[] =>
  home.config().repos.filter((repo) => folderOf(repo) !== undefined);

const namesOf = (repos: readonly RepoConfig[]): string =>
  JSON.stringify(repos.map((repo) => [repo.id, folderOf(repo)]));
