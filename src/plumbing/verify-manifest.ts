/**
 * Promise S1, checked: the ref names a manifest that is whole, its heads have snapshots, and every object and snapshot is
 * there with the right size, and with `readData` the right bytes, search packs by their own checksums too. Reports everything wrong, not
 * only the first.
 */
import { isRepobaseError, RepobaseError } from "../protocol/errors.ts";
import { manifestKey, objectKey, refKey } from "../protocol/keys.ts";
import type { Manifest, PackRef } from "../protocol/manifest.ts";
import { checkPack } from "../pack/check-pack.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { catObject } from "./cat-object.ts";
import { catManifest } from "./cat-manifest.ts";
import { forEachParallel } from "./for-each-parallel.ts";
import { type IndexObject, indexObjectsOf } from "./index-object.ts";
import { readRef } from "./read-ref.ts";

export interface ManifestProblem {
  readonly key: string;
  /** `head`: a branch of the ref whose commit the manifest has no snapshot of. `pack`: a search pack that is none. */
  readonly kind: "missing" | "size" | "sha256" | "head" | "pack";
  readonly expected: string;
  readonly actual: string;
}

export interface Verification {
  readonly manifest: string;
  readonly checked: number;
  /** Bytes read and hashed; 0 without `readData`, but for snapshots, which are always read. */
  readonly bytesRead: number;
  /** In key order; empty: all is well. */
  readonly problems: readonly ManifestProblem[];
}

/**
 * @throws RepobaseError `repo_not_found` when the store has no such ref; `unsupported_format`, `corrupt_index` when ref or
 *   manifest say nothing that could be checked
 */
export async function verifyManifest(of: {
  readonly store: ObjectStore;
  readonly repo: string;
  readonly readData?: boolean;
  readonly onChecked?: (done: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}): Promise<Verification> {
  const { store, repo, signal } = of;
  const stored = await readRef({ from: store, repo });
  if (stored === undefined)
    throw new RepobaseError("repo_not_found", `no repository "${repo}" there`, { fields: { repo } });
  const { manifest: sha256, heads } = stored.ref;
  const problems: ManifestProblem[] = [];
  const manifest = await checkedManifest({ store, repo, sha256, problems });
  if (manifest === undefined) return { manifest: sha256, checked: 1, bytesRead: 0, problems };
  for (const [branch, commit] of Object.entries(heads)) {
    if (!Object.hasOwn(manifest.snapshots, commit))
      problems.push({ key: refKey(repo), kind: "head", expected: `${branch} ${commit}`, actual: "no snapshot" });
  }
  const items = indexObjectsOf(manifest, repo);
  const packs = new Map(segmentPacks(manifest).map((pack) => [objectKey(repo, pack.path), pack]));
  let bytesRead = 0;
  let done = 0;
  await forEachParallel({
    items,
    signal,
    bytesOf: (f) => (of.readData ? (f.size ?? 0) : 0),
    work: async (object) => {
      const { problem, bytes } = await checkObject({
        store,
        object,
        read: of.readData === true || object.size === undefined,
        pack: packs.get(object.key),
      });
      if (problem !== undefined) problems.push(problem);
      bytesRead += bytes;
      of.onChecked?.(++done, items.length);
    },
  });
  problems.sort((a, b) => (a.key < b.key ? -1 : 1));
  return { manifest: sha256, checked: items.length + 1, bytesRead, problems };
}

async function checkedManifest(of: {
  store: ObjectStore;
  repo: string;
  sha256: string;
  problems: ManifestProblem[];
}): Promise<Manifest | undefined> {
  const key = manifestKey(of.repo, of.sha256);
  try {
    const manifest = await catManifest({ from: of.store, repo: of.repo, sha256: of.sha256 });
    if (manifest === undefined) of.problems.push({ key, kind: "missing", expected: of.sha256, actual: "-" });
    return manifest;
  } catch (error) {
    if (isRepobaseError(error, "hash_mismatch")) of.problems.push(damageOf(error, { key, sha256: of.sha256 }));
    else if (isRepobaseError(error, "missing_objects"))
      of.problems.push({ key: String(error.fields.key), kind: "missing", expected: "a page of history", actual: "-" });
    else throw error;
    return undefined;
  }
}

/** Of the manifest itself, or of a page of its history. */
function damageOf({ fields }: RepobaseError, manifest: { key: string; sha256: string }): ManifestProblem {
  const { expected, actual } = fields as { expected?: { sha256?: string }; actual?: { sha256?: string } };
  return {
    key: String(fields.key ?? manifest.key),
    kind: "sha256",
    expected: expected?.sha256 ?? manifest.sha256,
    actual: String(fields.sha256 ?? actual?.sha256),
  };
}

async function checkObject(of: {
  store: ObjectStore;
  object: IndexObject;
  read: boolean;
  pack: PackRef | undefined;
}): Promise<{ problem?: ManifestProblem; bytes: number }> {
  const { key, sha256, size } = of.object;
  const info = await of.store.head(key);
  if (info === undefined) return { problem: { key, kind: "missing", expected: sha256, actual: "-" }, bytes: 0 };
  if (size !== undefined && info.size !== size)
    return { problem: { key, kind: "size", expected: String(size), actual: String(info.size) }, bytes: 0 };
  if (info.sha256 !== undefined && info.sha256 !== sha256)
    return { problem: { key, kind: "sha256", expected: sha256, actual: info.sha256 }, bytes: 0 };
  if (!of.read) return { bytes: 0 };
  try {
    const bytes = await catObject({ from: of.store, object: of.object });
    const why = of.pack && packTrouble(of.pack, bytes);
    return {
      bytes: bytes.length,
      ...(why !== undefined && { problem: { key, kind: "pack", expected: sha256, actual: why } }),
    };
  } catch (error) {
    if (!isRepobaseError(error, "hash_mismatch", "missing_objects")) throw error;
    const found = error.fields.actual as { sha256?: string } | undefined;
    return { problem: { key, kind: "sha256", expected: sha256, actual: found?.sha256 ?? "-" }, bytes: 0 };
  }
}

const segmentPacks = ({ segments = [] }: Manifest): PackRef[] => segments.flatMap(({ pack }) => pack ?? []);

/** What is wrong with a pack whose bytes are those that the manifest names; undefined: nothing. */
function packTrouble(pack: PackRef, bytes: Uint8Array): string | undefined {
  try {
    checkPack(pack, bytes);
    return undefined;
  } catch (error) {
    if (isRepobaseError(error, "corrupt_index", "unsupported_format")) return error.message;
    throw error;
  }
}
