/**
 * Takes all rows of some paths out of an index: of every commit, here and in the cloud, and the files that held them.
 * The cloud's index is taken in first; then the table is rewritten, the local ref moved, the index pushed, and what no manifest
 * names any more removed on both sides. Each step leaves the old index or the new one, and the same command again goes on from
 * where it died. "Gone" is said of what was looked for and not found.
 */
import { catManifest } from "../../plumbing/cat-manifest.ts";
import { keysOf } from "../../plumbing/index-object.ts";
import { readRef, type StoredRef } from "../../plumbing/read-ref.ts";
import { verifyManifest } from "../../plumbing/verify-manifest.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { manifestKey, objectKey } from "../../protocol/keys.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import { knowsPurges, type Purges, purgedPatterns, withPatterns } from "../../protocol/purges.ts";
import { compilePathGlobs } from "../../search/path-glob.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { withRetry } from "../../store/with-retry.ts";
import { packsWith } from "../../table/packs/packs-with.ts";
import type { FileVersion } from "../../table/remove-files.ts";
import { applyPurges, findPurged, purgedFilter, showPurged } from "./apply-purges.ts";
import { pull } from "./pull.ts";
import { push } from "./push.ts";
import { askForSweep, sweepAfterPurge, type SweepCloud, unnamedHere } from "./sweep-home.ts";
import type { SyncInput } from "./sync-common.ts";

type Cloud = Pick<SyncInput, "remote" | "spaceId"> & { readonly sweepCloud: SweepCloud };

export interface PurgeInput extends Omit<SyncInput, "remote" | "spaceId" | "sweepCloud"> {
  /** undefined: the repository is not in the cloud. */
  readonly cloud: Cloud | undefined;
  /** Path patterns, as in a search. */
  readonly patterns: readonly string[];
  /** Let these be indexed again. Rows that were taken out come back with the next index run that sees them. */
  readonly undo: boolean;
  /** Only say what would be taken out. */
  readonly dryRun: boolean;
}

export interface PurgeResult {
  readonly repoId: string;
  /** All patterns that hold now. */
  readonly purged: readonly string[];
  readonly dryRun: boolean;
  /** Whose rows were taken out by this run (with `dryRun`: would be), of any commit. */
  readonly files: readonly FileVersion[];
  /** Files of the index that were removed here, and objects in the cloud; null: it is not there. */
  readonly removed: { readonly here: number; readonly cloud: number | null };
  /** Keys of what should be gone and is not, or is damaged. Empty: all is gone, and that was looked at. */
  readonly left: readonly { readonly side: "local" | "remote"; readonly key: string }[];
}

/**
 * The caller holds the repository's lock.
 * @throws RepobaseError `usage` for a pattern that cannot be read, `ref_not_found` without an index; and what pull, push and the
 *   stores throw
 */
export async function purge(input: PurgeInput): Promise<PurgeResult> {
  const { repo, patterns, localDir } = input;
  compilePathGlobs(patterns);
  const old = new Set<string>();
  // what was never pushed is not pushed now
  const cloud = input.cloud && (await isIn(input.cloud, input)) ? input.cloud : undefined;
  if (!input.dryRun && cloud) await takeCloudIn({ ...input, cloud }, old);
  const { here, manifest } = await localIndex(input);
  const purges = withPatterns(manifest.purges, patterns, !input.undo);
  const files = await findPurged({ localDir, manifest, purges });
  const done = { repoId: repo, purged: purgedPatterns(purges), dryRun: input.dryRun, files };
  if (input.dryRun) return { ...done, removed: { here: 0, cloud: cloud ? 0 : null }, left: [] };
  for (const key of await keysOf(manifest, repo)) old.add(key);

  await moveLocalRef(input, { here, manifest, purges, inCloud: cloud !== undefined });
  const past = input.undo ? [] : await unnamedHere(input, (await localIndex(input)).manifest);
  let removedThere: number | null = null;
  if (cloud) {
    // sweeps home and cloud too, once the cloud has the index
    removedThere = (await push({ ...input, ...cloud })).filesSwept;
    // the sweep gave the ref a new generation: remember that one
    if (!input.undo) await push({ ...input, ...cloud });
  }
  await sweepAfterPurge(input, cloud?.sweepCloud);
  const left = input.undo
    ? []
    : [...(await leftHere(input)), ...(cloud ? await leftThere({ ...input, cloud }, { old, purges }) : [])];
  return { ...done, removed: { here: past.length, cloud: removedThere }, left };
}

type Syncing = PurgeInput & { readonly cloud: Cloud };

const reading = ({ remote }: Cloud, { retry, signal }: Pick<PurgeInput, "retry" | "signal">) =>
  withRetry(remote, { ...retry, signal });

const isIn = async (cloud: Cloud, input: PurgeInput): Promise<boolean> =>
  (await readRef({ from: reading(cloud, input), repo: input.repo })) !== undefined;

/** Whatever other devices have pushed is purged with the rest. @param old is given the keys that the cloud's manifest names */
async function takeCloudIn(input: Syncing, old: Set<string>): Promise<void> {
  const { repo, local, cloud } = input;
  await pull({ ...input, ...cloud });
  const there = await readRef({ from: reading(cloud, input), repo });
  const manifest = there && (await catManifest({ from: local, repo, sha256: there.ref.manifest }));
  if (!there || !manifest) return;
  for (const key of await keysOf(manifest, repo)) old.add(key);
}

async function localIndex({
  local,
  repo,
}: Pick<PurgeInput, "local" | "repo">): Promise<{ here: StoredRef; manifest: Manifest }> {
  const here = await readRef({ from: local, repo });
  if (here === undefined)
    throw new RepobaseError("ref_not_found", `"${repo}" has no index of a commit here`, {
      hint: `uncommitted files are left out by a .repobaseignore file and: repobase index ${repo}`,
      fields: { repo },
    });
  const manifest = await catManifest({ from: local, repo, sha256: here.ref.manifest });
  if (manifest === undefined)
    throw new RepobaseError("corrupt_index", `the local index of "${repo}" lost its manifest`, { fields: { repo } });
  return { here, manifest };
}

async function moveLocalRef(
  input: PurgeInput,
  of: { readonly here: StoredRef; readonly manifest: Manifest; readonly purges: Purges; readonly inCloud: boolean },
): Promise<void> {
  const { local, repo } = input;
  const { here, manifest, purges } = of;
  const purged = await applyPurges({ ...input, manifest, purges, look: true });
  if (!input.undo) await askForSweep({ local, repo }, { cloud: of.inCloud });
  if (purged !== manifest) await showPurged(input, { here, purged });
}

type Left = PurgeResult["left"][number];

async function leftHere(input: PurgeInput): Promise<Left[]> {
  const { manifest } = await localIndex(input);
  const rows = await findPurged({ localDir: input.localDir, manifest, purges: manifest.purges });
  const packs = await purgedPacks(input.local, manifest);
  const keys = [...(await unnamedHere(input, manifest)), ...rows.map(({ path }) => path), ...packs];
  return keys.map((key) => ({ side: "local", key }));
}

/** Keys of search packs that hold what was purged although the table does not. */
async function purgedPacks(store: ObjectStore, manifest: Manifest): Promise<string[]> {
  const packs = await packsWith({ store, manifest, isUnwanted: purgedFilter(manifest.purges) });
  return packs.map((path) => objectKey(manifest.repo, path));
}

/** The cloud's index is whole, knows of the purge, and none of the objects that older ones were made of is there. */
async function leftThere(
  input: Syncing,
  of: { readonly old: ReadonlySet<string>; readonly purges: Purges },
): Promise<Left[]> {
  const { repo, local, signal } = input;
  const remote = reading(input.cloud, input);
  const there = await readRef({ from: remote, repo });
  const sha256 = there?.ref.manifest ?? "";
  const manifest =
    there &&
    ((await catManifest({ from: local, repo, sha256 })) ?? (await catManifest({ from: remote, repo, sha256 })));
  if (!manifest || !knowsPurges(manifest.purges, of.purges))
    return [{ side: "remote", key: manifestKey(repo, sha256) }];
  const named = new Set(await keysOf(manifest, repo));
  const left: string[] = [];
  for (const key of of.old) if (!named.has(key) && (await remote.head(key, { signal })) !== undefined) left.push(key);
  const { problems } = await verifyManifest({ store: remote, repo, signal });
  if (problems.length === 0) left.push(...(await purgedPacks(remote, manifest)));
  return [...left, ...problems.map(({ key }) => key)].map((key) => ({ side: "remote", key }));
}
