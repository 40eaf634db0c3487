/** What a list says of an index on this machine, from its ref and manifest alone. */
import type { Home } from "../../home/home.ts";
import { catManifest } from "../../plumbing/cat-manifest.ts";
import { readRef } from "../../plumbing/read-ref.ts";
import { isRepobaseError } from "../../protocol/errors.ts";

export interface IndexFacts {
  /** ISO 8601: when it changed last, by an index run or a pull. */
  readonly changedAt: string;
  readonly files: number;
  /** Of the table, all commits together. */
  readonly bytes: number;
}

/** null: there is no index yet, or it is damaged, which a list does not tell: `doctor` does. */
export async function indexFacts(home: Home, repo: string): Promise<IndexFacts | null> {
  try {
    const stored = await readRef({ from: home.store, repo });
    const manifest = stored && (await catManifest({ from: home.store, repo, sha256: stored.ref.manifest }));
    return manifest
      ? { changedAt: stored.ref.pushedAt, files: manifest.stats.files, bytes: manifest.stats.bytes }
      : null;
  } catch (error) {
    if (isRepobaseError(error)) return null;
    throw error;
  }
}
