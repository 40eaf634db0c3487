/** The search packs of a table's segments: those that it lacks are made of its rows, and lie beside its data files. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { moveFile } from "../../files/move-files.ts";
import { makeFolderFor, removeFolder } from "../../files/replace-folder.ts";
import type { LanceTable } from "../../lance/table.ts";
import type { Segment } from "../../protocol/manifest.ts";
import { keptRows } from "../kept-rows.ts";
import { dataFiles, fragmentsOf, liveRows } from "../segments.ts";
import type { TableIdentity } from "../table-schema.ts";
import { PackWriter, seedOf } from "./pack-writer.ts";

export interface PackedTable {
  /** Absolute path. */
  readonly tableDir: string;
  readonly table: LanceTable;
  readonly identity: Pick<TableIdentity, "tableId" | "dim">;
}

/**
 * The segments, each with its pack. Equal rows give equal packs, so one that was lost comes back under its name.
 * @throws RepobaseError `no_space`, `home_unwritable`; what reading the table throws
 */
export async function packSegments(of: PackedTable, segments: readonly Segment[]): Promise<Segment[]> {
  const packed: Segment[] = [];
  for (const segment of segments)
    packed.push(isPacked(of.tableDir, segment) ? segment : await packSegment(of, segment));
  return packed;
}

const isPacked = (tableDir: string, { pack, rows }: Segment): boolean =>
  pack !== undefined && pack.rows === rows && existsSync(join(tableDir, PACKS, basename(pack.path)));

/** The folder of packs in a table's. Native LanceDB leaves what it does not know alone. */
const PACKS = "packs";

async function packSegment({ tableDir, table, identity }: PackedTable, { files, rows }: Segment): Promise<Segment> {
  const folder = await makeFolderFor(tableDir);
  try {
    const fragments = fragmentsOf(table, [{ files, rows }]);
    const writer = new PackWriter({ scratch: folder, dim: identity.dim, seed: seedOf(identity.tableId) });
    try {
      for await (const { block, fileIds } of keptRows({
        table,
        fragments: fragments.map(({ id }) => id),
        isWanted: () => true,
      }))
        writer.add(block, fileIds);
      const made = writer.finish({
        dataFiles: fragments.map((fragment) => ({ path: dataFiles(fragment)[0] ?? "", rows: liveRows(fragment) })),
        prefix: `${basename(tableDir)}/${PACKS}/`,
      });
      if (made === undefined) return { files, rows };
      await moveFile(made.file, join(tableDir, PACKS, basename(made.ref.path)));
      return { files, rows, pack: made.ref };
    } finally {
      writer.close();
    }
  } finally {
    await removeFolder(folder);
  }
}
