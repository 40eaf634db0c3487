/** How many rows each file version of a table has. */
import type { LanceTable } from "../lance/table.ts";
import { u32s } from "../lance/values.ts";

/** fileId -> rows, deleted ones not counted. */
export async function rowsByFile(table: LanceTable): Promise<Map<number, number>> {
  const rows = new Map<number, number>();
  for (const { id } of table.fragments) {
    const [fileIds, deleted] = [u32s(await table.scan("fileId", id)), await table.deletedRows(id)];
    fileIds.forEach((fileId, row) => {
      if (!deleted.has(row)) rows.set(fileId, (rows.get(fileId) ?? 0) + 1);
    });
  }
  return rows;
}
