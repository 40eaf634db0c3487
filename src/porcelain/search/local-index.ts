/** What the index of one repository on this machine is made of: its size, and the commits that can be searched. */
import type { Home } from "../../home/home.ts";
import type { IndexedCommit } from "../../protocol/browse-api.ts";
import { listCommits } from "../../search/browse/list-commits.ts";
import { readCurrentRef, readManifest } from "../../search/current-ref.ts";
import { withCurrentIndex } from "../../search/open-view.ts";
import type { ViewCache } from "../../search/view-cache.ts";

interface OfRepo {
  readonly home: Home;
  readonly repo: string;
  readonly signal?: AbortSignal | undefined;
}

/** Bytes of its objects; null: it has no index, or none of a commit. @throws RepobaseError `corrupt_index`, `unsupported_format` */
export async function localIndexSize({ home, repo, signal }: OfRepo): Promise<number | null> {
  const current = await readCurrentRef(home.store, repo, { signal });
  const manifest = current && (await readManifest(home.store, { repo, sha256: current.ref.manifest, signal }));
  return manifest ? manifest.objects.reduce((sum, { size }) => sum + size, 0) : null;
}

/**
 * The newest first.
 * @throws RepobaseError `repo_not_found` for one without an index; `corrupt_index`, `unsupported_format`
 */
export const localCommits = (
  of: OfRepo & { readonly cache: ViewCache; readonly limit: number },
): Promise<readonly IndexedCommit[]> =>
  withCurrentIndex({ store: of.home.store, ...of }, async (index) => {
    const { commits } = await listCommits(
      { store: of.home.store, repo: of.repo, cache: of.cache, signal: of.signal, ...index },
      { limit: of.limit, after: undefined },
    );
    return commits;
  });
