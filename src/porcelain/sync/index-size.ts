/** What an index takes on this machine, what of it nobody can see any more, and what a clean-up would free. */
import { catManifest } from "../../plumbing/cat-manifest.ts";
import { catObject } from "../../plumbing/cat-object.ts";
import { readRef } from "../../plumbing/read-ref.ts";
import { isRepobaseError } from "../../protocol/errors.ts";
import { snapshotKey } from "../../protocol/keys.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import { decodeSnapshot, visibleFiles } from "../../protocol/snapshot.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { openTableIn } from "../../table/open-table.ts";
import { rowsByFile } from "../../table/rows-by-file.ts";
import { describeHome } from "./collect-home.ts";

export interface IndexSize {
  /** Of all files of the index of commits. */
  readonly bytes: number;
  readonly rows: number;
  /** That no commit of the index sees: they go when their segment is merged. */
  readonly rowsUnseen: number;
  /** What `gc` would free. */
  readonly bytesUnneeded: number;
}

/** @returns null without an index of a commit, or where it is damaged, which is for `repair` to say */
export async function indexSize(of: {
  readonly local: ObjectStore;
  /** The folder that is `local`. */
  readonly localDir: string;
  readonly repo: string;
}): Promise<IndexSize | null> {
  const { local, repo } = of;
  try {
    const here = await readRef({ from: local, repo });
    const manifest = here && (await catManifest({ from: local, repo, sha256: here.ref.manifest }));
    if (!manifest) return null;
    const { stats, objects } = manifest;
    const [rowsUnseen, { unneeded }] = [await countUnseen(local, manifest), await describeHome(of)];
    const bytes = objects.reduce((sum, { size }) => sum + size, 0);
    return { bytes, rows: stats.rows, rowsUnseen, bytesUnneeded: unneeded.bytes };
  } catch (error) {
    if (isRepobaseError(error, "corrupt_index", "hash_mismatch", "missing_objects", "unsupported_format")) return null;
    throw error;
  }
}

async function countUnseen(local: ObjectStore, manifest: Manifest): Promise<number> {
  const { repo, tableId } = manifest;
  const unseen = await rowsByFile(openTableIn(manifest, local));
  for (const sha256 of new Set(Object.values(manifest.snapshots))) {
    const key = snapshotKey(repo, tableId, sha256);
    const visible = visibleFiles(decodeSnapshot(await catObject({ from: local, object: { key, sha256 } }), key));
    for (const fileId of unseen.keys()) if (visible.has(fileId)) unseen.delete(fileId);
    if (unseen.size === 0) break;
  }
  return unseen.values().reduce((sum, rows) => sum + rows, 0);
}
