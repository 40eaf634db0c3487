/**
 * After a purge: removes from this machine every file of a repository's index that its current manifest does not name, with the
 * caches made from it and the table of uncommitted work, which the next index run makes anew. Where the cloud hears of a purge
 * first from this machine, the same is asked of the server. A mark is left before a ref moves and taken away at the end, so that
 * a process that dies in between is made up for by the next push, pull or purge.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { catManifest } from "../../plumbing/cat-manifest.ts";
import { keysOf } from "../../plumbing/index-object.ts";
import { readRef } from "../../plumbing/read-ref.ts";
import { SHARED_TABLE, WORKTREE_TABLE } from "../../protocol/ids.ts";
import {
  indexPrefix,
  LANCE_VERSIONS,
  manifestPrefix,
  purgeMarkerKey,
  snapshotPrefix,
  tablePrefix,
  worktreeKey,
  worktreePrefix,
} from "../../protocol/keys.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import type { RepoSwept } from "../../protocol/cloud-api.ts";
import { samePurges, type Purges } from "../../protocol/purges.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { setVersionOf } from "../../table/set-version.ts";

interface Place {
  readonly local: ObjectStore;
  /** The folder that is `local`. */
  readonly localDir: string;
  readonly repo: string;
}

/**
 * To be called before the local ref moves to a manifest with `after`.
 * @param of.before what is said by the manifests whose files lie here: any that says less came with rows that are purged now
 */
export async function markPurge(
  place: Pick<Place, "local" | "repo">,
  { before, after }: { readonly before: readonly (Purges | undefined)[]; readonly after: Purges | undefined },
): Promise<void> {
  if (before.some((purges) => !samePurges(purges, after))) await askForSweep(place);
}

/** @param of.cloud also have the server remove what its ref does not name */
export async function askForSweep(
  { local, repo }: Pick<Place, "local" | "repo">,
  { cloud = false }: { readonly cloud?: boolean } = {},
): Promise<void> {
  const asked = cloud || (await asksCloud({ local, repo }));
  await local.put(purgeMarkerKey(repo), new TextEncoder().encode(asked ? CLOUD_TOO : "{}"));
}

const CLOUD_TOO = '{"cloud":true}';

async function asksCloud({ local, repo }: Pick<Place, "local" | "repo">): Promise<boolean> {
  const mark = await local.get(purgeMarkerKey(repo));
  return mark !== undefined && new TextDecoder().decode(mark.bytes) === CLOUD_TOO;
}

/** Has the server remove what its ref does not name. @returns how many keys it removed, and how many are left for another call */
export type SweepCloud = () => Promise<Pick<RepoSwept, "objects" | "left">>;

/** A sweep of the cloud takes away thousands at a time. */
const MAX_SWEEPS = 50;

/**
 * Does what a mark asks for. The caller holds the repository's lock.
 * @param sweepCloud absent: this is nobody who may ask the server; its part is left for a push
 * @returns how many objects were removed from the cloud
 */
export async function sweepAfterPurge(place: Place, sweepCloud?: SweepCloud): Promise<number> {
  const { local, repo } = place;
  if ((await local.head(purgeMarkerKey(repo))) === undefined) return 0;
  const here = await readRef({ from: local, repo });
  const manifest = here && (await catManifest({ from: local, repo, sha256: here.ref.manifest }));
  // without one there is nothing to go by: what lies here may be all that is left
  if (manifest) await sweepHome(place, manifest);
  const isCloudAsked = await asksCloud(place);
  if (isCloudAsked && sweepCloud === undefined) return 0;
  const removed = isCloudAsked && sweepCloud ? await sweepWhole(sweepCloud) : 0;
  await local.delete(purgeMarkerKey(repo));
  return removed;
}

async function sweepWhole(sweepCloud: SweepCloud): Promise<number> {
  let removed = 0;
  for (let round = 0; round < MAX_SWEEPS; round++) {
    const { objects, left } = await sweepCloud();
    removed += objects;
    if (left === 0) break;
  }
  return removed;
}

async function sweepHome({ local, localDir, repo }: Place, manifest: Manifest): Promise<void> {
  await local.delete(worktreeKey(repo));
  await rm(join(localDir, worktreePrefix(repo)), { recursive: true, force: true });
  await rm(join(localDir, tablePrefix(repo, WORKTREE_TABLE)), { recursive: true, force: true });
  await rm(join(localDir, "cache", repo), { recursive: true, force: true });
  await setVersionOf(manifest, local);
  for (const key of await unnamedHere({ local, repo }, manifest)) await local.delete(key);
}

/** Keys of what lies here of a repository's index and is none of `manifest`. */
export async function unnamedHere(
  { local, repo }: Pick<Place, "local" | "repo">,
  manifest: Manifest,
): Promise<readonly string[]> {
  const kept = new Set(await keysOf(manifest, repo));
  const versions = `${tablePrefix(repo, SHARED_TABLE)}${LANCE_VERSIONS}/`;
  const found: string[] = [];
  for (const prefix of [indexPrefix(repo), snapshotPrefix(repo), manifestPrefix(repo)])
    for await (const { key } of local.list(prefix)) if (!kept.has(key) && !key.startsWith(versions)) found.push(key);
  return found;
}
