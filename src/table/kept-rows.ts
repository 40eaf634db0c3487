/**
 * Rows of fragments that are to be written again, exactly as they are but for null values: fileId, chunk and order stay. A bounded
 * number of rows at a time, whatever the size of the fragments.
 */
import type { LanceTable } from "../lance/table.ts";
import { rowAddress } from "../lance/table.ts";
import { strings, u16s, u32s } from "../lance/values.ts";
import type { NumberedBlock } from "./arrow-batch.ts";
import { type FileRows, readRows, splitFiles } from "./table-rows.ts";

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
  for (const id of of.fragments) {
    const runs = await runsIn(of.table, { id, isWanted: of.isWanted });
    for (const part of splitFiles(runs))
      yield {
        block: await readRows(of.table, part),
        fileIds: part.map(({ fileId }) => fileId),
        firstChunks: part.map(({ firstChunk }) => firstChunk),
      };
  }
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
