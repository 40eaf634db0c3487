/** What one side has and the other lacks, told from two manifests alone: nothing is listed, nothing is asked. */
import { canonicalJson } from "../protocol/canonical-json.ts";
import type { Manifest } from "../protocol/manifest.ts";
import { type IndexObject, indexObjectsOf } from "./index-object.ts";

export interface ManifestDiff {
  /** The two documents are equal, byte for byte. */
  readonly same: boolean;
  /** In `ours`, not in `theirs`: to be sent. Objects largest first, then snapshots. */
  readonly missing: readonly IndexObject[];
  /** In `theirs`, not in `ours`, in the same order. */
  readonly extra: readonly IndexObject[];
}

/** @throws RepobaseError `corrupt_index`, see `indexObjectsOf` */
export function diffManifest(of: {
  readonly repo: string;
  readonly ours?: Manifest | undefined;
  readonly theirs?: Manifest | undefined;
}): ManifestDiff {
  const ours = of.ours ? indexObjectsOf(of.ours, of.repo) : [];
  const theirs = of.theirs ? indexObjectsOf(of.theirs, of.repo) : [];
  return {
    same: canonicalJson(of.ours ?? null) === canonicalJson(of.theirs ?? null),
    missing: without(ours, theirs),
    extra: without(theirs, ours),
  };
}

function without(all: readonly IndexObject[], there: readonly IndexObject[]): IndexObject[] {
  const known = new Map(there.map((f) => [f.key, f.sha256]));
  return all.filter((f) => known.get(f.key) !== f.sha256);
}
