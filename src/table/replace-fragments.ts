/**
 * Writes the rows of whole fragments anew, in one step that everybody sees or nobody. Native LanceDB drops the fragments and
 * appends the rows in a scratch folder that holds nothing but the table's current version; then the new data files move into
 * the table, and the scratch table's version becomes the table's. Killed anywhere, the table is the old one or the new one; what
 * is left is a scratch folder or files that no version names (sweep-table.ts). The caller holds the repository's lock from
 * reading the version to the switch: whoever switched in between would be undone.
 */
import { copyFile, mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileDirectory } from "../bytes/file-source.ts";
import { moveFiles } from "../files/move-files.ts";
import { makeFolderFor, removeFolder } from "../files/replace-folder.ts";
import { writeFileAtomic } from "../files/write-file-atomic.ts";
import { type Fragment, LanceTable } from "../lance/table.ts";
import { RepobaseError } from "../protocol/errors.ts";
import type { NumberedBlock } from "./arrow-batch.ts";
import { keptRows } from "./kept-rows.ts";
import { newestVersion, REPLACED_VERSION, tableOnDisk } from "./lance-versions.ts";
import { blockBytes } from "./row-block.ts";
import { liveRows } from "./segments.ts";
import { type LanceVersion, setVersion, type TableFolder } from "./set-version.ts";
import { MAX_FLUSH_BYTES, TableWriter } from "./table-writer.ts";

export interface Replacing {
  /** Absolute path of the table. */
  readonly tableDir: string;
  /** Its version, the newest one in the folder. */
  readonly lance: LanceVersion;
  /** The same, opened for reading. */
  readonly table: LanceTable;
  /** Ids of fragments; the rows of one group are written to files of their own, in the order of the groups. */
  readonly groups: readonly (readonly number[])[];
  /** Rows of other files are left out. */
  readonly isWanted: (fileId: number) => boolean;
}

/** Data files that take the place of one group's, and the rows in them. Empty: nothing of it was wanted. */
export interface Rewritten {
  readonly files: readonly string[];
  readonly rows: number;
}

/** Written and checked, and not yet the table's. */
export interface StagedReplacement {
  /** Of each group. */
  readonly replaced: readonly Rewritten[];
  readonly lance: LanceVersion;
  /** Holds the scratch table. */
  readonly folder: string;
}

/** @throws RepobaseError `corrupt_index` when the table is not what its version says; and what writing a table throws */
export async function replaceFragments(of: Replacing): Promise<readonly Rewritten[]> {
  const staged = await stageReplacement(of);
  try {
    await placeFiles(staged, of.tableDir);
    await switchVersion({ tableDir: of.tableDir, before: of.lance, after: staged.lance });
    return staged.replaced;
  } finally {
    await removeFolder(staged.folder);
  }
}

/** The first half: nothing of the table changes. @throws as `replaceFragments` */
export async function stageReplacement(of: Replacing): Promise<StagedReplacement> {
  const folder = await makeFolderFor(of.tableDir);
  const scratch = join(folder, basename(of.tableDir));
  try {
    await setVersion(tableOnDisk(scratch), of.lance);
    await bringDeletions(of, scratch);
    const appends = await writeRows(of, scratch);
    const lance = await newestVersion(scratch);
    if (lance === null) throw notReplaced(scratch);
    return { replaced: checkReplaced(of, { scratch, lance, appends }), lance, folder };
  } catch (error) {
    await removeFolder(folder);
    throw error;
  }
}

/** The new data files take their places; no version names them yet. */
export async function placeFiles({ replaced, folder }: StagedReplacement, tableDir: string): Promise<void> {
  const [first, ...more] = replaced.flatMap(({ files }) => files);
  if (first === undefined) return;
  const made = [first, ...more].map((path) => join(folder, basename(tableDir), path));
  await moveFiles(made, join(tableDir, dirname(first)));
}

/**
 * The one step that shows. The version before is remembered: rows that no manifest names yet may be in it.
 * @param of.table its folder
 */
export async function switchVersion(of: {
  readonly tableDir: string;
  readonly before: LanceVersion;
  readonly after: LanceVersion;
  readonly table?: TableFolder;
}): Promise<void> {
  await writeFileAtomic(join(of.tableDir, REPLACED_VERSION), of.before.manifest);
  await setVersion(of.table ?? tableOnDisk(of.tableDir), of.after);
}

/** We delete no single rows; where a foreign program did, native code reads which before it drops the fragment. */
async function bringDeletions({ tableDir, table }: Replacing, scratch: string): Promise<void> {
  for (const { deletion } of table.fragments) {
    if (deletion === undefined) continue;
    await mkdir(join(scratch, dirname(deletion.path)), { recursive: true });
    await copyFile(join(tableDir, deletion.path), join(scratch, deletion.path));
  }
}

/** @returns of each group the rows of each append: one append is one fragment */
async function writeRows({ table, groups, isWanted }: Replacing, scratch: string): Promise<number[][]> {
  const writer = await TableWriter.open(scratch);
  if (writer === null) throw notReplaced(scratch);
  try {
    const gone = new Set(groups.flat());
    const rows = table.fragments.reduce((sum, fragment) => sum + (gone.has(fragment.id) ? liveRows(fragment) : 0), 0);
    if (gone.size > 0 && (await writer.dropFragments([...gone])) !== rows) throw notReplaced(scratch);
    const appends: number[][] = [];
    for (const fragments of groups) {
      const ofGroup: number[] = [];
      for await (const batch of batches(keptRows({ table, fragments, isWanted }))) {
        await writer.append(batch);
        ofGroup.push(batch.reduce((sum, { block }) => sum + block.rows, 0));
        // as after an append of new rows: a batch is dead now
        if (batch.reduce((sum, { block }) => sum + blockBytes(block), 0) >= MAX_FLUSH_BYTES / 4) Bun.gc(true);
      }
      appends.push(ofGroup);
    }
    return appends;
  } finally {
    writer.close();
  }
}

async function* batches(blocks: AsyncIterable<NumberedBlock>): AsyncGenerator<NumberedBlock[]> {
  let batch: NumberedBlock[] = [];
  let bytes = 0;
  for await (const part of blocks) {
    const size = blockBytes(part.block);
    if (batch.length > 0 && bytes + size > MAX_FLUSH_BYTES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(part);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

/** Native code says what it did, but its version alone tells what the table is now: all else as it was, and one fragment an append. */
function checkReplaced(
  { table, groups }: Replacing,
  of: { readonly scratch: string; readonly lance: LanceVersion; readonly appends: readonly (readonly number[])[] },
): Rewritten[] {
  const gone = new Set(groups.flat());
  const kept = table.fragments.filter(({ id }) => !gone.has(id));
  const after = LanceTable.open(fileDirectory(of.scratch), of.lance.manifest).fragments;
  const made = after.slice(kept.length);
  const isKept = kept.every((fragment, i) => JSON.stringify(fragment) === JSON.stringify(after[i]));
  const known = new Set(table.fragments.map(({ id }) => id));
  const appended = of.appends.flat();
  const isOurs = ({ id, rows, files, deletion }: Fragment, i: number) =>
    !known.has(id) && rows === appended[i] && files.length === 1 && deletion === undefined;
  if (!isKept || made.length !== appended.length || !made.every(isOurs)) throw notReplaced(of.scratch);
  let at = 0;
  return of.appends.map((ofGroup) => {
    const fragments = made.slice(at, (at += ofGroup.length));
    return {
      files: fragments.flatMap(({ files }) => files.map(({ path }) => path)),
      rows: ofGroup.reduce((a, b) => a + b, 0),
    };
  });
}

const notReplaced = (scratch: string) =>
  new RepobaseError("corrupt_index", `rows could not be written anew in "${scratch}": nothing has changed`);
