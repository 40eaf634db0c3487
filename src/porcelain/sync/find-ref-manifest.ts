/** The manifest a side's ref names now, taken from the local copy where there is a good one. */
import { readRef } from "../../plumbing/read-ref.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { findManifest } from "./sync-common.ts";

/** undefined: that side has no ref. @throws RepobaseError `missing_objects` when it lost the manifest its ref names */
export async function findRefManifest(of: {
  from: ObjectStore;
  local: ObjectStore;
  repo: string;
}): Promise<Manifest | undefined> {
  const { from, local, repo } = of;
  const stored = await readRef({ from, repo });
  if (stored === undefined) return undefined;
  const sha256 = stored.ref.manifest;
  const manifest = await findManifest({ local, remote: from, repo, sha256 });
  if (manifest === undefined)
    throw new RepobaseError("missing_objects", `the manifest ${sha256} of "${repo}" is missing`, { fields: { repo } });
  return manifest;
}
