/**
 * Rows of fragments that are to be written again, exactly as they are but for null values: fileId, chunk and order stay. A bounded
 * number of rows at a time, whatever the size of the fragments.
 */
import { pickRows } from "../lance/column-data.ts";
import { type LanceTable, offsetOf, rowAddress } from "../lance/table.ts";
import { strings, u16s, u32s } from "../lance/values.ts";
import type { NumberedBlock } from "./arrow-batch.ts";
import type { RowBlock } from "./row-block.ts";
import { blockOf, type FileRows, readRows, splitFiles } from "./table-rows.ts";

/** As many as one append of ours makes, and more. Read whole, a fragment takes a third of the time that its rows take one by one. */
const MAX_SCANNED_ROWS = 16_384;

/** Rows of one file whose chunks follow each other. */
interface Run extends FileRows {
  readonly firstChunk: number;
}

/** @param of.fragments ids, in the order in which their rows come */
export async function* keptRows(of: {
  readonly table: LanceTable;
  readonly fragments: readonly number[];
  readonly isWanted: (fileId: number) => boolean;
}): AsyncGenerator<NumberedBlock> {
  const { table } = of;
  for (const id of of.fragments) {
    const runs = await runsIn(table, { id, isWanted: of.isWanted });
    if (runs.length === 0) continue;
    const isScanned = (table.fragment(id)?.rows ?? 0) <= MAX_SCANNED_ROWS;
    for (const part of isScanned ? [runs] : splitFiles(runs))
      yield {
        block: isScanned ? await scanRows(table, { id, runs: part }) : await readRows(table, part),
        fileIds: part.map(({ fileId }) => fileId),
        firstChunks: part.map(({ firstChunk }) => firstChunk),
      };
  }
}

async function scanRows(table: LanceTable, { id, runs }: { id: number; runs: readonly Run[] }): Promise<RowBlock> {
  const offsets = runs.flatMap(({ rows }) => rows.map(offsetOf));
  const isAll = offsets.length === table.fragment(id)?.rows;
  return blockOf(runs, async (column) => {
    const data = await table.scan(column, id);
    return isAll ? data : pickRows(data, offsets);
  });
}

async function runsIn(
  table: LanceTable,
  { id, isWanted }: { id: number; isWanted: (fileId: number) => boolean },
): Promise<Run[]> {
  const [fileIds, chunks, paths, blobs, deleted] = await Promise.all([
    table.scan("fileId", id).then(u32s),
    table.scan("chunk", id).then(u16s),
    table.scan("path", id).then(strings),
    table.scan("blob", id).then(strings),
    table.deletedRows(id),
  ]);
  const runs: (Run & { readonly rows: number[] })[] = [];
  fileIds.forEach((fileId, row) => {
    if (deleted.has(row) || !isWanted(fileId)) return;
    const chunk = chunks[row] as number;
    const last = runs.at(-1);
    if (last?.fileId === fileId && chunk === last.firstChunk + last.rows.length) last.rows.push(rowAddress(id, row));
    else
      runs.push({
        fileId,
        firstChunk: chunk,
        path: paths[row] ?? "",
        blob: blobs[row] ?? "",
        rows: [rowAddress(id, row)],
      });
  });
  return runs;
}
