/**
 * Takes file versions out of a native table, bytes and all. A native delete alone leaves the bytes where they are, so every
 * fragment that holds such a row is dropped whole and its other rows are written again, with the fileIds they had; the
 * full-text index, whose files list the words of all rows, is made anew. The old files stay until somebody sweeps them: a
 * reader of the old manifest is undisturbed, and a process that dies here leaves the old index as it was.
 */
import { join } from "node:path";
import { fragmentOf, LanceTable, rowAddress } from "../lance/table.ts";
import { fileDirectory } from "../bytes/file-source.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { indexPrefix } from "../protocol/keys.ts";
import type { Manifest } from "../protocol/manifest.ts";
import type { NumberedBlock } from "./arrow-batch.ts";
import { describeTable } from "./describe-table.ts";
import { newestVersion, tableOnDisk } from "./lance-versions.ts";
import { openTableAt } from "./open-table.ts";
import { blockBytes } from "./row-block.ts";
import { setVersion, versionIn } from "./set-version.ts";
import { type FileRows, readFileRows, readRows, splitFiles } from "./table-rows.ts";
import { MAX_FLUSH_BYTES, TableWriter } from "./table-writer.ts";

export interface FileVersion {
  readonly fileId: number;
  readonly path: string;
  /** git blob id. */
  readonly blob: string;
  readonly rows: number;
}

/** The file versions of a table that `isUnwanted` picks, by fileId. */
export async function findFiles(of: {
  readonly localDir: string;
  readonly manifest: Manifest;
  readonly isUnwanted: (file: { readonly path: string }) => boolean;
}): Promise<FileVersion[]> {
  const files = await readFileRows(openTableAt(of.manifest, of.localDir));
  return [...files.values()]
    .filter(of.isUnwanted)
    .map(({ fileId, path, blob, rows }) => ({ fileId, path, blob, rows: rows.length }));
}

/**
 * The caller holds the repository's lock.
 * @param of.localDir the folder that holds the manifest's objects
 * @returns the manifest of the table without those files, with no snapshots, and which fileIds are gone; undefined: it has none
 * @throws RepobaseError `corrupt_index` when the table is not what its manifest says; and what writing a table throws
 */
export async function removeFiles(of: {
  readonly localDir: string;
  readonly manifest: Manifest;
  readonly isUnwanted: (file: { readonly path: string }) => boolean;
}): Promise<{ readonly manifest: Manifest; readonly gone: ReadonlySet<number> } | undefined> {
  const { localDir, manifest, isUnwanted } = of;
  const { repo } = manifest;
  const indexDir = join(localDir, indexPrefix(repo));
  const tableDir = join(indexDir, manifest.table.name);
  const before = openTableAt(manifest, localDir);
  const files = [...(await readFileRows(before)).values()];
  const gone = new Set(files.filter(isUnwanted).map(({ fileId }) => fileId));
  if (gone.size === 0) return undefined;
  const { fragments, moved } = affected(files, gone);

  await setVersion(tableOnDisk(tableDir), versionIn(manifest));
  const writer = await TableWriter.open(tableDir);
  if (writer === null) throw new RepobaseError("corrupt_index", `"${tableDir}" is not a table of ours`);
  try {
    await writer.dropTextIndex();
    await writer.deleteRows([...fragments].map(wholeFragment).join(" or "));
    await appendNumbered(writer, { table: before, files: moved });
    await requireDropped(tableDir, { fragments, rows: liveRows(files, gone) });
    if (gone.size < files.length) await writer.indexText();
    const described = await describeTable({
      indexDir,
      repo,
      tableName: manifest.table.name,
      identity: writer.identity,
      previous: manifest,
      files: files.length - gone.size,
    });
    await setVersion(tableOnDisk(tableDir), versionIn(described));
    return { manifest: described, gone };
  } finally {
    writer.close();
  }
}

/** By address alone: native code then reads no data file, and drops the fragment from its list. */
const wholeFragment = (id: number) => `(_rowid >= ${rowAddress(id, 0)} and _rowid < ${rowAddress(id + 1, 0)})`;

const fragmentsOf = ({ rows }: FileRows): readonly number[] => rows.map(fragmentOf);

/** Which fragments go, and whose rows must be written again: files that lie in them, whole. */
function affected(files: readonly FileRows[], gone: ReadonlySet<number>) {
  const fragments = new Set(files.filter(({ fileId }) => gone.has(fileId)).flatMap(fragmentsOf));
  const moved: FileRows[] = [];
  // a file's rows are appended together, so they lie in one fragment; where they do not, all of them move
  for (let grew = true; grew;) {
    moved.length = 0;
    const size = fragments.size;
    for (const file of files) {
      const own = fragmentsOf(file);
      if (!own.some((id) => fragments.has(id))) continue;
      for (const id of own) fragments.add(id);
      if (!gone.has(file.fileId)) moved.push(file);
    }
    grew = fragments.size > size;
  }
  return { fragments, moved: moved.sort((a, b) => a.fileId - b.fileId) };
}

const liveRows = (files: readonly FileRows[], gone: ReadonlySet<number>): number =>
  files.reduce((sum, { fileId, rows }) => sum + (gone.has(fileId) ? 0 : rows.length), 0);

/** Unlike an append of new files, these keep their numbers, which have holes: each file is a block of its own. */
async function appendNumbered(
  writer: TableWriter,
  { table, files }: { readonly table: LanceTable; readonly files: readonly FileRows[] },
): Promise<void> {
  let parts: NumberedBlock[] = [];
  let bytes = 0;
  const flush = async () => {
    if (parts.length > 0) await writer.append(parts);
    parts = [];
    bytes = 0;
  };
  for (const run of splitFiles(files).flatMap(consecutive)) {
    const [first] = run;
    if (first === undefined) continue;
    const block = await readRows(table, run);
    if (bytes + blockBytes(block) > MAX_FLUSH_BYTES) await flush();
    parts.push({ block, firstFileId: first.fileId });
    bytes += blockBytes(block);
  }
  await flush();
}

/** Runs of files whose numbers follow each other. @param files by fileId */
function consecutive(files: readonly FileRows[]): FileRows[][] {
  const runs: FileRows[][] = [];
  for (const file of files) {
    const last = runs.at(-1);
    if (last?.at(-1)?.fileId === file.fileId - 1) last.push(file);
    else runs.push([file]);
  }
  return runs;
}

/** Native code counts what it deleted, but only its manifest tells that whole fragments went, and none of their bytes are kept. */
async function requireDropped(
  tableDir: string,
  of: { readonly fragments: ReadonlySet<number>; readonly rows: number },
): Promise<void> {
  const lance = await newestVersion(tableDir);
  const after = lance && LanceTable.open(fileDirectory(tableDir), lance.manifest);
  if (after === null || after.liveRows() !== of.rows || after.fragments.some(({ id }) => of.fragments.has(id)))
    throw new RepobaseError("corrupt_index", `rows of "${tableDir}" could not be taken out: nothing has changed`);
}
