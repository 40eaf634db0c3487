/** Makes a damaged `config.json` again from the indexes that lie in the home folder. The damaged file is kept beside it. */
import { readFile } from "node:fs/promises";
import { writeFileAtomic } from "../../files/write-file-atomic.ts";
import { emptyConfig, type RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { isRepobaseError } from "../../protocol/errors.ts";
import { CONFIG_KEY, REF_PREFIX, repoOfRefKey } from "../../protocol/keys.ts";
import { readRef } from "../../plumbing/read-ref.ts";
import { pulledRepo } from "./pulled-repo.ts";

export interface ConfigRepair {
  /** Ids, as far as the file had to be made again. */
  readonly repos: readonly string[];
  /** Where the damaged file is kept; null: it was whole. */
  readonly keptAs: string | null;
}

/** As for any other change of the configuration. */
const LOCK_MS = 10_000;

export async function repairConfig(home: Home): Promise<ConfigRepair> {
  try {
    home.config();
    return { repos: [], keptAs: null };
  } catch (error) {
    if (!isRepobaseError(error, "damaged_config")) throw error;
  }
  const repos: RepoConfig[] = [];
  for await (const { key } of home.store.list(REF_PREFIX)) {
    const repo = await describe(home, repoOfRefKey(key));
    if (repo) repos.push(repo);
  }
  const path = home.path(CONFIG_KEY);
  const keptAs = `${path}.damaged`;
  const lock = await home.lock("config", LOCK_MS);
  try {
    await writeFileAtomic(keptAs, await readFile(path), 0o600);
    await writeFileAtomic(path, `${JSON.stringify({ ...emptyConfig(), repos }, null, 2)}\n`);
  } finally {
    lock.release();
  }
  return { repos: repos.map(({ id }) => id), keptAs };
}

/** Where it came from is known by its URL alone; that it may leave the machine is for its owner to say again. undefined: its ref is damaged too. */
async function describe(home: Home, id: string): Promise<RepoConfig | undefined> {
  try {
    const stored = await readRef({ from: home.store, repo: id });
    if (!stored) return undefined;
    const known = await pulledRepo(home, id, stored.ref);
    return { ...known, cloudEnabled: false, lastIndexedCommit: stored.ref.heads[stored.ref.default] ?? null };
  } catch (error) {
    if (isRepobaseError(error, "corrupt_index", "hash_mismatch")) return undefined;
    throw error;
  }
}
