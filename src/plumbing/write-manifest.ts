/** Stores a manifest under its own hash, and before it the pages of its history. Writing the same one again changes nothing. */
import { sealManifest } from "../protocol/history.ts";
import { manifestKey, snapshotKey } from "../protocol/keys.ts";
import type { Manifest } from "../protocol/manifest.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { writeNamed } from "./write-named.ts";
import { indexObjectsOf } from "./index-object.ts";

/**
 * @param of.known a manifest that is there with its pages, so that these need not be sent again
 * @returns its name. @throws RepobaseError `corrupt_index` when it is not one of `repo`, see `indexObjectsOf`
 */
export async function writeManifest(of: {
  readonly to: ObjectStore;
  readonly repo: string;
  readonly manifest: Manifest;
  readonly known?: Manifest | undefined;
}): Promise<string> {
  const { to, repo, manifest } = of;
  indexObjectsOf(manifest, repo);
  const { pages, sha256, bytes } = await sealManifest(manifest);
  const known = new Set(of.known ? (await sealManifest(of.known)).pages.map((page) => page.sha256) : []);
  for (const page of pages)
    if (!known.has(page.sha256))
      await writeNamed({ to, key: snapshotKey(repo, manifest.tableId, page.sha256), ...page });
  await writeNamed({ to, key: manifestKey(repo, sha256), bytes, sha256 });
  return sha256;
}
