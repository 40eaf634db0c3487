/** Stores a manifest under its own hash. Writing the same one again changes nothing. */
import { sha256Hex } from "../protocol/hash.ts";
import { manifestKey } from "../protocol/keys.ts";
import { encodeManifest, type Manifest } from "../protocol/manifest.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { writeNamed } from "./write-named.ts";
import { indexObjectsOf } from "./index-object.ts";

/** @returns its name. @throws RepobaseError `corrupt_index` when it is not one of `repo`, see `indexObjectsOf` */
export async function writeManifest(of: {
  readonly to: ObjectStore;
  readonly repo: string;
  readonly manifest: Manifest;
}): Promise<string> {
  indexObjectsOf(of.manifest, of.repo);
  const bytes = encodeManifest(of.manifest);
  const sha256 = await sha256Hex(bytes);
  await writeNamed({ to: of.to, key: manifestKey(of.repo, sha256), bytes, sha256 });
  return sha256;
}
