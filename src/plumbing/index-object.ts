/**
 * Index objects: the immutable, hash-named things a manifest is made of (the table's objects and the snapshots), each known
 * by its key, which is the same at home and in the bucket. Every manifest that is about to be sent or taken passes
 * `indexObjectsOf`, which is where uncommitted work (its own table, its own manifest) is refused by construction.
 */
import { RepobaseError } from "../protocol/errors.ts";
import { isCommit, SHARED_TABLE } from "../protocol/ids.ts";
import {
  LANCE_VERSIONS,
  checkObjectPath,
  checkSha256,
  checkTableId,
  manifestKey,
  objectKey,
  snapshotKey,
} from "../protocol/keys.ts";
import { sealManifest } from "../protocol/history.ts";
import type { Manifest, Segment } from "../protocol/manifest.ts";

export interface IndexObject {
  /** Below the home folder or the user's prefix: `index/…` or `snapshots/…`. */
  readonly key: string;
  /** Hex. */
  readonly sha256: string;
  /** Bytes; a manifest does not say it for snapshots. */
  readonly size?: number;
}

/**
 * Objects, largest first so that the last transfers are short ones, then snapshots.
 * @throws RepobaseError `corrupt_index` for a manifest that is not `repo`'s, names another table than the shared one, or a
 *   path or snapshot that does not belong in it
 */
export function indexObjectsOf(manifest: Manifest, repo: string): IndexObject[] {
  const bad = (why: string, cause?: unknown) =>
    new RepobaseError("corrupt_index", `manifest of "${repo}" ${why}`, { cause, fields: { repo } });
  if (manifest.repo !== repo) throw bad(`is of ${JSON.stringify(manifest.repo)}`);
  if (manifest.table.name !== SHARED_TABLE) throw bad(`is of the table ${JSON.stringify(manifest.table.name)}`);
  try {
    checkTableId(manifest.tableId);
    const objects = manifest.objects.map(({ path, size, sha256 }) => {
      checkObjectPath(path);
      const [table, room] = path.split("/");
      if (table !== SHARED_TABLE || room === LANCE_VERSIONS) throw bad(`has a foreign object ${JSON.stringify(path)}`);
      return { key: objectKey(repo, path), sha256: checkSha256(sha256), size };
    });
    if (manifest.segments && !areSegments(manifest.segments, manifest.objects))
      throw bad("has segments that are not its data files, each once");
    const snapshots = Object.entries(manifest.snapshots).map(([commit, sha256]) => {
      if (!isCommit(commit)) throw bad(`has a snapshot of ${JSON.stringify(commit)}, which is no commit`);
      return { key: snapshotKey(repo, manifest.tableId, sha256), sha256 };
    });
    const bySize = (a: IndexObject & { size: number }, b: IndexObject & { size: number }) =>
      b.size - a.size || order(a.key, b.key);
    return [...objects.sort(bySize), ...snapshots.sort((a, b) => order(a.key, b.key))];
  } catch (error) {
    if (error instanceof RepobaseError && error.code === "corrupt_index") throw error;
    throw bad("names something that is not allowed", error);
  }
}

function areSegments(segments: readonly Segment[], objects: Manifest["objects"]): boolean {
  const data = `${SHARED_TABLE}/data/`;
  const files = segments.flatMap((segment) => segment.files.map((file) => `${SHARED_TABLE}/${file}`));
  const named = objects.filter(({ path }) => path.startsWith(data)).map(({ path }) => path);
  return files.sort().join(" ") === named.sort().join(" ");
}

/** Of all that a whole manifest is: itself, the pages of its history, objects and snapshots. @throws as `indexObjectsOf` */
export async function keysOf(manifest: Manifest, repo: string): Promise<readonly string[]> {
  const { sha256, pages } = await sealManifest(manifest);
  return [
    manifestKey(repo, sha256),
    ...pages.map((page) => snapshotKey(repo, manifest.tableId, page.sha256)),
    ...indexObjectsOf(manifest, repo).map(({ key }) => key),
  ];
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
