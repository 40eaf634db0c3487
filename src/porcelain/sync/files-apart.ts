/** How many file versions the branches of one side show that no branch of the other does, from snapshots that are here. */
import type { Manifest } from "../../protocol/manifest.ts";
import { isRepobaseError } from "../../protocol/errors.ts";
import { snapshotKey } from "../../protocol/keys.ts";
import type { Ref } from "../../protocol/ref.ts";
import { decodeSnapshot, visibleFiles } from "../../protocol/snapshot.ts";
import type { ObjectStore } from "../../store/object-store.ts";

interface Side {
  readonly ref: Ref;
  readonly manifest: Manifest;
}

/** @returns nulls when the two are different tables, whose numbers mean different files, or a snapshot is not here */
export async function filesApart(of: {
  readonly local: ObjectStore;
  readonly repo: string;
  readonly here: Side;
  readonly there: Side;
}): Promise<{ readonly filesAhead: number | null; readonly filesBehind: number | null }> {
  const { here, there } = of;
  const isSameTable = here.manifest.tableId === there.manifest.tableId;
  const [ours, theirs] = isSameTable ? [await shownBy(of, here), await shownBy(of, there)] : [];
  if (!ours || !theirs) return { filesAhead: null, filesBehind: null };
  return { filesAhead: ours.difference(theirs).size, filesBehind: theirs.difference(ours).size };
}

async function shownBy(
  { local, repo }: { local: ObjectStore; repo: string },
  { ref, manifest }: Side,
): Promise<Set<number> | undefined> {
  const shown = new Set<number>();
  for (const commit of new Set(Object.values(ref.heads))) {
    const sha256 = manifest.snapshots[commit];
    const key = sha256 === undefined ? undefined : snapshotKey(repo, manifest.tableId, sha256);
    const stored = key && (await local.get(key));
    if (!stored) return undefined;
    try {
      const snapshot = decodeSnapshot(stored.bytes, key);
      for (const id of visibleFiles(snapshot).values(snapshot.files)) shown.add(id);
    } catch (error) {
      if (isRepobaseError(error, "corrupt_index")) return undefined; // a damaged one is as good as none
      throw error;
    }
  }
  return shown;
}
