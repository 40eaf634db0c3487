/**
 * Drops whole fragments of a native table and writes those of their rows that stay once more, with the fileIds they had. The old
 * files lie where they are until somebody sweeps them: a reader of the old manifest is undisturbed, and a process that dies here
 * leaves the old index as it was.
 */
import { join } from "node:path";
import { fileDirectory } from "../bytes/file-source.ts";
import { LanceTable, rowAddress } from "../lance/table.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { indexPrefix } from "../protocol/keys.ts";
import type { Manifest } from "../protocol/manifest.ts";
import type { NumberedBlock } from "./arrow-batch.ts";
import { describeTable } from "./describe-table.ts";
import { newestVersion, tableOnDisk } from "./lance-versions.ts";
import { openTableAt } from "./open-table.ts";
import { blockBytes } from "./row-block.ts";
import { setVersion, versionIn } from "./set-version.ts";
import { type FileRows, readRows, splitFiles } from "./table-rows.ts";
import { MAX_FLUSH_BYTES, TableWriter } from "./table-writer.ts";

/**
 * The caller holds the repository's lock.
 * @param of.localDir the folder that holds the manifest's objects
 * @param of.moved files of the dropped fragments that stay, by fileId
 * @param of.rows live rows afterwards
 * @param of.files file versions afterwards
 * @param of.textIndex `anew`: it covers one of the fragments, or tells words of rows that must be forgotten
 * @returns the manifest of the table, with no snapshots
 * @throws RepobaseError `corrupt_index` when the table is not what its manifest says; and what writing a table throws
 */
export async function rewriteFragments(of: {
  readonly localDir: string;
  readonly manifest: Manifest;
  readonly fragments: ReadonlySet<number>;
  readonly moved: readonly FileRows[];
  readonly rows: number;
  readonly files: number;
  readonly textIndex: "anew" | "kept";
}): Promise<Manifest> {
  const { localDir, manifest, fragments, moved, rows, files, textIndex } = of;
  const { repo } = manifest;
  const indexDir = join(localDir, indexPrefix(repo));
  const tableDir = join(indexDir, manifest.table.name);
  await setVersion(tableOnDisk(tableDir), versionIn(manifest));
  const writer = await TableWriter.open(tableDir);
  if (writer === null) throw new RepobaseError("corrupt_index", `"${tableDir}" is not a table of ours`);
  try {
    if (textIndex === "anew") await writer.dropTextIndex();
    await writer.deleteRows([...fragments].map(wholeFragment).join(" or "));
    await appendNumbered(writer, { table: openTableAt(manifest, localDir), files: moved });
    await requireDropped(tableDir, { fragments, rows });
    if (textIndex === "anew" && rows > 0) await writer.indexText();
    const described = await describeTable({
      indexDir,
      repo,
      tableName: manifest.table.name,
      identity: writer.identity,
      previous: manifest,
      files,
    });
    await setVersion(tableOnDisk(tableDir), versionIn(described));
    return described;
  } finally {
    writer.close();
  }
}

/** By address alone: native code then reads no data file, and drops the fragment from its list. */
const wholeFragment = (id: number) => `(_rowid >= ${rowAddress(id, 0)} and _rowid < ${rowAddress(id + 1, 0)})`;

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
