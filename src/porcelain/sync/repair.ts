/**
 * `repobase repair`: reads all that a repository's ref leads to, at home or in the cloud, puts right what is damaged or missing
 * from the other side, and looks again. At home, what nobody else has is made again: search packs from the rows, all else from the
 * source.
 */
import type { RepoConfig } from "../../home/config.ts";
import type { Home } from "../../home/home.ts";
import { catObject } from "../../plumbing/cat-object.ts";
import { forEachParallel } from "../../plumbing/for-each-parallel.ts";
import type { IndexObject } from "../../plumbing/index-object.ts";
import { type ManifestProblem, verifyManifest } from "../../plumbing/verify-manifest.ts";
import { isRepobaseError } from "../../protocol/errors.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import type { SyncProgress } from "./sync-common.ts";

export interface RepairInput {
  readonly home: Home;
  readonly repo: RepoConfig;
  /** The user's part of the bucket; undefined: there is none, or this repository must not leave the machine. */
  readonly remote: ObjectStore | undefined;
  readonly onProgress?: (step: SyncProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface RepairResult {
  readonly repoId: string;
  readonly side: "local" | "remote";
  /** Keys that were put right. */
  readonly repaired: readonly string[];
  /** What was made again from the rows or the source. */
  readonly remade: readonly string[];
  /** Commits that are no longer in the index. */
  readonly lostCommits: readonly string[];
  /** What is still wrong; empty: `verify-manifest --read-data` finds nothing. */
  readonly left: readonly ManifestProblem[];
}

/** Everything that is wrong with what a store's ref leads to. `readData`: by reading it, else by the hash that the store gives. */
export async function findProblems(
  input: RepairInput,
  of: { readonly store: ObjectStore; readonly readData: boolean },
): Promise<readonly ManifestProblem[]> {
  const { repo, signal } = input;
  const found = await verifyManifest({
    ...of,
    repo: repo.id,
    signal,
    onChecked: (done, total) => input.onProgress?.({ label: "checking", done, total, unit: "objects" }),
  });
  return found.problems;
}

/**
 * Puts the objects right from the other side.
 * @returns those for which it has no whole copy either
 */
export async function copyWhole(
  input: RepairInput,
  of: { readonly from: ObjectStore | undefined; readonly to: ObjectStore; readonly objects: readonly IndexObject[] },
): Promise<{ readonly repaired: string[]; readonly left: IndexObject[] }> {
  const repaired: string[] = [];
  const left: IndexObject[] = [];
  let done = 0;
  await forEachParallel({
    items: of.objects,
    signal: input.signal,
    bytesOf: ({ size = 0 }) => size,
    work: async (object) => {
      const bytes = of.from && (await wholeCopy(of.from, object));
      if (bytes === undefined) left.push(object);
      else {
        await of.to.put(object.key, bytes, { sha256: object.sha256, repair: true });
        repaired.push(object.key);
      }
      input.onProgress?.({ label: "repairing", done: ++done, total: of.objects.length, unit: "objects" });
    },
  });
  return { repaired: repaired.sort(), left };
}

async function wholeCopy(from: ObjectStore, object: IndexObject): Promise<Uint8Array | undefined> {
  try {
    return await catObject({ from, object });
  } catch (error) {
    if (isRepobaseError(error, "missing_objects", "hash_mismatch")) return undefined;
    throw error;
  }
}
