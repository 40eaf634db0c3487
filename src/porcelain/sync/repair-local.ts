/**
 * `repobase repair`: this machine's copy. Ref and manifest first, then what they name; from the cloud where it has it. What nobody has
 * is made again: rows from the source, in a new table.
 */
import { rm } from "node:fs/promises";
import { indexObjectsOf } from "../../plumbing/index-object.ts";
import { nextRef } from "../../plumbing/merge-ref.ts";
import { readRef } from "../../plumbing/read-ref.ts";
import { writeManifest } from "../../plumbing/write-manifest.ts";
import { isRepobaseError } from "../../protocol/errors.ts";
import { SHARED_TABLE, WORKTREE_TABLE } from "../../protocol/ids.ts";
import { sha256Hex } from "../../protocol/hash.ts";
import { indexPrefix, manifestPrefix, objectKey, refKey, snapshotKey, worktreeKey } from "../../protocol/keys.ts";
import { encodeManifest, type Manifest } from "../../protocol/manifest.ts";
import { joinPurges, knowsPurges, type Purges } from "../../protocol/purges.ts";
import { encodeRef, type Ref } from "../../protocol/ref.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { refSource } from "../indexing/publish-index.ts";
import { dropWorktrees, readWorktreeRef } from "../folder/worktree-ref.ts";
import { copyWhole, findProblems, type RepairInput, type RepairResult } from "./repair.ts";
import { findManifest, localManifest } from "./sync-common.ts";

/** The caller holds the repository's lock. @throws what the stores throw, and what indexing throws */
export async function repairLocal(input: RepairInput): Promise<RepairResult> {
  const { home, repo } = input;
  const { store } = home;
  const state: State = { repaired: [], remade: [], lostCommits: [] };
  // the last run's answer is of the index as it was
  await rm(home.path("cache", repo.id), { recursive: true, force: true });
  const manifest = await findIndex(input, state);
  if (manifest) await mendObjects(input, manifest, state);
  if (await isWorktreeDamaged(store, repo.id)) {
    await dropWorktrees(home, repo.id);
    await rm(home.path("index", repo.id, WORKTREE_TABLE), { recursive: true, force: true });
    state.remade.push(worktreeKey(repo.id));
    await indexAgain(input);
  }
  const isThere = (await store.head(refKey(repo.id))) !== undefined;
  const left = isThere ? await findProblems(input, { store, readData: true }) : [];
  return { repoId: repo.id, side: "local", ...state, left };
}

interface State {
  readonly repaired: string[];
  readonly remade: string[];
  lostCommits: readonly string[];
}

/** The manifest to go by, with a ref that names it; undefined: there was none to be found, and the source was indexed anew. */
async function findIndex(input: RepairInput, state: State): Promise<Manifest | undefined> {
  const { home, repo, remote } = input;
  const { store } = home;
  const key = refKey(repo.id);
  const ref = await readIfWhole(store, repo.id);
  if (typeof ref !== "string") {
    const of = { local: store, repo: repo.id, sha256: ref.manifest };
    const here = await localManifest(of);
    if (here) return here;
    const there = remote && (await ignoringDamage(findManifest({ ...of, remote })));
    if (there) {
      await writeManifest({ to: store, repo: repo.id, manifest: there });
      state.repaired.push(`${manifestPrefix(repo.id)}${ref.manifest}.json`);
      return there;
    }
  }
  const theirs = remote && (await ignoringDamage(readRef({ from: remote, repo: repo.id })));
  const manifest = (await newestManifest(store, repo.id)) ?? (await cloudManifest(input));
  if (manifest) {
    const known = typeof ref === "string" ? theirs?.ref : ref;
    await pointRefAt(input, { manifest, known });
    state.repaired.push(key);
    return manifest;
  }
  // a folder that is no git repository has no ref
  if (ref === "damaged") await indexFromNothing(input, state);
  return undefined;
}

/** What the cloud's ref names; undefined: there is none that can be read. */
async function cloudManifest({ home, repo, remote }: RepairInput): Promise<Manifest | undefined> {
  if (remote === undefined) return undefined;
  const theirs = await ignoringDamage(readRef({ from: remote, repo: repo.id }));
  if (theirs === undefined) return undefined;
  return ignoringDamage(findManifest({ local: home.store, remote, repo: repo.id, sha256: theirs.ref.manifest }));
}

/**
 * Of the whole manifests here, those whose files are all here before others (an older state's are swept), then the one of the
 * latest version of the shared table; of two, the one that knows of more purges.
 */
async function newestManifest(store: ObjectStore, repo: string): Promise<Manifest | undefined> {
  let newest: { readonly manifest: Manifest; readonly isWhole: boolean } | undefined;
  for await (const { key } of store.list(manifestPrefix(repo))) {
    const sha256 = key.slice(manifestPrefix(repo).length, -".json".length);
    const manifest = await ignoringDamage(localManifest({ local: store, repo, sha256 }));
    if (manifest?.table.name !== SHARED_TABLE) continue;
    const isWhole = await hasAllFiles(store, manifest);
    const isNewer =
      newest === undefined || (isWhole === newest.isWhole ? isNewerThan(manifest, newest.manifest) : isWhole);
    if (isNewer) newest = { manifest, isWhole };
  }
  return newest?.manifest;
}

function isNewerThan(one: Manifest, other: Manifest): boolean {
  if (one.table.version !== other.table.version) return one.table.version > other.table.version;
  return (
    Object.keys(one.snapshots).length > Object.keys(other.snapshots).length || !knowsPurges(other.purges, one.purges)
  );
}

async function hasAllFiles(store: ObjectStore, { repo, objects }: Manifest): Promise<boolean> {
  for (const { path } of objects) if ((await store.head(objectKey(repo, path))) === undefined) return false;
  return true;
}

/** @param of.known a ref whose branches are worth keeping: those whose commits the manifest has */
async function pointRefAt(
  { home, repo }: RepairInput,
  of: { readonly manifest: Manifest; readonly known: Ref | undefined },
): Promise<void> {
  const { manifest, known } = of;
  const has = (commit: string | undefined) => commit !== undefined && Object.hasOwn(manifest.snapshots, commit);
  const kept = Object.entries(known?.heads ?? {}).filter(([, commit]) => has(commit));
  const [anyCommit = ""] = Object.keys(manifest.snapshots);
  const indexed = repo.lastIndexedCommit ?? undefined;
  const commit = has(indexed) ? (indexed ?? "") : anyCommit;
  const heads = kept.length > 0 ? Object.fromEntries(kept) : { [known?.default ?? repo.branch ?? "main"]: commit };
  const branch = known && Object.hasOwn(heads, known.default) ? known.default : (Object.keys(heads)[0] ?? "");
  const source = known?.source ?? refSource(repo);
  const sha256 = await writeManifest({ to: home.store, repo: repo.id, manifest });
  const ref = nextRef({
    shown: { heads, default: branch, source },
    manifest: sha256,
    before: known,
    device: home.config().device,
    now: Date.now(),
  });
  await home.store.put(refKey(repo.id), encodeRef(ref));
}

async function mendObjects(input: RepairInput, manifest: Manifest, state: State): Promise<void> {
  const { home, repo, remote } = input;
  const { store } = home;
  const problems = new Map((await findProblems(input, { store, readData: true })).map(({ key, kind }) => [key, kind]));
  const objects = indexObjectsOf(manifest, repo.id).filter(({ key }) => problems.has(key));
  // a pack with the right bytes that is none is the same everywhere
  const isUnsound = ({ key }: { readonly key: string }) => problems.get(key) === "pack";
  const copied = await copyWhole(input, { from: remote, to: store, objects: objects.filter((one) => !isUnsound(one)) });
  const left = [...copied.left, ...objects.filter(isUnsound)];
  state.repaired.push(...copied.repaired);
  if (left.length === 0) return;
  const { isDerived, remakeDerived } = await import("../../table/remake-derived.ts");
  if (left.every(({ key }) => isDerived(key))) {
    const lost = left.map(({ key }) => key.slice(indexPrefix(repo.id).length));
    const remade = await remakeDerived({ localDir: home.dir, manifest, lost });
    const stored = await readRef({ from: store, repo: repo.id });
    const isOther = stored?.ref.manifest !== (await sha256Hex(encodeManifest(remade)));
    if (isOther) await pointRefAt(input, { manifest: remade, known: stored?.ref });
    state.remade.push(...left.map(({ key }) => key));
    return;
  }
  await indexFromNothing(input, state, manifest);
  state.remade.push(...left.map(({ key }) => key));
}

/** A new table, of the source alone. Without a source nothing is touched: what is left of the index may still be of use. */
async function indexFromNothing(input: RepairInput, state: State, before?: Manifest): Promise<void> {
  const { home, repo } = input;
  if (repo.source.kind === "none" && repo.source.url === null) return;
  // what was purged has no rows in the new table either
  const purges = joinPurges(before?.purges, (await cloudManifest(input))?.purges);
  await home.store.delete(refKey(repo.id));
  await dropWorktrees(home, repo.id);
  for (const table of [SHARED_TABLE, WORKTREE_TABLE])
    await rm(home.path("index", repo.id, table), { recursive: true, force: true });
  await indexAgain(input, purges);
  const now = await readIfWhole(home.store, repo.id);
  const manifest =
    typeof now === "string"
      ? undefined
      : await localManifest({ local: home.store, repo: repo.id, sha256: now.manifest });
  state.lostCommits = Object.keys(before?.snapshots ?? {}).filter(
    (commit) => !Object.hasOwn(manifest?.snapshots ?? {}, commit),
  );
}

async function indexAgain({ home, repo, signal }: RepairInput, purges?: Purges): Promise<void> {
  const { indexLocked } = await import("../indexing/index-locked.ts");
  await indexLocked({ home, repo, model: null, maxFileBytes: null, signal }, { runName: undefined, purges });
}

async function readIfWhole(store: ObjectStore, repo: string): Promise<Ref | "absent" | "damaged"> {
  try {
    return (await readRef({ from: store, repo }))?.ref ?? "absent";
  } catch (error) {
    if (isRepobaseError(error, "corrupt_index")) return "damaged";
    throw error;
  }
}

/** undefined where it is damaged, or there is none. */
async function ignoringDamage<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isRepobaseError(error, "corrupt_index", "hash_mismatch", "missing_objects")) return undefined;
    throw error;
  }
}

/** The uncommitted files' table and all that its ref leads to. */
async function isWorktreeDamaged(store: ObjectStore, repo: string): Promise<boolean> {
  const ref = await readWorktreeRef(store, { id: repo }).catch((error: unknown) => {
    // a damaged number may pass for a newer format; it is made again in any case
    if (isRepobaseError(error, "corrupt_index", "unsupported_format")) return undefined;
    throw error;
  });
  if (ref === undefined) return (await store.head(worktreeKey(repo))) !== undefined;
  const overlay = await localManifest({ local: store, repo, sha256: ref.overlay.manifest });
  if (overlay === undefined) return true;
  const base = ref.base && (await localManifest({ local: store, repo, sha256: ref.base.manifest }));
  const snapshots = [{ tableId: overlay.tableId, sha256: ref.overlay.snapshot }];
  if (ref.base) snapshots.push({ tableId: ref.base.tableId, sha256: ref.base.snapshot });
  const objects = [
    ...overlay.objects.map(({ path, size, sha256 }) => ({ key: objectKey(repo, path), size, sha256 })),
    ...snapshots.map(({ tableId, sha256 }) => ({ key: snapshotKey(repo, tableId, sha256), sha256 })),
  ];
  if (ref.base && !base) return true;
  const { catObject } = await import("../../plumbing/cat-object.ts");
  for (const object of objects) {
    const whole = await catObject({ from: store, object }).catch((error: unknown) => {
      if (isRepobaseError(error, "missing_objects", "hash_mismatch")) return undefined;
      throw error;
    });
    if (whole === undefined) return true;
  }
  return false;
}
