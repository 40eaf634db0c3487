/**
 * Which table state new rows go on top of. The native table on disk may be what the manifest says, ahead of it (a run
 * was killed between appending and storing its manifest: its rows are complete, and are used), ahead and merged (killed later: it
 * is put back to what was merged), or of another history (after a pull, or an abandoned run: it is put back to the manifest's).
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ByteDirectory } from "../bytes/byte-source.ts";
import { fileDirectory } from "../bytes/file-source.ts";
import { sameBytes } from "../bytes/same-bytes.ts";
import { LanceTable } from "../lance/table.ts";
import { isRepobaseError } from "../protocol/errors.ts";
import type { Manifest } from "../protocol/manifest.ts";
import { checkedFiles } from "./open-table.ts";
import { newestVersion, replacedVersion, tableOnDisk } from "./lance-versions.ts";
import { type LanceVersion, setVersion, versionIn } from "./set-version.ts";
import type { TableIdentity } from "./table-schema.ts";
import { TableWriter } from "./table-writer.ts";

export interface TableBase {
  readonly tableId: string;
  readonly lance: LanceVersion;
  readonly table: LanceTable;
  /** Holds rows no manifest names yet. */
  readonly ahead: boolean;
}

/**
 * null: there is nothing to build on (no table, or one of another model or chunker), a new table is due.
 * Reads only; native code is loaded only when the table on disk is not the manifest's.
 */
export async function findBase(of: {
  readonly tableDir: string;
  readonly previous: Manifest | null;
  readonly wanted: Omit<TableIdentity, "tableId">;
}): Promise<TableBase | null> {
  const { tableDir, previous, wanted } = of;
  const files = fileDirectory(tableDir);
  const directory = previous === null ? files : checkedFiles(previous, files, "pass");
  const onDisk = await newestVersion(tableDir);
  const usable = previous !== null && isWanted(previous, wanted);
  const before: TableBase | null = usable ? baseOf(previous, directory) : null;
  if (onDisk === null || (before !== null && sameBytes(onDisk.manifest, before.lance.manifest))) return before;

  const found = await identify(tableDir);
  const table = found && LanceTable.open(directory, onDisk.manifest);
  if (found === null || table === null || !sameMaking(found, wanted)) return before;
  const continues =
    before === null
      ? found.tableId !== previous?.tableId
      : found.tableId === before.tableId && contains(table, before.table);
  if (continues) return { tableId: found.tableId, lance: onDisk, table, ahead: true };
  return (before && (await beforeMerge({ tableDir, directory, before }))) ?? before;
}

/** What a merge that no manifest names was made of; null: no such thing, or not all of it is there. */
async function beforeMerge(of: {
  readonly tableDir: string;
  readonly directory: ByteDirectory;
  readonly before: TableBase;
}): Promise<TableBase | null> {
  const { tableDir, directory, before } = of;
  const lance = await replacedVersion(tableDir);
  if (lance === null || before.table.fragments.length === 0 || sameBytes(lance.manifest, before.lance.manifest))
    return null;
  const table = LanceTable.open(directory, lance.manifest);
  const isThere = table.files().every(({ path }) => existsSync(join(tableDir, path)));
  return isThere && contains(table, before.table) ? { ...before, lance, table, ahead: true } : null;
}

/** Opens a writer on the base, or on a new table where there is none. */
export async function openWriter(of: {
  readonly tableDir: string;
  readonly base: TableBase | null;
  readonly wanted: Omit<TableIdentity, "tableId">;
}): Promise<TableWriter> {
  const { tableDir, base, wanted } = of;
  if (base !== null) {
    const onDisk = await newestVersion(tableDir);
    if (onDisk === null || !sameBytes(onDisk.manifest, base.lance.manifest))
      await setVersion(tableOnDisk(tableDir), base.lance);
    const writer = await TableWriter.open(tableDir);
    if (writer !== null) return writer;
  }
  const tableId = crypto.getRandomValues(new Uint8Array(16)).toHex();
  return TableWriter.create(tableDir, { tableId, ...wanted });
}

function baseOf(manifest: Manifest, directory: ByteDirectory): TableBase {
  const lance = versionIn(manifest);
  return { tableId: manifest.tableId, lance, table: LanceTable.open(directory, lance.manifest), ahead: false };
}

async function identify(tableDir: string): Promise<TableIdentity | null> {
  const writer = await TableWriter.open(tableDir).catch((error: unknown) => {
    // a damaged file in `_versions/`: the manifest's version takes its place
    if (isRepobaseError(error, "failure")) return null;
    throw error;
  });
  writer?.close();
  return writer?.identity ?? null;
}

const isWanted = (manifest: Manifest, wanted: Omit<TableIdentity, "tableId">): boolean =>
  sameMaking({ model: manifest.model.id, dim: manifest.model.dim, chunker: manifest.chunker }, wanted);

const sameMaking = (a: Omit<TableIdentity, "tableId">, b: Omit<TableIdentity, "tableId">): boolean =>
  a.model === b.model && a.dim === b.dim && a.chunker === b.chunker;

/** Every fragment of `part` is in `whole`, under the same id. Data files are named at random, so equal names are equal bytes. */
function contains(whole: LanceTable, part: LanceTable): boolean {
  return part.fragments.every(({ id, files }) => {
    const there = new Set(whole.fragment(id)?.files.map((file) => file.path));
    return files.every((file) => there.has(file.path));
  });
}
