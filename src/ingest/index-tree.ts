/**
 * Brings a table up to date with a tree: only file versions the table does not hold are read, chunked, embedded and
 * appended; then the manifest and the snapshot that describe the result are returned. The caller stores them (manifest
 * and snapshot first, the ref last); until it does, readers see the old index. New rows are one more segment, or merged with
 * others; of these, rows that no snapshot sees any more are left out. Nothing new: nothing is written.
 * Killed at any point, the next run goes on from what was appended.
 */
import { logOf, withCommit } from "../protocol/history.ts";
import { encodeSnapshot, makeSnapshot } from "../protocol/snapshot.ts";
import { sha256Hex } from "../protocol/hash.ts";
import { type Manifest, packsOf } from "../protocol/manifest.ts";
import { skipByName } from "../source/select-file.ts";
import type { RedactedFile, SkippedFile } from "../source/source-tree.ts";
import { describeTable } from "../table/describe-table.ts";
import { keepsTextIndex, keepTextIndex } from "../table/keep-text-index.ts";
import { tableOnDisk } from "../table/lance-versions.ts";
import { settleSegments } from "../table/settle-segments.ts";
import { setVersion, versionIn } from "../table/set-version.ts";
import { type Added, addFiles } from "./add-files.ts";
import { findUnseen, keptSnapshots } from "./find-unseen.ts";
import { beginRun, lineageOf, type Run, timed } from "./index-run.ts";
import type { IndexTreeOptions, IndexTreeResult } from "./index-tree-contract.ts";

/**
 * One process at a time for each table: the caller holds the repository's lock.
 * @throws RepobaseError `interrupted`, `no_space`, `home_unwritable`, `corrupt_index` (the table's own files)
 */
export async function indexTree(options: IndexTreeOptions): Promise<IndexTreeResult> {
  const run = await beginRun(options);
  try {
    const added = await addFiles(run);
    for (const file of added.skipped) run.skipCache.add(file);
    const skipped = [...run.plan.skipped, ...added.skipped, ...options.tree.passedOver].sort((a, b) =>
      a.path < b.path ? -1 : 1,
    );
    const table = unchanged(run, added) ?? (await finishTable(run, added));
    await run.skipCache.save(skipped);
    const through = run.versions.nextFileId - 1;
    run.secrets.finish({ read: run.plan.fresh, redacted: added.redacted, tableId: table.tableId, through });
    await run.secrets.save();
    return {
      ...(await showTree(options, { table, fileIds: shownIds(run, added) })),
      newRows: added.rows,
      newFiles: added.fileIds.length,
      newBytes: added.bytes,
      embeddedChunks: added.rows,
      skipped,
      redacted: redactedIn(run),
      exposed: run.secrets.exposed,
      stillIndexed: stillIndexed(run, run.plan.skipped),
      stages: { ...run.stages },
    };
  } finally {
    run.session.close();
  }
}

/** What the tree's snapshot sees. */
const shownIds = ({ plan }: Run, added: Added): readonly number[] => [...plan.visible, ...added.fileIds];

function redactedIn({ options, secrets }: Run): RedactedFile[] {
  return options.tree.files.flatMap(({ path, blob }) => {
    const found = secrets.secretsOf({ path, blob });
    return found === undefined ? [] : [{ path, blob, secrets: found }];
  });
}

/** By name or ignore rule: a version that is skipped for its contents says nothing of the versions before it. */
function stillIndexed({ options, versions }: Run, skipped: readonly SkippedFile[]): string[] {
  const { tree, limits } = options;
  const byName = skipped.filter(({ path, reason }) => reason !== "purged" && skipByName(path, null, limits) !== null);
  const paths = [...(tree.ignored ?? []), ...byName.map(({ path }) => path)];
  return paths.filter((path) => versions.holdsPath(path)).sort();
}

/**
 * The table as the previous manifest has it, when nothing was added; null: that one does not describe this table, is of an older
 * program, or of another mind about the native full-text index.
 */
function unchanged({ base, options: { previous, nativeTextIndex } }: Run, added: Added): Manifest | null {
  if (base === null || base.ahead || added.rows > 0) return null;
  const lineage = lineageOf(previous, base);
  if (lineage === null || packsOf(lineage) === undefined) return null;
  return lineage.stats.rows === 0 || keepsTextIndex(lineage) === (nativeTextIndex ?? keepsTextIndex(lineage))
    ? lineage
    : null;
}

/** The manifest of the table as it is now, without this run's snapshot. */
async function finishTable(run: Run, added: Added): Promise<Manifest> {
  const { options, indexDir, tableDir, stages, versions, plan } = run;
  const { repo, tableName, previous, onProgress } = options;
  const files = plan.fresh.length;
  const counted = { filesDone: files, filesTotal: files, bytesDone: added.bytes, chunks: added.rows };
  // puts the base's version in its place, if it was not
  const writer = await run.session.writer();
  const lineage = lineageOf(previous, run.base);
  const settled = await timed(stages, "merge", () =>
    settleSegments({
      tableDir,
      previous: lineage,
      findUnseen: (fileIds) => findUnseen(run, { fileIds, shown: shownIds(run, added) }),
    }),
  );
  if (settled.merged) await writer.refresh();
  versions.drop(settled.leftOut);
  await timed(stages, "textIndex", async () => {
    if (!(options.nativeTextIndex ?? keepsTextIndex(lineage))) return writer.dropTextIndex();
    onProgress?.({ phase: "text-index", ...counted });
    return keepTextIndex({ tableDir, writer, known: previous?.objects ?? [] });
  });
  onProgress?.({ phase: "finish", ...counted });
  const table = await timed(stages, "describe", () =>
    describeTable({
      indexDir,
      repo,
      tableName,
      identity: writer.identity,
      previous,
      purges: options.purges,
      files: versions.count,
      segments: settled.segments,
      nextFileId: versions.nextFileId,
    }),
  );
  await setVersion(tableOnDisk(tableDir), versionIn(table));
  return table;
}

/** The snapshot of the tree, and the manifest with it. */
async function showTree(
  options: IndexTreeOptions,
  { table, fileIds }: { readonly table: Manifest; readonly fileIds: readonly number[] },
): Promise<Pick<IndexTreeResult, "manifest" | "snapshot" | "snapshotSha256" | "changed">> {
  const { repo, previous, tree } = options;
  const snapshot = makeSnapshot({ repo, tableId: table.tableId, commit: tree.commit, fileIds });
  const snapshotSha256 = await sha256Hex(encodeSnapshot(snapshot));
  const changed = table !== previous || previous.snapshots[tree.commit] !== snapshotSha256;
  const kept = keptSnapshots(options, table);
  const snapshots = { ...kept, [tree.commit]: snapshotSha256 };
  const before = logOf({ log: lineageOf(previous, table)?.log ?? [], snapshots: kept });
  const { commit, branch } = tree;
  const log = withCommit(before, { commit, ...(branch !== null && { branch }) });
  return { manifest: changed ? { ...table, snapshots, log } : table, snapshot, snapshotSha256, changed };
}
