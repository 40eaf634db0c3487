/**
 * Two devices added rows to one table: the remote's came first, so ours are put on top of it. What only we have (file
 * versions that our snapshots see and the remote's table lacks) is read from our old table and appended to the remote's with new
 * fileIds; our snapshots are rewritten to them. What either side purged is left out. Nothing is embedded again, and no ref is moved here: until the caller
 * moves it, readers see the old index.
 */
import { FileVersions } from "../../table/file-versions.ts";
import type { RowBlock } from "../../table/row-block.ts";
import { type LanceTable, openTableIn } from "../../table/open-table.ts";
import { catObject } from "../../plumbing/cat-object.ts";
import { setVersionOf } from "../../table/set-version.ts";
import { logOf } from "../../protocol/history.ts";
import { joinPurges } from "../../protocol/purges.ts";
import { applyPurges, purgedFilter } from "./apply-purges.ts";
import { writeManifest } from "../../plumbing/write-manifest.ts";
import { writeSnapshot } from "../../plumbing/write-snapshot.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { snapshotKey } from "../../protocol/keys.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import { decodeSnapshot, makeSnapshot, visibleFileIds } from "../../protocol/snapshot.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { appendRows } from "../../table/append-rows.ts";
import { type FileRows, readFileRows, readRows, splitFiles } from "../../table/table-rows.ts";

export interface Rebased {
  readonly manifest: Manifest;
  readonly sha256: string;
  /** File versions that were appended. */
  readonly filesAppended: number;
}

/**
 * @param of.localDir the folder that is `local`
 * @param of.theirs a manifest whose objects are all in `local` already
 * @throws RepobaseError `corrupt_index` when a snapshot sees a file its table does not have; and what writing a table throws
 */
export async function rebaseTable(of: {
  readonly local: ObjectStore;
  readonly localDir: string;
  readonly ours: Manifest;
  readonly theirs: Manifest;
}): Promise<Rebased> {
  const { local, localDir, ours } = of;
  const purges = joinPurges(ours.purges, of.theirs.purges);
  const isPurged = purgedFilter(purges);
  const theirs = await applyPurges({ local, localDir, manifest: of.theirs, purges });
  const { repo, tableId } = theirs;
  const oldTable = openTableIn(ours, local);
  const oldFiles = await readFileRows(oldTable);
  const known = await FileVersions.of(openTableIn(theirs, local));
  const commits = Object.keys(ours.snapshots).filter((commit) => !Object.hasOwn(theirs.snapshots, commit));

  const seen = new Map<string, readonly FileRows[]>();
  for (const commit of commits)
    seen.set(
      commit,
      (await visibleFiles({ local, manifest: ours, commit, files: oldFiles })).filter((file) => !isPurged(file)),
    );
  const lacking = new Set([...seen.values()].flat().filter((file) => known.idOf(file) === undefined));
  const added = [...lacking].sort((a, b) => a.fileId - b.fileId);

  let table = theirs;
  if (added.length === 0) await setVersionOf(theirs, local);
  else {
    const appended = await appendRows({
      localDir,
      manifest: theirs,
      blocks: readBlocks(oldTable, added),
      // snapshots of ours that are about may name what the same table was never pushed with
      nextFileId: ours.tableId === tableId ? ours.nextFileId : undefined,
    });
    added.forEach((file, i) => known.add(file, appended.fileIds[i] as number));
    table = appended.manifest;
  }
  const snapshots: Record<string, string> = { ...theirs.snapshots };
  for (const [commit, visible] of seen) {
    const fileIds = visible.map((file) => known.idOf(file) as number);
    snapshots[commit] = await writeSnapshot({ to: local, snapshot: makeSnapshot({ repo, tableId, commit, fileIds }) });
  }
  const log = [...logOf(theirs), ...logOf(ours).filter(({ commit }) => seen.has(commit))];
  const manifest: Manifest = { ...table, snapshots, log };
  return { manifest, sha256: await writeManifest({ to: local, repo, manifest }), filesAppended: added.length };
}

async function* readBlocks(table: LanceTable, files: readonly FileRows[]): AsyncIterable<RowBlock> {
  for (const part of splitFiles(files)) yield await readRows(table, part);
}

async function visibleFiles(of: {
  readonly local: ObjectStore;
  readonly manifest: Manifest;
  readonly commit: string;
  readonly files: ReadonlyMap<number, FileRows>;
}): Promise<FileRows[]> {
  const { repo, tableId, snapshots } = of.manifest;
  const sha256 = snapshots[of.commit] as string;
  const key = snapshotKey(repo, tableId, sha256);
  const bytes = await catObject({ from: of.local, object: { key, sha256 } });
  return Array.from(visibleFileIds(decodeSnapshot(bytes, key), of.files.size), (id) => {
    const file = of.files.get(id);
    if (file === undefined)
      throw new RepobaseError(
        "corrupt_index",
        `the snapshot of ${of.commit} sees file ${id}, which the table of "${repo}" lacks`,
      );
    return file;
  });
}
