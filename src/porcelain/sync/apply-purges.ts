/** A manifest's table and snapshots without what was purged. Written beside the old ones: no ref is moved, no file removed. */
import { catObject } from "../../plumbing/cat-object.ts";
import { updateLocalRef } from "../../plumbing/local-ref.ts";
import { nextRef } from "../../plumbing/merge-ref.ts";
import type { StoredRef } from "../../plumbing/read-ref.ts";
import { movedLocally } from "../../plumbing/update-ref.ts";
import { writeManifest } from "../../plumbing/write-manifest.ts";
import { writeSnapshot } from "../../plumbing/write-snapshot.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { nameOfManifest } from "../../protocol/history.ts";
import { snapshotKey } from "../../protocol/keys.ts";
import { formatFor, type Manifest } from "../../protocol/manifest.ts";
import { purgedPatterns, type Purges, samePurges } from "../../protocol/purges.ts";
import { decodeSnapshot, makeSnapshot, visibleFileIds } from "../../protocol/snapshot.ts";
import { compilePathGlobs } from "../../search/path-glob.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import type { SyncInput } from "./sync-common.ts";
import { type FileVersion, findFiles, removeFiles } from "../../table/remove-files.ts";

export interface Purged {
  readonly manifest: Manifest;
  /** Its name. */
  readonly sha256: string;
}

/** Does a path match a pattern that holds? @throws RepobaseError `usage` for a pattern that cannot be read */
export function purgedFilter(purges: Purges | undefined): (file: { readonly path: string }) => boolean {
  const matches = compilePathGlobs(purgedPatterns(purges));
  return ({ path }) => matches(path);
}

/** The file versions that `purges` would take out of a manifest's table. */
export const findPurged = (of: {
  readonly localDir: string;
  readonly manifest: Manifest;
  readonly purges: Purges | undefined;
}): Promise<FileVersion[]> => findFiles({ ...of, isUnwanted: purgedFilter(of.purges) });

/**
 * @param of.localDir the folder that is `local`, with all objects of the manifest
 * @param of.purges what must hold of the result; a manifest that says so already is given back as it is, unless `look` is set
 */
export async function applyPurges(of: {
  readonly local: ObjectStore;
  readonly localDir: string;
  readonly manifest: Manifest;
  readonly purges: Purges | undefined;
  readonly look?: boolean;
}): Promise<Manifest> {
  const { local, manifest, purges } = of;
  const isSaid = samePurges(manifest.purges, purges);
  if (purges === undefined || (isSaid && !of.look)) return manifest;
  const removed = await removeFiles({ ...of, isUnwanted: purgedFilter(purges) });
  if (removed === undefined && isSaid) return manifest;
  const snapshots = removed ? await withoutFiles(local, manifest, removed.gone) : manifest.snapshots;
  const { log } = manifest;
  const left = { ...(removed?.manifest ?? manifest), snapshots, purges, ...(log && { log }) };
  const purged = { ...left, format: formatFor(left) };
  await writeManifest({ to: local, repo: manifest.repo, manifest: purged });
  return purged;
}

/** Moves the local ref from a manifest to what `applyPurges` made of it. @throws RepobaseError `busy` */
export async function showPurged(
  { local, repo, device, now }: Pick<SyncInput, "local" | "repo" | "device" | "now">,
  { here, purged }: { readonly here: StoredRef; readonly purged: Manifest },
): Promise<void> {
  const sha256 = await nameOfManifest(purged);
  const ref = nextRef({ shown: here.ref, manifest: sha256, before: here.ref, device, now: now() });
  if ((await updateLocalRef({ to: local, repo, ref, expected: here })) === undefined) throw movedLocally(repo);
}

/** Of every commit, old ones too. */
async function withoutFiles(
  local: ObjectStore,
  { repo, tableId, snapshots }: Manifest,
  gone: ReadonlySet<number>,
): Promise<Record<string, string>> {
  const rewritten: Record<string, string> = {};
  for (const [commit, sha256] of Object.entries(snapshots)) {
    const key = snapshotKey(repo, tableId, sha256);
    const snapshot = decodeSnapshot(await catObject({ from: local, object: { key, sha256 } }), key);
    if (snapshot.tableId !== tableId)
      throw new RepobaseError("corrupt_index", `the snapshot of ${commit} is of another table`);
    const fileIds = visibleFileIds(snapshot, MAX_FILES).filter((id) => !gone.has(id));
    rewritten[commit] =
      fileIds.length === snapshot.files
        ? sha256
        : await writeSnapshot({
            to: local,
            snapshot: makeSnapshot({ repo, tableId, commit: snapshot.commit, fileIds }),
          });
  }
  return rewritten;
}

/** More than any table of ours has; what a snapshot that was made here may expand to. */
const MAX_FILES = 2 ** 24;
