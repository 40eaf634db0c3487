/** What one manifest needs of a store: itself, the pages of its history, its objects and all of its snapshots. */
import { manifestKey, objectKey, snapshotKey } from "../protocol/keys.ts";
import { readPages } from "../protocol/history.ts";
import type { Manifest } from "../protocol/manifest.ts";
import { readManifest } from "../search/current-ref.ts";
import { pageReader } from "../search/find-commit.ts";
import type { ObjectStore } from "../store/object-store.ts";

/** A manifest as it is stored; undefined: it is not there. @throws RepobaseError `corrupt_index`, `unsupported_format` */
export const manifestAt = readManifest;

/** The same by the name of a manifest; undefined: it is not there. @throws as `keysNamedBy`, and `unsupported_format` */
export async function keysBelow(of: {
  readonly store: ObjectStore;
  readonly repo: string;
  readonly sha256: string;
}): Promise<ReadonlySet<string> | undefined> {
  const manifest = await readManifest(of.store, of);
  return manifest && keysNamedBy({ ...of, manifest });
}

/**
 * @param of.manifest as it is stored
 * @throws RepobaseError `corrupt_index` when a page is missing or broken: then nobody knows what is needed
 */
export async function keysNamedBy(of: {
  readonly store: ObjectStore;
  readonly repo: string;
  readonly manifest: Manifest;
  /** Its name. */
  readonly sha256: string;
}): Promise<ReadonlySet<string>> {
  const { repo, manifest } = of;
  const { tableId, history } = manifest;
  const pages = await readPages(manifest, pageReader(of));
  const named = [history?.sha256, ...pages.map(({ older }) => older)].filter((sha256) => sha256 !== undefined);
  const snapshots = [
    ...Object.values(manifest.snapshots),
    ...pages.flatMap(({ commits }) => commits.map(({ snapshot }) => snapshot)),
  ];
  return new Set([
    manifestKey(repo, of.sha256),
    ...manifest.objects.map(({ path }) => objectKey(repo, path)),
    ...[...named, ...snapshots].map((sha256) => snapshotKey(repo, tableId, sha256)),
  ]);
}
