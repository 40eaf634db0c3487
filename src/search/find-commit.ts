/**
 * From what a user calls a version to the snapshot that shows it. A manifest says the newest commits itself; only for an older one,
 * or for digits that may fit one, are the pages of its history read.
 */
import { decodeHistoryPage, type ReadPage, wholeManifest } from "../protocol/history.ts";
import { isRepobaseError, RepobaseError } from "../protocol/errors.ts";
import { snapshotKey } from "../protocol/keys.ts";
import type { Manifest } from "../protocol/manifest.ts";
import type { Ref } from "../protocol/ref.ts";
import { type ResolvedCommit, resolveCommit } from "../protocol/resolve-commit.ts";
import type { CallOptions, ObjectStore } from "../store/object-store.ts";
import { requireHash } from "./current-ref.ts";
import type { ViewCache } from "./view-cache.ts";

interface Reader extends CallOptions {
  readonly store: ObjectStore;
  readonly repo: string;
  readonly ref: Ref;
  /** As it is stored. */
  readonly manifest: Manifest;
  /** Absent: pages are read anew. */
  readonly cache?: ViewCache | undefined;
  readonly owner?: string | undefined;
}

export interface FoundCommit extends ResolvedCommit {
  /** sha256 of its snapshot. */
  readonly snapshot: string;
}

/** @throws RepobaseError `ref_not_found` as `resolveCommit`; `corrupt_index` when a page is missing or broken */
export async function findCommit(reader: Reader, name: string | null): Promise<FoundCommit> {
  const { ref, manifest } = reader;
  const isEnough = manifest.history === undefined || !mayBeDigits(name) || Object.hasOwn(manifest.snapshots, name);
  try {
    if (isEnough) return foundIn(manifest, resolveCommit(ref, manifest, name));
  } catch (error) {
    if (manifest.history === undefined || !isRepobaseError(error, "ref_not_found")) throw error;
  }
  const whole = await readWhole(reader);
  return foundIn(whole, resolveCommit(ref, whole, name));
}

const foundIn = ({ snapshots }: Manifest, resolved: ResolvedCommit): FoundCommit => ({
  ...resolved,
  snapshot: snapshots[resolved.commit] ?? "",
});

/** Then more commits than those at hand may fit. */
const mayBeDigits = (name: string | null): name is string => name !== null && /^[0-9a-f]+$/i.test(name);

/** The manifest with the snapshots of all commits. @throws RepobaseError `corrupt_index` when a page is missing or broken */
export async function readWhole(reader: Omit<Reader, "ref">): Promise<Manifest> {
  const { manifest, repo, cache, owner = "" } = reader;
  const link = manifest.history;
  if (link === undefined) return manifest;
  const readOld = () => wholeManifest({ ...manifest, snapshots: {}, log: [] }, pageReader(reader));
  const name = `history\0${cache?.prefixOf(owner)}${repo}\0${link.sha256}`;
  const old = cache
    ? await cache.remember(name, readOld, ({ snapshots }) => 300 * Object.keys(snapshots).length)
    : await readOld();
  const { history: _, ...rest } = manifest;
  const log = [...(old.log ?? []), ...(manifest.log ?? [])];
  return { ...rest, snapshots: { ...old.snapshots, ...manifest.snapshots }, log };
}

/** @throws RepobaseError `corrupt_index` when it is missing or broken */
export const pageReader =
  ({ store, repo, manifest, signal }: Pick<Reader, "store" | "repo" | "manifest" | "signal">): ReadPage =>
  async (sha256) => {
    const key = snapshotKey(repo, manifest.tableId, sha256);
    const found = await store.get(key, { signal });
    if (!found) throw new RepobaseError("corrupt_index", `the index lacks "${key}"`, { fields: { key } });
    await requireHash(found.bytes, { key, sha256 });
    return decodeHistoryPage(found.bytes, key);
  };
