/** The manifest that an index run goes on from. */
import { catManifest } from "../../plumbing/cat-manifest.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import type { ObjectStore } from "../../store/object-store.ts";

/**
 * @param of.sha256 what the ref names; undefined: there is no ref yet
 * @throws RepobaseError `corrupt_index` when it is gone: a run without it would take the table's files for new, and what is damaged in
 *   them for what it should be; `hash_mismatch` when it is damaged
 */
export async function previousManifest(of: {
  readonly store: ObjectStore;
  readonly repo: string;
  readonly sha256: string | undefined;
}): Promise<Manifest | null> {
  const { store, repo, sha256 } = of;
  if (sha256 === undefined) return null;
  const found = await catManifest({ from: store, repo, sha256 });
  if (found) return found;
  throw new RepobaseError("corrupt_index", `the local index of "${repo}" lost its manifest`, { fields: { repo } });
}
