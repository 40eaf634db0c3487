/** Makes a finished index the one that is searched: snapshot, manifest, then the ref, the one pointer that shows. */
import type { RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import type { IndexTreeResult } from "../../ingest/index-tree.ts";
import type { SourceTree } from "../../source/source-tree.ts";
import { updateLocalRef } from "../../plumbing/local-ref.ts";
import { nextRef } from "../../plumbing/merge-ref.ts";
import type { StoredRef } from "../../plumbing/read-ref.ts";
import { movedLocally } from "../../plumbing/update-ref.ts";
import { writeManifest } from "../../plumbing/write-manifest.ts";
import { writeSnapshot } from "../../plumbing/write-snapshot.ts";

/** @throws RepobaseError `busy` when another process moved the local ref although the caller holds the lock */
export async function publishIndex(of: {
  home: Home;
  repo: RepoConfig;
  result: Pick<IndexTreeResult, "manifest" | "snapshot">;
  tree: Pick<SourceTree, "commit" | "branch">;
  local: StoredRef | undefined;
  /** The tree's branch becomes the default one where it is all there is, and else where this says so. */
  makeDefault: boolean;
}): Promise<void> {
  const { home, repo, result, tree, local } = of;
  const { store } = home;
  await writeSnapshot({ to: store, snapshot: result.snapshot });
  const manifest = await writeManifest({ to: store, repo: repo.id, manifest: result.manifest });
  // a new table (another model, say) knows none of the old one's commits: their branches go with them
  const kept = Object.entries(local?.ref.heads ?? {}).filter(([, commit]) =>
    Object.hasOwn(result.manifest.snapshots, commit),
  );
  const heads = { ...Object.fromEntries(kept), [tree.branch]: tree.commit };
  const before = local?.ref.default;
  const shown = {
    heads,
    default: of.makeDefault || before === undefined || !Object.hasOwn(heads, before) ? tree.branch : before,
    source: { name: repo.name, url: repo.source.url },
  };
  const ref = nextRef({ shown, manifest, before: local?.ref, device: home.config().device, now: Date.now() });
  if ((await updateLocalRef({ to: store, repo: repo.id, ref, expected: local })) === undefined)
    throw movedLocally(repo.id);
}
