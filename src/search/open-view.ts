/**
 * Opens one repository at one commit: ref -> manifest -> snapshot and table. The same for the home folder, `serve` and
 * the Worker, since all three keep the same keys. What is immutable is remembered in a ViewCache that the caller owns; the ref
 * is read each time, so an answer is never older than the last push.
 */
import { cachedAs } from "./cached-as.ts";
import type { ByteCache } from "../bytes/cache.ts";
import type { ByteDirectory } from "../bytes/byte-source.ts";
import { checkedDirectory, type CheckedOptions } from "../bytes/checked-directory.ts";
import { objectDirectory } from "../store/object-source.ts";
import { FtsIndex } from "../lance/fts-index.ts";
import { LanceTable } from "../lance/table.ts";
import { RepobaseError } from "../protocol/errors.ts";
import type { BitmapSet } from "../protocol/bitmap-set.ts";
import { isCommit } from "../protocol/ids.ts";
import { indexPrefix, manifestKey, snapshotKey } from "../protocol/keys.ts";
import { type Manifest, packsOf } from "../protocol/manifest.ts";
import type { Ref } from "../protocol/ref.ts";
import { decodeSnapshot, visibleFiles } from "../protocol/snapshot.ts";
import type { Snapshot } from "../protocol/snapshot.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { IndexView } from "./index-view.ts";
import { readManifest, readCurrentRef, requireHash } from "./current-ref.ts";
import type { CurrentRef } from "./current-ref.ts";
import { fileColumnBytes } from "./file-columns.ts";
import { findCommit } from "./find-commit.ts";
import { keptCodeBytes } from "./kept-codes.ts";
import { rememberPacks, seenPacks } from "./packs/remember-packs.ts";
import type { SearchTrace } from "./search-trace.ts";
import { ViewCache } from "./view-cache.ts";

export interface OpenedView extends IndexView {
  readonly ref: Ref;
  readonly manifest: Manifest;
  /** The branch asked for, or the default one; null when a commit was named. */
  readonly branch: string | null;
}

interface OpenTable {
  readonly table: LanceTable;
  readonly fts: FtsIndex | undefined;
}

export interface OpenViewOptions {
  /** A home, or a user's part of a bucket. */
  readonly store: ObjectStore;
  readonly repo: string;
  /** Branch, commit or unique prefix (>= 4) of one; null: the default branch. */
  readonly ref: string | null;
  readonly cache?: ViewCache;
  /** Whose store it is; two stores that share a cache must differ here. */
  readonly owner?: string | undefined;
  /** Of these reads, not of later ones through the view. */
  readonly signal?: AbortSignal | undefined;
  /** Of the search that the view is opened for; `store` is its store. */
  readonly trace?: SearchTrace | undefined;
}

/**
 * @throws RepobaseError `repo_not_found`, `ref_not_found`, `corrupt_index` when what the ref names is missing or broken,
 *   `unsupported_format` when it is newer than this program
 */
export async function openView(options: OpenViewOptions): Promise<OpenedView> {
  const [view] = await openCommits(options, [options.ref]);
  if (view === undefined) throw new Error("one view was asked for");
  return view;
}

/**
 * Several commits of one repository through one manifest, in the order asked.
 * @throws as `openView`
 */
export async function openCommits(
  options: Omit<OpenViewOptions, "ref">,
  refs: readonly (string | null)[],
): Promise<OpenedView[]> {
  const open = { ...options, cache: options.cache ?? cacheOfOne() };
  return withCurrentIndex(open, async (index) => {
    const views: OpenedView[] = [];
    // one after the other: the first leaves the open table to the next
    for (const ref of refs) views.push(await openAt(index, open, ref));
    return views;
  });
}

/** What a repository is at this moment. */
export interface CurrentManifest {
  readonly ref: Ref;
  readonly manifest: Manifest;
}

/**
 * Reads the ref and its manifest, and hands them to `use`; once more, when what they name turns out to be gone because the ref moved
 * meanwhile.
 * @throws as `openView`, and what `use` throws
 */
export async function withCurrentIndex<T>(
  options: Omit<OpenViewOptions, "ref">,
  use: (index: CurrentManifest) => Promise<T>,
): Promise<T> {
  const cache = options.cache ?? cacheOfOne();
  const attempt = async ({ ref }: CurrentRef) =>
    use({ ref, manifest: await rememberManifest({ ...options, cache, manifest: ref.manifest }) });
  const found = await requireRef(options);
  try {
    return await attempt(found);
  } catch (error) {
    // a push and a clean-up may have passed between the two reads; a second look at the ref tells that from damage
    if (!(error instanceof RepobaseError) || error.code !== "corrupt_index") throw error;
    const again = await requireRef(options);
    if (again.stored.etag === found.stored.etag) throw error;
    return attempt(again);
  }
}

async function requireRef({ store, repo, signal }: Omit<OpenViewOptions, "ref">): Promise<CurrentRef> {
  const found = await readCurrentRef(store, repo, { signal });
  if (!found) throw new RepobaseError("repo_not_found", `there is no index of "${repo}"`, { fields: { repo } });
  return found;
}

async function openAt(
  { ref, manifest }: CurrentManifest,
  options: Omit<OpenViewOptions, "ref">,
  name: string | null,
): Promise<OpenedView> {
  const { commit, branch, snapshot } = await findCommit({ ...options, ref, manifest }, name);
  const view = await openNamedView({ ...options, manifest: ref.manifest, snapshot, commit });
  return { ...view, branch, ref, manifest };
}

/**
 * The view of one snapshot through one manifest, both by name; `openView` finds the names through the ref.
 * @throws RepobaseError `corrupt_index` when one of them is missing or broken, `unsupported_format`
 */
export async function openNamedView(
  of: Omit<OpenViewOptions, "ref"> & { readonly manifest: string; readonly snapshot: string; readonly commit: string },
): Promise<IndexView> {
  const { store, repo, owner = "", commit, snapshot, signal, trace } = of;
  const cache = of.cache ?? cacheOfOne();
  const manifest = await rememberManifest({ store, repo, owner, cache, signal, manifest: of.manifest });
  const prefix = cache.prefixOf(owner);
  const name = `${prefix}${repo}\0`;
  const remember = (sha256: string, make: () => Promise<Uint32Array>) =>
    cache.remember(`checksums\0${name}${sha256}`, make, ({ byteLength }) => byteLength);
  const [visible, packs, { table, fts }] = await Promise.all([
    rememberSnapshot({ store, repo, owner, cache, signal, tableId: manifest.tableId, sha256: snapshot }),
    rememberPacks({ store, manifest, cache, name, prefix, signal, trace }),
    cache.remember(
      `table\0${name}${of.manifest}`,
      () => openTable({ store, manifest, prefix, bytes: cache.bytes, remember, signal }),
      heldBytesOf,
    ),
  ]);
  const { id: modelId, dim } = manifest.model;
  const commits = Object.keys(manifest.snapshots).filter(isCommit);
  const keeps = keepsCodes(table, dim, cache);
  const view = { repoId: repo, commit, commits, table, fts, visible, modelId, dim, keepsCodes: keeps };
  return packs === undefined ? view : { ...view, packs: await seenPacks(packs, { visible, snapshot, cache, name }) };
}

const heldBytesOf = ({ table, fts }: OpenTable): number =>
  table.heldBytes + fileColumnBytes(table) + keptCodeBytes(table) + (fts?.heldBytes ?? 0);

/** Of what a cache may hold, the codes of one table take an eighth at most: else they would drive out the table they belong to. */
const CODES_SHARE = 1 / 8;

function keepsCodes({ fragments }: LanceTable, dim: number, { maxHeldBytes }: ViewCache): boolean {
  const rows = fragments.reduce((sum, fragment) => sum + fragment.rows, 0);
  return (rows * dim) / 8 <= maxHeldBytes * CODES_SHARE;
}

/** The files that one commit sees. @throws RepobaseError `corrupt_index`, `unsupported_format` */
export function rememberSnapshot(
  of: Pick<OpenViewOptions, "store" | "repo" | "owner" | "signal"> & {
    readonly cache: ViewCache;
    readonly tableId: string;
    readonly sha256: string;
  },
): Promise<BitmapSet> {
  const { store, repo, owner = "", cache, signal, sha256 } = of;
  const key = snapshotKey(repo, of.tableId, sha256);
  const read = async () => visibleFiles(await readSnapshot({ store, key, sha256, signal }));
  return cache.remember(`snapshot\0${cache.prefixOf(owner)}${repo}\0${sha256}`, read, (set) => set.heldBytes);
}

function rememberManifest(
  of: Pick<OpenViewOptions, "store" | "repo" | "owner" | "signal"> & {
    readonly cache: ViewCache;
    readonly manifest: string;
  },
): Promise<Manifest> {
  const { store, repo, owner = "", cache, signal, manifest: sha256 } = of;
  const read = async () => {
    const manifest = await readManifest(store, { repo, sha256, signal });
    if (!manifest) throw lacks(manifestKey(repo, sha256));
    return manifest;
  };
  return cache.remember(`manifest\0${cache.prefixOf(owner)}${repo}\0${sha256}`, read, manifestBytes);
}

/** For one view that nobody else opens: it is gone with it. */
const cacheOfOne = () => new ViewCache({ maxRangeBytes: 0, maxHeldBytes: Number.POSITIVE_INFINITY });

/** About: its texts, and what an object of each costs. */
const manifestBytes = ({ table, objects, snapshots }: Manifest): number =>
  table.manifest.length +
  objects.reduce((sum, { crc32 = "" }) => sum + 400 + crc32.length, 0) +
  300 * Object.keys(snapshots).length;

async function readSnapshot(of: {
  store: ObjectStore;
  key: string;
  sha256: string;
  signal: AbortSignal | undefined;
}): Promise<Snapshot> {
  const { store, key, sha256, signal } = of;
  const found = await store.get(key, { signal });
  if (!found) throw lacks(key);
  await requireHash(found.bytes, { key, sha256 });
  return decodeSnapshot(found.bytes, key);
}

const lacks = (key: string) => new RepobaseError("corrupt_index", `the index lacks "${key}"`, { fields: { key } });

async function openTable(of: {
  store: ObjectStore;
  manifest: Manifest;
  prefix: string;
  bytes: ByteCache;
  remember: NonNullable<CheckedOptions["remember"]>;
  signal: AbortSignal | undefined;
}): Promise<OpenTable> {
  const { name, manifest: lance } = of.manifest.table;
  const files = objectDirectory(of.store, `${indexPrefix(of.manifest.repo)}${name}/`);
  const checked = checkedDirectory(files, {
    objects: of.manifest.objects,
    prefix: `${name}/`,
    unlisted: "refuse",
    remember: of.remember,
  });
  const directory: ByteDirectory = {
    open: (path, size) => cachedAs(of.prefix, checked.open(path, size), of.bytes),
  };
  const table = LanceTable.open(directory, decodeBase64(lance));
  // an index with packs is found in without it
  return {
    table,
    fts: packsOf(of.manifest) === undefined ? await FtsIndex.open(table, "terms", of.signal) : undefined,
  };
}

function decodeBase64(text: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(text);
  } catch (cause) {
    throw new RepobaseError("corrupt_index", "the manifest's table is not base64", { cause });
  }
}
