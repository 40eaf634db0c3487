/** Makes a finished index the one that is searched: snapshot, manifest, then the ref, the one pointer that shows. */
import type { RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import type { IndexTreeResult } from "../../ingest/index-tree-contract.ts";
import type { SourceTree } from "../../source/source-tree.ts";
import { updateLocalRef } from "../../plumbing/local-ref.ts";
import type { SourceNames } from "../../source/source-names.ts";
import { nextRef, sameShown } from "../../plumbing/merge-ref.ts";
import type { StoredRef } from "../../plumbing/read-ref.ts";
import { movedLocally } from "../../plumbing/update-ref.ts";
import { writeManifest } from "../../plumbing/write-manifest.ts";
import { writeSnapshot } from "../../plumbing/write-snapshot.ts";
import type { RefSource } from "../../protocol/ref.ts";
import { namesShown } from "./names-shown.ts";

/** What a ref says of where a repository comes from. */
export const refSource = ({ name, source, only }: RepoConfig): RefSource => ({
  name,
  url: source.url,
  ...(only !== undefined && { only }),
});

/**
 * Nothing is written where the ref says all of it already.
 * @param of.names what the source calls its commits; null: no git
 * @throws RepobaseError `busy` when another process moved the local ref although the caller holds the lock
 */
export async function publishIndex(of: {
  home: Home;
  repo: RepoConfig;
  result: Pick<IndexTreeResult, "manifest" | "snapshot" | "changed">;
  tree: Pick<SourceTree, "commit" | "branch">;
  names: SourceNames | null;
  local: StoredRef | undefined;
}): Promise<void> {
  const { home, repo, result, local } = of;
  const { store } = home;
  const shown = {
    ...namesShown({ ...of, before: local?.ref, manifest: result.manifest }),
    source: refSource(repo),
  };
  if (local !== undefined && !result.changed && sameShown({ ...shown, source: local.ref.source }, local.ref)) return;
  await writeSnapshot({ to: store, snapshot: result.snapshot });
  const manifest = await writeManifest({ to: store, repo: repo.id, manifest: result.manifest });
  const ref = nextRef({ shown, manifest, before: local?.ref, device: home.config().device, now: Date.now() });
  if ((await updateLocalRef({ to: store, repo: repo.id, ref, expected: local })) === undefined)
    throw movedLocally(repo.id);
}
